import { createPopulation, decodePopulation, encodePopulation } from '@gatewatch/engine'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { attackedHistory, profilesOf } from './history.contract.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const KEY = 'user:person 3'
const HASH_KEY = new Uint8Array(16).fill(7)

/** What person 3 left besides their own sign-ins: their record, a reset by somebody else, and a letter that names them. */
function traces(): readonly ArrivingEvent[] {
  const raw = Buffer.from('{"who":"person 3"}')
  return [
    sampleEvent({ uid: 'record', user: 'person 3', raw }),
    sampleEvent({
      uid: 'reset',
      user: 'person 5',
      activity: 'Reset password of person 3',
      raw,
      change: { target: { type: 'user', name: 'Person 3', key: KEY } },
    }),
    sampleEvent({ uid: 'longer name', user: 'person 33' }),
  ]
}

/** What erasing an identity promises, over any storage. `everything` gives all that is stored of a tenant, as text. */
export function testErasure(
  name: string,
  open: () => Promise<{
    storage: Storage
    everything: ((tenant: TenantId) => Promise<readonly string[]>) | null
    close: () => Promise<void>
  }>,
): void {
  describe(`erasing on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let storage: Storage
    let tenant: TenantId
    let pipeline: Pipeline
    let count = 0
    const errors: unknown[] = []
    const accounts = { tenant: async () => ({ name: 'any', hashKey: HASH_KEY, demo: false }) }
    const start = () =>
      createPipeline({
        ...storage,
        accounts,
        clock: () => NOON,
        onError: (error) => errors.push(error),
      })

    beforeAll(async () => {
      opened = await open()
      storage = opened.storage
      return async () => opened.close()
    })
    beforeEach(async () => {
      count += 1
      tenant = (await storage.accounts.ensureTenant(`erase ${count}`, false)).id
      pipeline = start()
      return async () => {
        await pipeline.close()
        expect(errors).toEqual([])
      }
    })

    const population = async (of: TenantId) => {
      const snapshot = await storage.populationLog.snapshot(of)
      return snapshot === null
        ? createPopulation(HASH_KEY)
        : decodePopulation(snapshot.body, HASH_KEY)
    }

    test('nothing that is stored names the identity any more, and others stay as they were', async () => {
      await pipeline.publish(tenant, [...attackedHistory(), ...traces()])
      const letter = { source: 'suite', line: 1, reason: 'no time', raw: Buffer.from('Person 3!') }
      await storage.deadLetters.add(tenant, [letter, { ...letter, raw: Buffer.from('person 33') }])
      const { alerts } = await storage.reader.alerts(tenant, { limit: 10 })
      const another = alerts.find(({ entity }) => entity === 'user:person 7')
      await pipeline.feedback(tenant, another?.id ?? '', {
        verdict: 'dismissed',
        by: 'me',
        comment: 'worked together with person 3.',
        time: NOON,
      })
      const before = await profilesOf(storage, tenant)
      expect(alerts.map(({ entity }) => entity)).toContain(KEY)

      const erasure = await pipeline.erase(tenant, KEY, 'an administrator')
      expect(erasure).toEqual({
        events: 25 + 40 + 1,
        alerts: alerts.filter(({ entity }) => entity === KEY).length,
        alerts_changed: 0,
        dead_letters: 1,
        blanked: 2,
      })
      const { reader } = storage
      expect(await reader.entity(tenant, KEY)).toBeNull()
      expect(await reader.riskContributions(tenant, KEY)).toEqual([])
      expect((await reader.events(tenant, { limit: 500, entity: KEY })).events).toEqual([])
      const reset = await reader.event(tenant, 'reset')
      expect(reset?.event.target).toMatchObject({ name: '[erased]', key: '[erased]' })
      expect(reset?.raw).toBeUndefined()
      expect((await reader.alert(tenant, another?.id ?? ''))?.alert.feedback?.comment).toBe(
        'worked together with [erased].',
      )
      expect(await reader.event(tenant, 'longer name')).not.toBeNull()
      expect(await storage.deadLetters.count(tenant)).toBe(1)
      const after = await profilesOf(storage, tenant)
      before.delete(KEY)
      expect(after).toEqual(before)
      const notes = await reader.audit(tenant, 10)
      expect(notes).toHaveLength(1)
      expect(JSON.stringify(notes)).not.toMatch(/person 3/i)
      const all = (await opened.everything?.(tenant)) ?? []
      expect(all.filter((text) => /person 3(?!\d)/i.test(text))).toEqual([])
      if (opened.everything !== null) expect(all.join(' ')).toMatch(/person 33/)
    })

    test('what it contributed to what the organisation knows is taken back', async () => {
      await pipeline.publish(tenant, attackedHistory())
      await pipeline.erase(tenant, KEY, 'me')
      await pipeline.close()
      const other = (await storage.accounts.ensureTenant(`without ${count}`, false)).id
      pipeline = start()
      const rest = attackedHistory().filter(({ entity }) => entity.key !== KEY)
      await pipeline.publish(other, rest)
      await pipeline.close()
      const [erased, without] = [await population(tenant), await population(other)]
      expect(erased.values).toEqual(without.values)
      expect(erased.aged).toEqual(without.aged)
      const known = new Set(
        Object.values(without.samples)
          .flat()
          .map(({ identity }) => identity),
      )
      for (const { identity } of Object.values(erased.samples).flat()) {
        expect(known).toContain(identity)
      }
      expect(erased.forgotten.size).toBe(1)
      expect(encodePopulation(decodePopulation(encodePopulation(erased), HASH_KEY))).toEqual(
        encodePopulation(erased),
      )
      pipeline = start()
    })

    test('its next event begins anew, also for a process that remembers it', async () => {
      const another = start()
      const one = (n: number) => sampleEvent({ uid: `n${n}`, user: 'person 3', time: NOON + n })
      await another.publish(tenant, [one(1)])
      await another.publish(tenant, [one(2)])
      await pipeline.erase(tenant, KEY, 'me')
      await pipeline.publish(tenant, [one(3)])
      await pipeline.publish(tenant, [one(4)])
      // the revision is now the one that the other process remembers
      const [last] = await another.publish(tenant, [one(5)])
      expect(last?.kind).toBe('new')
      await another.close()
      const found = await pipeline.entity(tenant, KEY)
      expect(found?.habits.events).toBeCloseTo(3, 1)
      expect(found?.habits.first_seen).toBe(NOON + 3)
    })

    test('of an identity that nobody knows nothing is erased', async () => {
      expect(await pipeline.erase(tenant, 'user:nobody', 'me')).toBeNull()
      expect(await storage.reader.entities(tenant, { limit: 10 })).toEqual([])
    })
  })
}
