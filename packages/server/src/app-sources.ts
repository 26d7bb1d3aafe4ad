import type { Logger } from 'pino'
import type { Intake } from './api/parts.ts'
import { noteOf, takeBody } from './api/take-body.ts'
import type { Database } from './app-database.ts'
import { pollSources } from './connectors/polling/poller.ts'
import { openSettings } from './connectors/polling/source-settings.ts'
import type { Pipeline } from './pipeline/pipeline.ts'

/** What reading the configured sources needs of a running Gatewatch. */
interface Polling {
  readonly database: Pick<Database, 'storage' | 'vault'>
  readonly pipeline: Pipeline
  readonly intake: Intake
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Reads the configured sources until the signal; resolves when what it was doing has ended. */
export function poll({
  database: { storage, vault },
  pipeline,
  intake,
  log,
  signal,
}: Polling): Promise<void> {
  const taking = { intake, pipeline, deadLetters: storage.deadLetters, now: Date.now }
  return pollSources({
    sources: storage.sources,
    settingsOf: async (tenant, source) => openSettings(vault, tenant, source),
    async deliver(tenant, format, records) {
      const body = Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'))
      return noteOf(await takeBody(taking, tenant, { format, backfill: false }, body))
    },
    now: Date.now,
    say: (tenant, source, what) => log.warn({ tenant, source }, what),
    signal,
  })
}
