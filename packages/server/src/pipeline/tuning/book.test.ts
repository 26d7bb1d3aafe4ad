import type { TuningChange } from '@gatewatch/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryStorage } from '../../adapters/memory/memory.ts'
import { NOON, sampleEvent } from '../../ports/samples.contract.ts'
import type { Storage } from '../../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../../ports/store.ts'
import { createPipeline, type Pipeline } from '../pipeline.ts'
import { storedModels } from './stored-models.ts'
import { createTuningDesk } from './tuning-desk.ts'

const DAY = 86_400_000
let now = NOON
let storage: Storage
let tenant: TenantId
let pipeline: Pipeline
const clock = () => now
const onError = (error: unknown) => expect.unreachable(String(error))

beforeEach(async () => {
  now = NOON
  storage = memoryStorage(clock)
  tenant = (await storage.accounts.ensureTenant('tuned', false)).id
  pipeline = createPipeline({ ...storage, clock, onError })
})
afterEach(() => pipeline.close())

/** Somebody deletes databases by the dozen. */
function deletions(user: string, labels?: Record<string, string>): ArrivingEvent[] {
  return Array.from({ length: 60 }, (_, n) =>
    sampleEvent({
      uid: `${user} ${now} ${n}`,
      user,
      activity: 'DeleteDBInstance',
      time: now + n * 1_000,
      change: {
        class_uid: 6003,
        activity_id: 4,
        api: { service: 'rds.amazonaws.com', operation: 'DeleteDBInstance', read_only: false },
        ...(labels === undefined ? {} : { labels }),
      },
    }),
  )
}

/** Changes what is tuned as another process would, of which this one hears nothing but what is stored. */
async function changeElsewhere(change: TuningChange): Promise<void> {
  const desk = createTuningDesk({
    ...storage,
    models: storedModels(storage.modelLog, 'shipped'),
    onChange: async () => {},
    alertsPerDay: 100,
    clock,
  })
  await desk.change(tenant, change, 'ada')
}

const hide: TuningChange = {
  kind: 'suppress',
  match: { rule: 'mass_deletion' },
  days: 1,
  why: 'a move',
}

const statuses = async () =>
  (await storage.reader.alerts(tenant, { limit: 50 })).alerts.map(({ title, status }) => [
    title,
    status,
  ])

test('what another process changes is taken up within seconds', async () => {
  await pipeline.publish(tenant, deletions('eve'))
  expect(await statuses()).toContainEqual(['Mass deletion: eve', 'open'])
  await changeElsewhere(hide)
  await expect
    .poll(
      async () => {
        now += 1
        await pipeline.publish(tenant, deletions(`bob ${now}`))
        return (await statuses()).find(([title]) => title === `Mass deletion: bob ${now}`)?.[1]
      },
      { timeout: 10_000, interval: 500 },
    )
    .toBe('suppressed')
})

test('a suppression that ends tells what it hid in its last day, once, and hides no more', async () => {
  await changeElsewhere(hide)
  await pipeline.publish(tenant, deletions('eve'))
  expect(await statuses()).toEqual([['Mass deletion: eve', 'suppressed']])
  const told: string[] = []
  pipeline.onCommit(({ alerts }) => {
    told.push(...alerts.filter(({ isNew }) => isNew).map(({ alert }) => alert.title))
  })
  now += DAY - 1
  await pipeline.tuned(tenant)
  expect(told).toEqual([])
  now += 1
  await pipeline.tuned(tenant)
  await pipeline.tuned(tenant)
  expect(told).toEqual(['Mass deletion: eve'])
  expect(await statuses()).toEqual([['Mass deletion: eve', 'open']])
  expect((await storage.incidents.list(tenant, { limit: 10 })).total_open).toBe(1)
  await pipeline.publish(tenant, deletions('bob'))
  expect(told).toContain('Mass deletion: bob')
})

test('what is hidden teaches and counts as what is told does', async () => {
  const other = (await storage.accounts.ensureTenant('not tuned', false)).id
  const accounts = {
    tenant: async () => ({ name: 'any', hashKey: new Uint8Array(16).fill(7), demo: false }),
  }
  const both = createPipeline({ ...storage, accounts, clock, onError, lanes: 1 })
  await changeElsewhere({ ...hide, match: { identity: '*' } })
  await changeElsewhere(hide)
  const events = ['eve', 'bob', 'eve'].flatMap((user) => {
    now += 3_600_000
    return deletions(user)
  })
  for (const of of [tenant, other]) await both.publish(of, events)
  await both.close()
  for (const user of ['user:eve', 'user:bob']) {
    const [hidden, shown] = [
      await storage.reader.entity(tenant, user),
      await storage.reader.entity(other, user),
    ]
    expect(hidden?.profile).toEqual(shown?.profile)
  }
  const verdicts = async (of: TenantId) =>
    (await storage.reader.past(of, { from: 0, to: now + DAY, which: 'all', limit: 500 })).map(
      ({ key, verdict }) => [key, verdict],
    )
  expect(await verdicts(tenant)).toEqual(await verdicts(other))
})

test('a group is whom the labels of an event say, with a budget of its own', async () => {
  await changeElsewhere({
    kind: 'policy',
    policy: {
      challenge_at: 63,
      deny_at: 95,
      alert_at: 75,
      groups: [{ name: 'labs', match: { labels: { department: 'labs' } }, challenge_at: 101 }],
    },
    why: 'experiments',
  })
  await pipeline.publish(tenant, deletions('eve', { department: 'labs' }))
  await pipeline.publish(tenant, deletions('bob', { department: '__proto__' }))
  const { alerts } = await storage.reader.alerts(tenant, { limit: 10 })
  expect(alerts.map(({ entity, group }) => [entity, group]).toSorted()).toEqual([
    ['user:bob', undefined],
    ['user:eve', 'labs'],
  ])
})
