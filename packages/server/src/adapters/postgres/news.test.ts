import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testNews } from '../../ports/news.contract.ts'
import type { Bulletin } from '../../ports/news.ts'
import { openPostgres } from './postgres.ts'
import type { ServerAddress } from './server-address.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

async function open() {
  return openAt(await server.newDatabase())
}

async function openAt(address: ServerAddress) {
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

test('who stops before the connection is made is done, and keeps nothing open', async () => {
  const { ends, close } = await open()
  await ends[0].hear(() => {})()
  await close()
})

test('what is no news, from whoever may connect, is passed over', async () => {
  const address = await server.newDatabase()
  const { ends, close } = await openAt(address)
  const heard: Bulletin[] = []
  const stop = ends[1].hear((bulletin) => heard.push(bulletin))
  const tell = async (uid: string) => {
    await ends[0].tell({ tenant: 1, uids: [uid], more: 0, alerts: [] })
    return heard.map(({ uids }) => uids[0])
  }
  await expect.poll(() => tell('before')).toContain('before')
  const stranger = new pg.Client({ ...address })
  await stranger.connect()
  for (const text of ['', 'no news', '{"from":"a later version"}']) {
    await stranger.query('select pg_notify($1, $2)', ['gatewatch_news', text])
  }
  await stranger.end()
  await expect.poll(() => tell('after')).toContain('after')
  await stop()
  await close()
}, 30_000)
