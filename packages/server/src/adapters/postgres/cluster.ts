import { spawn } from 'node:child_process'
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { OsUser } from './os-user.ts'
import type { ServerAddress } from './server-address.ts'

/** Longest wait (s) for a start, which may have to replay the log first. */
export const START_SECONDS = 120

/** Where a cluster lies, who runs it, with which programs. */
export interface Place {
  readonly data: string
  readonly user: OsUser | null
  readonly binaries: Binaries
}

/** What only we know of a cluster. */
export interface Secrets {
  /** Names the data where they must lie elsewhere: whoever removes the folder starts afresh. */
  readonly id: string
  readonly password: string
  /** Where sockets do not do: the port of 127.0.0.1. */
  readonly port: number
}

/** A socket in the data folder where its path is short enough (107 bytes), which nobody else can open; else TCP on this computer. */
function socketFolder(data: string): string | null {
  const fits = Buffer.byteLength(join(data, '.s.PGSQL.5432.lock')) <= 100
  return process.platform !== 'win32' && fits ? data : null
}

/** How the cluster's superuser reaches it. */
export function addressOf(
  { data }: Place,
  { password, port }: Secrets,
  database: string,
): ServerAddress {
  const folder = socketFolder(data)
  const at = folder === null ? { host: '127.0.0.1', port } : { host: folder, port: 5432 }
  return { ...at, user: 'postgres', password, database }
}

/** Makes a new cluster where there is none, made under another name first: one that was interrupted is never taken for whole. */
export async function initialise(place: Place, { password }: Secrets): Promise<void> {
  const version = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null) {
    if (Number.parseInt(version, 10) === place.binaries.major) return
    throw new Error(
      `The data in ${place.data} were written by PostgreSQL ${version.trim()}, and this Gatewatch carries ${place.binaries.major}. Back them up with the Gatewatch that wrote them (gatewatch backup FILE), and restore them into a new data folder with this one (gatewatch restore FILE --data-dir NEW).`,
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
    await run(
      place,
      place.binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      'pipe',
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  await appendFile(join(unfinished, 'postgresql.conf'), "\ninclude 'gatewatch.conf'\n")
  await rename(unfinished, place.data)
}

/** Starts the server with our settings. Rejects with the end of its log. */
export async function start(place: Place, secrets: Secrets): Promise<void> {
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

/** Runs pg_ctl on the cluster. */
export function control(place: Place, args: readonly string[]): Promise<void> {
  return run(place, place.binaries.pgCtl, ['-D', resolve(place.data), ...args], 'ignore')
}

function run(
  { user }: Place,
  program: string,
  args: readonly string[],
  errors: 'pipe' | 'ignore',
): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, {
      // Nothing of our environment (PGPORT, PGDATA, locale) may change what runs.
      ...(process.platform === 'win32'
        ? {}
        : { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } }),
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      // pg_ctl hands its output on to the server, which outlives it: a pipe would never end.
      stdio: ['ignore', 'ignore', errors],
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
