import { afterAll, beforeAll } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { testCaseFiles } from './case-file.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

testCaseFiles('postgres', async (now) => {
  const storage = await openPostgres(await server.newDatabase(), { clock: () => now, lanes: 6 })
  return { storage, close: storage.close }
})
