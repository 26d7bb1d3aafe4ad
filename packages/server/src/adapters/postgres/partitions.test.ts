import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOON, sampleJudged } from '../../ports/samples.contract.ts'
import { openDatabase } from './database.ts'
import { postgresPartitions } from './partitions.ts'
import { openPostgres } from './postgres.ts'
import { retentionOf, setRetention } from './retention.ts'
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

test('a tenant that keeps events for a shorter time loses the older ones, and no other does', async () => {
  const address = await server.newDatabase()
  const storage = await openPostgres(address, { clock: () => NOON, retentionDays: 100 })
  const [one, two] = [
    (await storage.accounts.ensureTenant('one', false)).id,
    (await storage.accounts.ensureTenant('two', false)).id,
  ]
  for (const id of [one, two])
    for (const [uid, time] of [
      ['old', NOON - 31 * DAY],
      ['new', NOON - 29 * DAY],
    ] as const)
      await storage.store.transact(id, async (batch) => {
        const judged = sampleJudged({ uid, time, risk: 90 })
        await batch.claim([judged.arriving])
        await batch.writeEvents([judged])
      })
  expect(await setRetention(address, { tenant: 'one', days: 30 })).toBe(true)
  expect(await setRetention(address, { tenant: 'nobody', days: 30 })).toBe(false)
  expect(await retentionOf(address)).toEqual([
    { tenant: 'one', days: 30 },
    { tenant: 'two', days: null },
  ])
  const { maintain, close } = await openDatabase(address, 1)
  const partitions = postgresPartitions(maintain)
  await partitions.maintain(NOON, 100)
  const there = async (id: number) =>
    Promise.all(['old', 'new'].map(async (uid) => (await storage.reader.event(id, uid)) !== null))
  expect(await there(one)).toEqual([false, true])
  expect(await there(two)).toEqual([true, true])
  await setRetention(address, { tenant: 'one', days: null })
  await partitions.maintain(NOON + 10 * DAY, 100)
  expect(await there(one)).toEqual([false, true])
  await close()
  await storage.close()
})
