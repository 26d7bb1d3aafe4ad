import { afterAll, beforeAll } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { NOON } from '../ports/samples.contract.ts'
import { testLateEvents } from './late.contract.ts'
import { testLinkedEvents } from './linked.contract.ts'
import { testPipeline } from './pipeline.contract.ts'
import { testWaves } from './waves.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

testPipeline('postgres', async () => {
  const storage = await openPostgres(await server.newDatabase(), { clock: () => NOON, lanes: 6 })
  return { storage, close: storage.close }
})
testLateEvents('postgres', async (now) => {
  const storage = await openPostgres(await server.newDatabase(), { clock: () => now, lanes: 6 })
  return { storage, close: storage.close }
})
testLinkedEvents('postgres', async (clock) => {
  const storage = await openPostgres(await server.newDatabase(), { clock, lanes: 6 })
  return { storage, close: storage.close }
})
testWaves('postgres', async () => {
  const storage = await openPostgres(await server.newDatabase(), { clock: () => NOON, lanes: 6 })
  return { storage, close: storage.close }
})
