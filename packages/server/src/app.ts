import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AccessEvent } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createApi } from './api/api.ts'
import { arriving } from './api/arriving.ts'
import type { Intake } from './api/parts.ts'
import { channelParts } from './app-channels.ts'
import {
  createLog,
  type Database,
  DEMO,
  ensureAdministrator,
  MAIN,
  openDatabase,
  signInLink,
} from './app-database.ts'
import { createIntake, openLookups } from './app-intake.ts'
import { readSources } from './app-sources.ts'
import { openStream } from './app-stream.ts'
import type { Config } from './config.ts'
import { openSettings } from './connectors/polling/source-settings.ts'
import { playDemo } from './demo/player.ts'
import { listen } from './listen.ts'
import { createChannelDesk } from './pipeline/channel-desk.ts'
import { createIncidentDesk } from './pipeline/incident-desk.ts'
import { createPipeline, type Pipeline } from './pipeline/pipeline.ts'
import { createQuestionDesk } from './pipeline/question-desk.ts'
import { createSender } from './pipeline/sender.ts'
import { createTuningDesk } from './pipeline/tuning/tuning-desk.ts'
import type { TenantId } from './ports/store.ts'
import type { Stream } from './ports/stream.ts'
import { version } from './version.ts'

/** Pipeline and API over a database, not yet listening. */
export interface Assembled {
  readonly api: FastifyInstance
  readonly pipeline: Pipeline
  /** Lets requests end and the queue drain; the database stays open. */
  readonly close: () => Promise<void>
}

/** Joins the parts; `demoTenant` is the tenant whose data the unsigned callers of the local demo see; `clock` in ms, UTC. */
export async function assemble(
  config: Config,
  { storage, ping, vault, news }: Pick<Database, 'storage' | 'ping' | 'vault' | 'news'>,
  intake: Intake,
  log: Logger,
  demoTenant: TenantId | null,
  clock: () => number = Date.now,
  stream: Stream | null = null,
): Promise<Assembled> {
  const pipeline = createPipeline({
    ...storage,
    clock,
    lanes: config.lanes,
    head: config.head,
    members: config.members,
    retentionDays: config.retentionDays,
    alertsPerDay: config.alertsPerDay,
    ...(stream === null
      ? {}
      : { stream, strayTenant: (await storage.accounts.ensureTenant(MAIN.tenant, false)).id }),
    ...(news === undefined ? {} : { news }),
    part: config.role === 'api' ? 'publish' : 'work',
    onError: (error) => log.error({ err: error }, 'pipeline'),
  })
  const outward = channelParts(config, { storage, vault }, clock)
  const onError = (error: unknown) => log.error({ err: error }, 'channels')
  const sender = createSender({ ...outward, dice: Math.random, onError })
  sender.wake()
  const quiet = pipeline.onCommit(({ alerts }) => {
    if (alerts.length > 0) sender.wake()
  })
  const api = await createApi({
    config,
    version,
    accounts: storage.accounts,
    reader: storage.reader,
    deadLetters: storage.deadLetters,
    pipeline,
    channels: createChannelDesk(outward),
    incidents: createIncidentDesk({ ...storage, pipeline, clock }),
    tuning: createTuningDesk({
      ...storage,
      models: pipeline.judging,
      onChange: pipeline.tuned,
      alertsPerDay: config.alertsPerDay,
      clock,
    }),
    questions: createQuestionDesk({ ...storage, ...outward, pipeline, clock }),
    deliveries: sender.counts,
    sources: storage.sources,
    settingsOf: async (tenant, source) => openSettings(vault, tenant, source),
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
    now: clock,
  })
  const close = async () => {
    await api.close()
    await pipeline.close()
    quiet()
    await sender.close()
  }
  return { api, pipeline, close }
}

/** A Gatewatch that runs. */
export interface Server {
  /** Where it answers, e.g. http://127.0.0.1:5000. */
  readonly url: string
  readonly port: number
  /** One address that signs the local administrator in, once, within 60 minutes; null: this process answers no people. */
  readonly link: string | null
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
    await ensureAdministrator(accounts, id, at.user)
    const lookups = await openLookups(config, log)
    started.push(async () => lookups.close())
    const intake = createIntake(lookups)
    const stream = await openStream(config, log)
    if (stream !== null) started.push(stream.close)
    const { api, pipeline, close } = await assemble(
      config,
      database,
      intake,
      log,
      config.demo ? id : null,
      Date.now,
      stream,
    )
    started.push(close)
    if (config.role !== 'worker') {
      // Each process that asks a vendor uses up its limits; the workers are many.
      const { signal } = stopping
      const reading = readSources({ config, database, pipeline, intake, log, signal })
      started.push(() => reading)
    }
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
    const answersPeople = config.role !== 'worker'
    const link = answersPeople ? await signInLink(accounts, id, at.user, url) : null
    return { url, port, link, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
