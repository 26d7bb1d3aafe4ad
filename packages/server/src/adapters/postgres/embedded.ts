import { randomBytes } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries, SHARED_FOLDER } from './binaries.ts'
import {
  addressOf,
  control,
  initialise,
  type Place,
  type Secrets,
  START_SECONDS,
  start,
} from './cluster.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { canEnter, databaseUser } from './os-user.ts'
import type { ServerAddress } from './server-address.ts'

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
