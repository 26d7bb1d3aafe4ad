import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { type Binaries, findBinaries, SHARED_FOLDER } from './binaries.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { canEnter, databaseUser, type OsUser } from './os-user.ts'

/** How to reach a PostgreSQL as one role. `host` may be the folder of a socket. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Encrypted; `rejectUnauthorized` false does not check by whom. Absent: not encrypted. */
  readonly ssl?: { readonly rejectUnauthorized: boolean }
}

/** A running PostgreSQL of our own. */
export interface EmbeddedServer {
  /** Its superuser, for migrations only. */
  readonly owner: ServerAddress
  /** Says under which address (URL) Gatewatch answers, for whoever starts a second time on the same folder. */
  announce(address: string): void
  /** Stops PostgreSQL and gives the folder free. */
  stop(): Promise<void>
}

/** Database that holds everything, in every server of ours. */
const DATABASE = 'gatewatch'
const START_SECONDS = 120

interface Place {
  readonly data: string
  readonly user: OsUser | null
  readonly binaries: Binaries
}

/**
 * Starts PostgreSQL on `directory` (made where missing), or takes over the one that a killed Gatewatch left running
 * there. Durable: fsync and synchronous commit stay on. Its log is server.log in the data folder. Rejects with
 * DirectoryInUse where another Gatewatch runs on the folder, else with a sentence that says what to do. `onNotice`
 * hears of choices that somebody may want to know of.
 */
export async function startEmbedded(
  directory: string,
  onNotice: (notice: string) => void = () => {},
): Promise<EmbeddedServer> {
  await mkdir(directory, { recursive: true })
  const lock = await lockDirectory(directory)
  try {
    const secrets = await readSecrets(directory)
    const place = await findPlace(await realpath(directory), secrets, onNotice)
    await initialise(place, secrets)
    const owner = addressOf(place, secrets, 'postgres')
    if (!(await adopt(place, owner))) await start(place, secrets)
    await ensureDatabase(owner)
    return running(place, lock, { ...owner, database: DATABASE })
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** How to reach the PostgreSQL that another process started on this folder, as its superuser. */
export async function reachEmbedded(directory: string): Promise<ServerAddress> {
  const secrets = await readSecrets(directory)
  const place = await findPlace(await realpath(directory), secrets, () => {})
  return addressOf(place, secrets, DATABASE)
}

function running(place: Place, lock: DirectoryLock, owner: ServerAddress): EmbeddedServer {
  return {
    owner,
    announce: lock.announce,
    async stop() {
      try {
        await control(place, ['stop', '-m', 'fast', '-w', '-t', '60'])
      } finally {
        await lock.release()
      }
    },
  }
}

async function findPlace(
  directory: string,
  secrets: Secrets,
  onNotice: (notice: string) => void,
): Promise<Place> {
  const inside = join(directory, 'postgres')
  const user = await databaseUser(inside)
  const binaries = await findBinaries(user)
  if (user === null || (await canEnter(directory, user))) return { data: inside, user, binaries }
  const shared = join(SHARED_FOLDER, secrets.id)
  await mkdir(shared, { recursive: true, mode: 0o755 })
  onNotice(
    `PostgreSQL runs as the user ${user.name}, who cannot enter ${directory}; its data lie in ${shared}.`,
  )
  return { data: join(shared, 'postgres'), user, binaries }
}

interface Secrets {
  /** Names the data where they must lie elsewhere: whoever removes the folder starts afresh. */
  readonly id: string
  readonly password: string
  /** Where sockets do not do: the port of 127.0.0.1. */
  readonly port: number
}

async function readSecrets(directory: string): Promise<Secrets> {
  const path = join(directory, 'postgres.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text !== null) {
    const { id, password, port } = JSON.parse(text)
    return { id: String(id), password: String(password), port: Number(port) }
  }
  const secrets = {
    id: randomBytes(8).toString('hex'),
    password: randomBytes(24).toString('base64url'),
    port: await freePort(),
  }
  await writeFile(`${path}.new`, JSON.stringify(secrets), { mode: 0o600 })
  await rename(`${path}.new`, path)
  return secrets
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => done(port))
    })
  })
}

/** A socket in the data folder where its path is short enough (107 bytes), which nobody else can open; else TCP on this computer. */
function socketFolder(data: string): string | null {
  const fits = Buffer.byteLength(join(data, '.s.PGSQL.5432.lock')) <= 100
  return process.platform !== 'win32' && fits ? data : null
}

