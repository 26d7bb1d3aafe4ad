import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AccessEvent, Health } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import pino, { type Logger } from 'pino'
import { mmdbEntry } from './adapters/maxmind/address-plan.ts'
import { openPlaces } from './adapters/maxmind/places.ts'
import { writeMmdb } from './adapters/maxmind/write-mmdb.ts'
import { openNetworks } from './adapters/networks/networks.ts'
import type { DirectoryInUse } from './adapters/postgres/directory-lock.ts'
import { reachEmbedded, startEmbedded } from './adapters/postgres/embedded.ts'
import { openPostgres, parseDatabaseUrl } from './adapters/postgres/postgres.ts'
import { createApi } from './api/api.ts'
import { arriving } from './api/arriving.ts'
import type { Intake } from './api/parts.ts'
import type { Config } from './config.ts'
import { eventFromInput } from './connectors/canonical/event-from-input.ts'
import type { Origin } from './connectors/connector.ts'
import { eventFromPredict } from './connectors/predict/event-from-predict.ts'
import { connectors, readRecord } from './connectors/registry.ts'
import { demoAddresses, playDemo } from './demo/player.ts'
import { listen } from './listen.ts'
import { enrich, type Lookups } from './pipeline/enrich.ts'
import { createPipeline, type Pipeline } from './pipeline/pipeline.ts'
import type { Accounts } from './ports/accounts.ts'
import type { Storage } from './ports/storage.ts'
import type { TenantId } from './ports/store.ts'
import { version } from './version.ts'

/** A database that is open: its ports, whether it answers, how to close it. */
export interface Database {
  readonly storage: Storage
  /** The database's own clock (ms, UTC); rejects where it does not answer. */
  readonly ping: () => Promise<number>
  readonly close: () => Promise<void>
  /** Tells a second start on the same data folder where this one answers. */
  readonly announce: (url: string) => void
}

