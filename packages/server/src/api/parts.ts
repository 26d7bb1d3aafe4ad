import type { AccessEvent, EnrichedEvent, EventInput, PredictRequest } from '@gatewatch/schema'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import type { Outcome } from '../connectors/outcome.ts'
import type { SourceSettings } from '../connectors/polling/source-settings.ts'
import type { ChannelDesk } from '../pipeline/channel-desk.ts'
import type { IncidentDesk } from '../pipeline/incident-desk.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { QuestionDesk } from '../pipeline/question-desk.ts'
import type { DeliveryCounts } from '../pipeline/sender.ts'
import type { TuningDesk } from '../pipeline/tuning/tuning-desk.ts'
import type { Accounts, Caller } from '../ports/accounts.ts'
import type { DeadLetters } from '../ports/dead-letters.ts'
import type { Reader } from '../ports/reader.ts'
import type { Sources, StoredSource } from '../ports/sources.ts'
import type { TenantId } from '../ports/store.ts'
import type { BodyReader } from './read-thread.ts'

/** What the API is built from; the composition root makes it. */
export interface ApiParts {
  readonly config: Pick<
    Config,
    | 'publicUrl'
    | 'trustProxy'
    | 'demo'
    | 'role'
    | 'fallbackDecision'
    | 'ingestPerMinute'
    | 'requestsPerMinute'
    | 'alertsPerDay'
  >
  readonly version: string
  readonly accounts: Accounts
  readonly reader: Reader
  readonly deadLetters: DeadLetters
  readonly pipeline: Pipeline
  readonly channels: ChannelDesk
  readonly incidents: IncidentDesk
  readonly tuning: TuningDesk
  readonly questions: QuestionDesk
  /** What became of messages to channels. */
  readonly deliveries: () => DeliveryCounts
  readonly sources: Sources
  /** The settings of a stored source; rejects where they cannot be opened. */
  readonly settingsOf: (tenant: TenantId, source: StoredSource) => Promise<SourceSettings>
  readonly intake: Intake
  /** Resolves where the database answers, rejects where it does not. */
  readonly pingDatabase: () => Promise<unknown>
  /** The caller that unsigned requests from this computer stand for in the demo, or null outside it. */
  readonly demoCaller: Caller | null
  /** Folder of the built dashboard. */
  readonly dashboard: string
  readonly log: FastifyBaseLogger
  /** ms since 1970, UTC. */
  readonly now: () => number
}

/** How what arrives over HTTP becomes events; times in ms, UTC. */
export interface Intake {
  readonly fromInput: (input: EventInput, now: number) => Outcome<AccessEvent>
  readonly fromPredict: (input: PredictRequest, now: number) => Outcome<AccessEvent>
  /** Reads a body of many records as the named format, or each as the one it looks like for `auto`. */
  readonly read: BodyReader['read']
  /** Formats that `read` knows, `canonical` among them, without `auto`. */
  readonly formats: readonly string[]
  readonly enrich: (event: AccessEvent) => EnrichedEvent
}
