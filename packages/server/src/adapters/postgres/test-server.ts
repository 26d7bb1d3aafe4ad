import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from './embedded.ts'
import type { ServerAddress } from './server-address.ts'

/** A real PostgreSQL for the tests of one file; each test has a database of its own in it. */
export interface TestServer {
  newDatabase(): Promise<ServerAddress>
  /** Stops the server, does `meanwhile`, and starts it again. */
  restart(meanwhile: () => Promise<void>): Promise<void>
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

/** Starts the carried PostgreSQL in a folder of its own. */
export async function startTestServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-test-'))
  // Under root the server runs as another user, who must be able to enter.
  await chmod(folder, 0o755)
  let server = await startEmbedded(folder)
  let count = 0
  return {
    async newDatabase() {
      count += 1
      const database = `test_${count}`
      const client = new pg.Client({ ...server.owner })
      await client.connect()
      await client.query(`create database ${database}`)
      await client.end()
      return { ...server.owner, database }
    },
    async restart(meanwhile) {
      await server.stop()
      await meanwhile()
      server = await startEmbedded(folder)
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
