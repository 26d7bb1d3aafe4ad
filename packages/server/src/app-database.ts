import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Health } from '@gatewatch/schema'
import pino, { type Logger } from 'pino'
import type { DirectoryInUse } from './adapters/postgres/directory-lock.ts'
import { reachEmbedded, startEmbedded } from './adapters/postgres/embedded.ts'
import { openPostgres, parseDatabaseUrl } from './adapters/postgres/postgres.ts'
import type { ServerAddress } from './adapters/postgres/server-address.ts'
import { openVault } from './adapters/vault.ts'
import type { Config } from './config.ts'
import type { Accounts } from './ports/accounts.ts'
import type { News } from './ports/news.ts'
import type { Storage } from './ports/storage.ts'
import type { TenantId } from './ports/store.ts'
import type { Vault } from './ports/vault.ts'

/** A database that is open: its ports, whether it answers, how to close it. */
export interface Database {
  readonly storage: Storage
  /** Seals the credentials that are stored in it. */
  readonly vault: Vault
  /** The database's own clock (ms, UTC); rejects where it does not answer. */
  readonly ping: () => Promise<number>
  readonly close: () => Promise<void>
  /** How processes on it tell one another of their commits; absent: no other process uses it. */
  readonly news?: News
  /** Tells a second start on the same data folder where this one answers. */
  readonly announce: (url: string) => void
}

/** Tenant of everything that is not the demo, and its first person. */
export const MAIN = { tenant: 'main', user: 'admin' } as const
/** Tenant of the demo organisation, and its first person. */
export const DEMO = { tenant: 'demo', user: 'demo' } as const

const linkMinutes = 60

/** Did the start fail because another Gatewatch runs on the data folder? `address` is empty while that one starts. */
export function isDirectoryInUse(error: unknown): error is DirectoryInUse {
  return error instanceof Error && 'code' in error && error.code === 'directory_in_use'
}

/** A log of JSON lines on standard error, without secrets. */
export function createLog(level: Config['logLevel']): Logger {
  const redact = ['req.headers', '*.password', '*.token', '*.secret', '*.authorization', '*.cookie']
  return pino({ level, redact }, pino.destination({ fd: 2, sync: false }))
}

/** Opens (and migrates) the database that the configuration names; without DATABASE_URL, starts the embedded one. */
export async function openDatabase(
  config: Config,
  log: Logger = createLog(config.logLevel),
  onNotice: (text: string) => void = () => {},
): Promise<Database> {
  const vault = await openVault({
    secretKey: config.secretKey,
    dataDir: resolve(config.dataDir),
  })
  const options = {
    clock: Date.now,
    lanes: config.lanes,
    retentionDays: config.retentionDays,
    onError: (error: unknown) => log.error({ err: error }, 'database maintenance'),
    letters: { vault, isOn: config.secretKey !== undefined },
  }
  if (config.databaseUrl !== undefined) {
    const storage = await openPostgres(parseDatabaseUrl(config.databaseUrl), options)
    return {
      news: storage.news,
      storage,
      vault,
      ping: storage.ping,
      close: storage.close,
      announce: () => {},
    }
  }
  const server = await startEmbedded(resolve(config.dataDir), onNotice)
  try {
    const storage = await openPostgres(server.owner, options)
    const close = async () => {
      await storage.close()
      await server.stop()
    }
    return { storage, vault, ping: storage.ping, close, announce: server.announce }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** One tenant's accounts and everything that is stored, for the command line. */
export interface TenantAccounts {
  readonly accounts: Accounts
  readonly storage: Storage
  readonly vault: Vault
  readonly id: TenantId
  readonly tenant: string
  /** Where the running Gatewatch answers; null where none runs here. */
  readonly url: string | null
}

/**
 * Works on a tenant's accounts (made where missing; without a name the tenant of the Gatewatch that runs on the data
 * folder, else `main`): in the database of DATABASE_URL, or the one that runs on the data folder, or one started for it.
 */
export async function withAccounts<T>(
  config: Config,
  tenant: string | undefined,
  work: (at: TenantAccounts) => Promise<T>,
): Promise<T> {
  const log = createLog(config.logLevel)
  const { database, url } = await openOrReach(config, log)
  try {
    const runsDemo = config.demo || (url !== null && (await playsDemo(url)))
    const name = tenant ?? (runsDemo ? DEMO.tenant : MAIN.tenant)
    const { storage, vault } = database
    const { accounts } = storage
    const { id } = await accounts.ensureTenant(name, name === DEMO.tenant)
    return await work({ accounts, storage, vault, id, tenant: name, url })
  } finally {
    await database.close()
  }
}

/** What `doctor` says of the database: which it is, and how far (ms) its clock is from ours. */
export async function inspectDatabase(
  config: Config,
): Promise<{ readonly description: string; readonly clockSkewMs: number | null }> {
  if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, 'postgres.json'))) {
    return { description: 'the embedded one is made at the first start', clockSkewMs: null }
  }
  const { database, url } = await openOrReach(config, createLog(config.logLevel))
  try {
    const sent = Date.now()
    const time = await database.ping()
    const clockSkewMs = time - (sent + Date.now()) / 2
    const which =
      config.databaseUrl === undefined ? 'embedded PostgreSQL' : 'PostgreSQL of DATABASE_URL'
    const running = url === null ? '' : `, in use by the Gatewatch at ${url}`
    return { description: `${which} answers${running}`, clockSkewMs }
  } finally {
    await database.close()
  }
}

