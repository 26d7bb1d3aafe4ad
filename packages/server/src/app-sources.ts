import type { Logger } from 'pino'
import { feedOf } from './adapters/feeds.ts'
import type { Intake } from './api/parts.ts'
import { noteOf, takeBody } from './api/take-body.ts'
import { hostGuardOf } from './app-channels.ts'
import type { Database } from './app-database.ts'
import type { Config } from './config.ts'
import { runFeeds } from './connectors/feeds/run-feeds.ts'
import { pollSources } from './connectors/polling/poller.ts'
import { openSettings } from './connectors/polling/source-settings.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { StoredSource } from './ports/sources.ts'
import type { TenantId } from './ports/store.ts'

/** What reading the configured sources needs of a running Gatewatch. */
interface Polling {
  readonly config: Pick<Config, 'allowHosts'>
  readonly database: Pick<Database, 'storage' | 'vault'>
  readonly pipeline: Pipeline
  readonly intake: Intake
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Asks and follows the configured sources until the signal; resolves when what it was doing has ended. */
export async function readSources({
  config,
  database: { storage, vault },
  pipeline,
  intake,
  log,
  signal,
}: Polling): Promise<void> {
  const taking = { intake, pipeline, deadLetters: storage.deadLetters, now: Date.now }
  const shared = {
    sources: storage.sources,
    settingsOf: async (tenant: TenantId, source: StoredSource) =>
      openSettings(vault, tenant, source),
    now: Date.now,
    say: (tenant: TenantId, source: string, what: string) => log.warn({ tenant, source }, what),
    signal,
  }
  const guard = hostGuardOf(config)
  const polling = pollSources({
    ...shared,
    async deliver(tenant, format, records, history) {
      const body = Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'))
      return noteOf(await takeBody(taking, tenant, { format, history }, body))
    },
  })
  const following = runFeeds({
    ...shared,
    feedOf: (settings) => feedOf(settings, guard),
    deliver: async (tenant, kind, body) =>
      noteOf(await takeBody(taking, tenant, { ...kind, lines: true }, body)),
    async bury(tenant, source, reason, raw) {
      await storage.deadLetters.add(tenant, [{ source, line: null, reason, raw }])
    },
  })
  await Promise.all([polling, following])
}