/** Tenant of everything that is not the demo, and its first person. */
const MAIN = { tenant: 'main', user: 'admin' } as const
/** Tenant of the demo organisation, and its first person. */
const DEMO = { tenant: 'demo', user: 'demo' } as const

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
  const options = {
    clock: Date.now,
    lanes: config.lanes,
    retentionDays: config.retentionDays,
    onError: (error: unknown) => log.error({ err: error }, 'database maintenance'),
  }
  if (config.databaseUrl !== undefined) {
    const storage = await openPostgres(parseDatabaseUrl(config.databaseUrl), options)
    return { storage, ping: storage.ping, close: storage.close, announce: () => {} }
  }
  const server = await startEmbedded(resolve(config.dataDir), onNotice)
  try {
    const storage = await openPostgres(server.owner, options)
    const close = async () => {
      await storage.close()
      await server.stop()
    }
    return { storage, ping: storage.ping, close, announce: server.announce }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** One tenant's accounts, for the command line. */
export interface TenantAccounts {
  readonly accounts: Accounts
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
    const { accounts } = database.storage
    const { id } = await accounts.ensureTenant(name, name === DEMO.tenant)
    return await work({ accounts, id, tenant: name, url })
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

async function openOrReach(
  config: Config,
  log: Logger,
): Promise<{ database: Database; url: string | null }> {
  try {
    return { database: await openDatabase(config, log), url: null }
  } catch (error) {
    if (!isDirectoryInUse(error) || error.address === '') throw error
    const admin = await reachEmbedded(resolve(config.dataDir))
    const storage = await openPostgres(admin, { clock: Date.now })
    const { ping, close } = storage
    return { database: { storage, ping, close, announce: () => {} }, url: error.address }
  }
}

async function playsDemo(url: string): Promise<boolean> {
  const response = await fetch(new URL('/health', url)).catch(() => null)
  return response !== null && Health.safeParse(await response.json()).data?.demo === true
}

/** Pipeline and API over a database, not yet listening. */
export interface Assembled {
  readonly api: FastifyInstance
  readonly pipeline: Pipeline
  /** Lets requests end and the queue drain; the database stays open. */
  readonly close: () => Promise<void>
}

/** Joins the parts; `demoTenant` is the tenant whose data the unsigned callers of the local demo see. */
export async function assemble(
  config: Config,
  { storage, ping }: Pick<Database, 'storage' | 'ping'>,
  intake: Intake,
  log: Logger,
  demoTenant: TenantId | null,
): Promise<Assembled> {
  const pipeline = createPipeline({
    ...storage,
    clock: Date.now,
    lanes: config.lanes,
    retentionDays: config.retentionDays,
    onError: (error) => log.error({ err: error }, 'pipeline'),
  })
  const api = await createApi({
    config,
    version,
    accounts: storage.accounts,
    reader: storage.reader,
    deadLetters: storage.deadLetters,
    pipeline,
    intake,
    pingDatabase: ping,
    demoCaller:
      demoTenant === null
        ? null
        : {
            tenant: demoTenant,
            tenantName: DEMO.tenant,
            role: 'ingest',
            name: 'this computer',
            demo: true,
          },
    dashboard: fileURLToPath(new URL('../../web/dist', import.meta.url)),
    log,
    now: Date.now,
  })
  const close = async () => {
    await api.close()
    await pipeline.close()
  }
  return { api, pipeline, close }
}

/** How what arrives over HTTP becomes events, with these lookups. */
export function createIntake(lookups: Lookups): Intake {
  const origin = (now: number): Origin => ({ connector: 'api', now, mode: 'live' })
  return {
    fromInput: (input, now) => eventFromInput(input, origin(now), now),
    fromPredict: eventFromPredict,
    fromRecord: (format, record, now) => readRecord(format, record, origin(now)),
    formats: connectors.map(({ format }) => format),
    enrich: (event) => enrich(event, lookups),
  }
}

/**
 * The operator's files of places, networks and reputation; while the demo plays, also the addresses of its made-up
 * internet, written to the data folder as such files, beneath the operator's.
 */
async function openLookups(
  { cityFile, asnFile, networksFile, listsDir, demo, dataDir }: Config,
  log: Logger,
): Promise<Lookups & { close(): void }> {
  const warn = (problem: Error) => log.warn({ err: problem }, 'a lookup file cannot be read')
  const made = demo ? await writeDemoAddresses(resolve(dataDir)) : null
  const files = [made?.places, cityFile, asnFile].filter((file) => file !== undefined)
  const places = files.length === 0 ? null : await openPlaces(files, warn)
  const own = networksFile ?? made?.networks
  const networks = await openNetworks({ networksFile: own, listsDir }, Date.now, warn)
  const close = () => {
    places?.close()
    networks.close()
  }
  return { places, networks, close }
}

async function writeDemoAddresses(
  folder: string,
): Promise<{ readonly places: string; readonly networks: string }> {
  const plan = [...demoAddresses()]
  const classes = new Map(plan.map(({ asn, class: kind }) => [asn, kind]))
  const lines = [...classes].map(([asn, kind]) => `AS${asn},${kind}\n`)
  const about = { type: 'Gatewatch demo', built: Date.now() }
  const files = { places: join(folder, 'demo.mmdb'), networks: join(folder, 'demo-networks.csv') }
  await mkdir(folder, { recursive: true })
  await writeFile(files.places, writeMmdb(plan.map(mmdbEntry), about))
  await writeFile(files.networks, lines.join(''))
  return files
}

/** A Gatewatch that runs. */
export interface Server {
  /** Where it answers, e.g. http://127.0.0.1:5000. */
  readonly url: string
  readonly port: number
  /** One address that signs the local administrator in, once, within 60 minutes. */
  readonly link: string
  /** Ends requests, drains the queue, stops the database. */
  readonly stop: () => Promise<void>
}

/** What a start tells whoever waits for it. */
export interface StartEvents {
  readonly onNotice: (text: string) => void
  /** Share 0-1 of the demo's history that is learned. */
  readonly onHistory: (share: number) => void
}

/** Starts everything that the configuration asks for. Rejects with DirectoryInUse where another one runs on the data folder. */
export async function startServer(config: Config, events: StartEvents): Promise<Server> {
  const log = createLog(config.logLevel)
  const database = await openDatabase(config, log, events.onNotice)
  const stopping = new AbortController()
  const started: (() => Promise<void>)[] = [database.close]
  const stop = async () => {
    stopping.abort()
    for (const end of started.splice(0).reverse()) await end()
  }
  try {
    const { accounts } = database.storage
    const at = config.demo ? DEMO : MAIN
    const { id } = await accounts.ensureTenant(at.tenant, config.demo)
    await ensureUser(accounts, id, at.user)
    const lookups = await openLookups(config, log)
    started.push(async () => lookups.close())
    const intake = createIntake(lookups)
    const { api, pipeline, close } = await assemble(
      config,
      database,
      intake,
      log,
      config.demo ? id : null,
    )
    started.push(close)
    const port = await listen(api, config.host, config.port)
    const url = config.publicUrl ?? `http://${shownHost(config.host)}:${port}`
    database.announce(url)
    if (config.demo) {
      const stage = {
        stream: pipeline,
        tenant: id,
        arriving: (event: AccessEvent) => arriving({ intake }, event),
        folder: resolve(config.dataDir),
        signal: stopping.signal,
        now: Date.now,
        onHistory: events.onHistory,
      }
      const playing = playDemo(stage).catch((error: unknown) => {
        if (!stopping.signal.aborted) log.error({ err: error }, 'the demo stopped')
      })
      started.push(() => playing)
    }
    return { url, port, link: await signInLink(accounts, id, at.user, url), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function ensureUser(accounts: Accounts, tenant: TenantId, name: string): Promise<void> {
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

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
