import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe } from 'vitest'
import { testWorkers } from '../../pipeline/streamed.contract.ts'
import { NOON } from '../../ports/samples.contract.ts'
import { openPostgres } from '../postgres/postgres.ts'
import { startTestServer, type TestServer } from '../postgres/test-server.ts'
import { leaseOf, STREAMS } from './keys.ts'
import { openRedisStream } from './redis-stream.ts'
import { startTestRedis, type TestRedis } from './test-redis.ts'

const program = process.env.REDIS_SERVER

describe.skipIf(program === undefined)('with a real Redis and a real PostgreSQL', () => {
  let redis: TestRedis
  let server: TestServer
  beforeAll(async () => {
    ;[redis, server] = await Promise.all([startTestRedis(program ?? ''), startTestServer()])
  })
  afterAll(() => Promise.all([redis.stop(), server.stop()]))

  testWorkers('redis', async () => {
    const url = redis.newUrl()
    const address = await server.newDatabase()
    const client = new Redis(url)
    return {
      open: () => openRedisStream({ url, leaseMs: 200 }),
      async openStorage() {
        const storage = await openPostgres(address, { clock: () => NOON })
        return { storage, close: storage.close }
      },
      rhythm: { slow: 40, between: 60 },
      async shake() {
        await client.del(STREAMS.map(leaseOf))
      },
      async close() {
        client.disconnect()
      },
    }
  })
})
