import { testAccounts } from '../../ports/accounts.contract.ts'
import { testDeadLetters } from '../../ports/dead-letters.contract.ts'
import { testIncidents } from '../../ports/incidents.contract.ts'
import { testLinks } from '../../ports/links.contract.ts'
import { testModelLog } from '../../ports/model-log.contract.ts'
import { testOutbox } from '../../ports/outbox.contract.ts'
import { testPopulationLog } from '../../ports/population-log.contract.ts'
import { testQuestions } from '../../ports/questions.contract.ts'
import { testReader } from '../../ports/reader.contract.ts'
import { NOON } from '../../ports/samples.contract.ts'
import { testSources } from '../../ports/sources.contract.ts'
import { testStore } from '../../ports/store.contract.ts'
import { testTunings } from '../../ports/tunings.contract.ts'
import { memoryStorage } from './memory.ts'

const open = async (clock = () => NOON) => ({
  storage: memoryStorage(clock),
  close: async () => {},
})

testStore('memory', open)
testPopulationLog('memory', open)
testReader('memory', open)
testDeadLetters('memory', open)
testAccounts('memory', open)
testModelLog('memory', open)
testLinks('memory', open)
testOutbox('memory', open)
testSources('memory', open)
testIncidents('memory', open)
testTunings('memory', open)
testQuestions('memory', open)
