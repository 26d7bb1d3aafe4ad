import type { Storage } from '../../ports/storage.ts'
import { memoryAccounts } from './accounts.ts'
import { memoryDeadLetters } from './dead-letters.ts'
import { memoryIncidents } from './incidents.ts'
import { createLedger } from './ledger.ts'
import { memoryLinks } from './links.ts'
import { memoryModelLog } from './model-log.ts'
import { memoryOutbox } from './outbox.ts'
import { memoryPopulationLog } from './population-log.ts'
import { memoryQuestions } from './questions.ts'
import { memoryReader } from './reader.ts'
import { memorySources } from './sources.ts'
import { memoryStore } from './store.ts'
import { memoryTunings } from './tunings.ts'

/** All storage ports over one ledger in memory: nothing outlives the process. `clock` gives ms since 1970. */
export function memoryStorage(clock: () => number): Storage {
  const ledger = createLedger()
  return {
    store: memoryStore(ledger),
    reader: memoryReader(ledger, clock),
    accounts: memoryAccounts(ledger, clock),
    deadLetters: memoryDeadLetters(ledger, clock),
    populationLog: memoryPopulationLog(ledger),
    modelLog: memoryModelLog(ledger, clock),
    links: memoryLinks(ledger, clock),
    outbox: memoryOutbox(ledger),
    sources: memorySources(ledger),
    incidents: memoryIncidents(ledger),
    tunings: memoryTunings(ledger),
    questions: memoryQuestions(ledger),
  }
}
