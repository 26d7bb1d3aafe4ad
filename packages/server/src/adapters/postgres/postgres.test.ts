import { afterAll, beforeAll } from 'vitest'
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
import { createVault } from '../vault.ts'
import { openPostgres } from './postgres.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const open = async (clock = () => NOON) => {
  const storage = await openPostgres(await server.newDatabase(), { clock, lanes: 4 })
  return { storage, close: storage.close }
}

testStore('postgres', open)
testPopulationLog('postgres', open)
testReader('postgres', open)
testDeadLetters('postgres', open)
testDeadLetters('postgres, sealed', async () => {
  const letters = { vault: createVault(Buffer.alloc(32, 7)), isOn: true }
  const storage = await openPostgres(await server.newDatabase(), { clock: () => NOON, letters })
  return { storage, close: storage.close }
})
testAccounts('postgres', open)
testModelLog('postgres', open)
testLinks('postgres', open)
testOutbox('postgres', open)
testSources('postgres', open)
testIncidents('postgres', open)
testTunings('postgres', open)
testQuestions('postgres', open)
