import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOON, sampleJudged } from '../../ports/samples.contract.ts'
import { openDatabase } from './database.ts'
import { postgresPartitions } from './partitions.ts'
import { openPostgres } from './postgres.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const DAY = 86_400_000
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('weeks are made ahead, and events older than retention go with theirs', async () => {
  const address = await server.newDatabase()
  const storage = await openPostgres(address, { clock: () => NOON, retentionDays: 100 })
  const { id } = await storage.accounts.ensureTenant('t', false)
  const record = (uid: string, time: number) =>
    storage.store.transact(id, async (batch) => {
      const judged = sampleJudged({ uid, time, risk: 90 })
      await batch.claim([judged.arriving])
      await batch.writeEvents([judged])
    })
  await record('old', NOON - 99 * DAY)
  await record('new', NOON)
  const { maintain, close } = await openDatabase(address, 1)
  const partitions = postgresPartitions(maintain)
  const weeks = async () =>
    (await maintain.query('select partitions() as week')).rows.map(({ week }) => Number(week))
  const current = Math.floor(NOON / (7 * DAY))
  expect(await weeks()).toEqual(expect.arrayContaining([current, current + 1, current + 4]))
  await partitions.maintain(NOON + 10 * DAY, 100)
  expect((await weeks()).every((week) => (week + 1) * 7 * DAY > NOON - 90 * DAY)).toBe(true)
  expect(await storage.reader.event(id, 'old')).toBeNull()
  expect((await storage.reader.event(id, 'new'))?.event.uid).toBe('new')
  await close()
  await storage.close()
})
