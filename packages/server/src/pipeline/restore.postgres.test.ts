import { afterAll, beforeAll } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { NOON } from '../ports/samples.contract.ts'
import { testRestore } from './restore.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

testRestore('postgres', async () => {
  const storage = await openPostgres(await server.newDatabase(), { clock: () => NOON, lanes: 2 })
  return { storage, close: storage.close }
})
