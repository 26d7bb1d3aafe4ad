import { afterAll, beforeAll, expect, test } from 'vitest'
import { testNews } from '../../ports/news.contract.ts'
import type { Bulletin } from '../../ports/news.ts'
import { openPostgres } from './postgres.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function open() {
  const address = await server.newDatabase()
  const one = await openPostgres(address, { clock: Date.now })
  const other = await openPostgres(address, { clock: Date.now })
  const close = async () => {
    await one.close()
    await other.close()
  }
  return { ends: [one.news, other.news] as const, close }
}

testNews('PostgreSQL', open)

test('news are heard again after the database was restarted', async () => {
  const { ends, close } = await open()
  const heard: Bulletin[] = []
  const stop = ends[1].hear((bulletin) => heard.push(bulletin))
  const tell = async () => {
    await ends[0].tell({ tenant: 1, uids: ['a'], more: 0, alerts: [] }).catch(() => {})
    return heard.length
  }
  await expect.poll(tell).toBeGreaterThan(0)
  await server.restart(async () => {})
  const before = heard.length
  await expect.poll(tell, { timeout: 10_000 }).toBeGreaterThan(before)
  await stop()
  await close()
}, 30_000)
