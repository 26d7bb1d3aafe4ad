import type { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latest } from './latest.ts'

function event(uid: string, time: number, activity = 'login', connector = 'file'): AccessEvent {
  return {
    v: 1,
    uid,
    uid_kind: 'native',
    revision: 0,
    time,
    observed_time: time,
    source: { vendor: 'example', product: 'shop', format: 'canonical', connector },
    class_uid: 3002,
    activity_id: 1,
    activity,
    status_id: 1,
    actor: { type: 'user', name: 'ada' },
    src: { ip_kind: 'missing' },
  }
}

async function run(batches: readonly (readonly AccessEvent[])[]) {
  const told: string[] = []
  const found: AccessEvent[] = []
  async function* given() {
    yield* batches
  }
  for await (const batch of latest(given(), (what) => told.push(what))) found.push(...batch)
  return { told, found: found.map(({ uid, time, activity }) => `${uid}@${time} ${activity}`) }
}

test('a record that comes again with other content amends the first, also in another batch', async () => {
  const { told, found } = await run([
    [event('a', 1), event('b', 2), event('c', 2)],
    [event('b', 2, 'login, with a result'), event('c', 2, 'login', 'other route')],
    [event('b', 3)],
  ])
  expect(found).toEqual(['a@1 login', 'b@2 login, with a result', 'c@2 login', 'b@3 login'])
  expect(told).toEqual(['revision', 'duplicate'])
})

test('every event comes once, in order, however it is cut into batches', async () => {
  const events = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(4)), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(events, fc.integer({ min: 1, max: 7 }), async (list, size) => {
      const sorted = list.map(([uid, time]) => event(uid, time)).sort((x, y) => x.time - y.time)
      const batches = []
      for (let i = 0; i < sorted.length; i += size) batches.push(sorted.slice(i, i + size))
      const { told, found } = await run(batches)
      expect(found).toEqual([...new Set(sorted.map(({ uid, time }) => `${uid}@${time} login`))])
      expect(told.length + found.length).toBe(sorted.length)
    }),
  )
})