function addressOf({ data }: Place, { password, port }: Secrets, database: string): ServerAddress {
  const folder = socketFolder(data)
  const at = folder === null ? { host: '127.0.0.1', port } : { host: folder, port: 5432 }
  return { ...at, user: 'postgres', password, database }
}

/** A new cluster, made under another name first: one that was interrupted is never taken for whole. */
async function initialise(place: Place, { password }: Secrets): Promise<void> {
  const version = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null) {
    if (Number.parseInt(version, 10) === place.binaries.major) return
    throw new Error(
      `The data in ${place.data} were written by PostgreSQL ${version.trim()}, and this Gatewatch carries ${place.binaries.major}. Use the Gatewatch that wrote them, or move the data with pg_dump.`,
    )
  }
  const unfinished = `${place.data}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  const scratch = await mkdtemp(join(tmpdir(), 'gatewatch-'))
  const passwordFile = join(scratch, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.user !== null) {
    const { uid, gid } = place.user
    for (const path of [unfinished, scratch, passwordFile]) await chown(path, uid, gid)
  }
  try {
    await run(place, place.binaries.initdb, [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ])
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  await appendFile(join(unfinished, 'postgresql.conf'), "\ninclude 'gatewatch.conf'\n")
  await rename(unfinished, place.data)
}

/** Connects to a server that already runs on these data; false where none does. */
async function adopt(place: Place, owner: ServerAddress): Promise<boolean> {
  const deadline = Date.now() + START_SECONDS * 1_000
  while (await hasPostmaster(place.data)) {
    const client = new pg.Client({ ...owner, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return true
    } catch (error) {
      if (Date.now() > deadline) throw error
      // Starting up, or shutting down: look again.
      await new Promise((done) => setTimeout(done, 100))
    } finally {
      await client.end().catch(() => {})
    }
  }
  return false
}

/** Is the process that postmaster.pid names alive, and (where that can be seen) PostgreSQL? A file whose number went to another program is removed. */
async function hasPostmaster(data: string): Promise<boolean> {
  const path = join(data, 'postmaster.pid')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return false
  const pid = Math.abs(Number.parseInt(text, 10))
  if (!isAlive(pid)) return false
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'postgres')
  if (name.startsWith('postgres')) return true
  await rm(path, { force: true })
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function start(place: Place, secrets: Secrets): Promise<void> {
  const settings = join(place.data, 'gatewatch.conf')
  await writeFile(settings, configuration(place.data, secrets.port))
  if (place.user !== null) await chown(settings, place.user.uid, place.user.gid)
  await chmod(settings, 0o600)
  const log = join(place.data, 'server.log')
  try {
    await control(place, ['start', '-w', '-t', String(START_SECONDS), '-l', log])
  } catch (cause) {
    const tail = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-5)
    throw new Error(`PostgreSQL did not start. Its log, ${log}, ends with:\n${tail.join('\n')}`, {
      cause,
    })
  }
}

function configuration(data: string, port: number): string {
  const folder = socketFolder(data)
  const settings: Record<string, string> = {
    listen_addresses: folder === null ? '127.0.0.1' : '',
    port: folder === null ? String(port) : '5432',
    unix_socket_directories: folder ?? '',
    max_connections: '60',
    shared_buffers: '256MB',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Profiles are rewritten all day: rare checkpoints and compressed page images keep the log small.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'pglz',
    // A batch touches every weekly partition and its indexes.
    max_locks_per_transaction: '256',
    random_page_cost: '1.1',
    jit: 'off',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('')
}

async function ensureDatabase(owner: ServerAddress): Promise<void> {
  const client = new pg.Client({ ...owner })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      DATABASE,
    ])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}

function control(place: Place, args: readonly string[]): Promise<void> {
  return run(place, place.binaries.pgCtl, ['-D', resolve(place.data), ...args])
}

function run({ user }: Place, program: string, args: readonly string[]): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, {
      // Nothing of our environment (PGPORT, PGDATA, locale) may change what runs.
      ...(process.platform === 'win32'
        ? {}
        : { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } }),
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      // pg_ctl hands its output on to the server, which outlives it: a pipe would never end.
      stdio: ['ignore', 'ignore', program.includes('initdb') ? 'pipe' : 'ignore'],
      windowsHide: true,
    })
    let output = ''
    child.stderr?.on('data', (chunk) => {
      output += String(chunk)
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) done()
      else reject(new Error(`${program} ended with code ${code}. ${output.trim()}`))
    })
  })
}