/**
 * Works on the server of the database itself, as who owns it: that of DATABASE_URL, or the embedded one, which is started where it does not run. `alone`: rejects where a Gatewatch
 * runs on the data folder.
 */
export async function withDatabaseServer<T>(
  config: Config,
  who: 'alone' | 'beside others',
  work: (admin: ServerAddress) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== undefined) return work(parseDatabaseUrl(config.databaseUrl))
  const folder = resolve(config.dataDir)
  const server = await startEmbedded(folder).catch((error: unknown) => {
    if (!isDirectoryInUse(error)) throw error
    if (who === 'alone')
      throw new Error(`A Gatewatch runs on ${folder}: stop it first, or use another --data-dir.`)
    return null
  })
  if (server === null) return work(await reachEmbedded(folder))
  try {
    return await work(server.owner)
  } finally {
    await server.stop()
  }
}

async function openOrReach(
  config: Config,
  log: Logger,
): Promise<{ database: Database; url: string | null }> {
  try {
    return { database: await openDatabase(config, log), url: null }
  } catch (error) {
    if (!isDirectoryInUse(error) || error.address === '') throw error
    const admin = await reachEmbedded(resolve(config.dataDir))
    const vault = await openVault({
      secretKey: config.secretKey,
      dataDir: resolve(config.dataDir),
    })
    const letters = { vault, isOn: config.secretKey !== undefined }
    const storage = await openPostgres(admin, { clock: Date.now, letters })
    const { ping, close } = storage
    return { database: { storage, vault, ping, close, announce: () => {} }, url: error.address }
  }
}

async function playsDemo(url: string): Promise<boolean> {
  const response = await fetch(new URL('/health', url)).catch(() => null)
  return response !== null && Health.safeParse(await response.json()).data?.demo === true
}

/** Makes this administrator, without a password, where there is none of the name. */
export async function ensureAdministrator(
  accounts: Accounts,
  tenant: TenantId,
  name: string,
): Promise<void> {
  const known = async () => (await accounts.listUsers(tenant)).some((user) => user.name === name)
  if (await known()) return
  try {
    await accounts.createUser(tenant, name, 'admin', null)
  } catch (error) {
    // Another process may have been faster.
    if (!(await known())) throw error
  }
}

/** An address that signs somebody in, once, within 60 minutes. */
export async function signInLink(
  accounts: Accounts,
  tenant: TenantId,
  user: string,
  url: string,
): Promise<string> {
  const token = await accounts.createSignInToken(tenant, user, linkMinutes)
  return `${url}/signin?token=${encodeURIComponent(token)}`
}
