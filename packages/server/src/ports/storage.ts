import type { Accounts } from './accounts.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Incidents } from './incidents.ts'
import type { Links } from './links.ts'
import type { ModelLog } from './model-log.ts'
import type { Outbox } from './outbox.ts'
import type { PopulationLog } from './population-log.ts'
import type { Questions } from './questions.ts'
import type { Reader } from './reader.ts'
import type { Sources } from './sources.ts'
import type { Store } from './store.ts'
import type { Tunings } from './tunings.ts'

/** All ports of one database. */
export interface Storage {
  readonly store: Store
  readonly reader: Reader
  readonly accounts: Accounts
  readonly deadLetters: DeadLetters
  readonly populationLog: PopulationLog
  readonly modelLog: ModelLog
  readonly links: Links
  readonly outbox: Outbox
  readonly sources: Sources
  readonly incidents: Incidents
  readonly tunings: Tunings
  readonly questions: Questions
}
