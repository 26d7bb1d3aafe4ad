import { isDeepStrictEqual } from 'node:util'
import { createPopulation, decodeProfile, habits, profileLastTime } from '@gatewatch/engine'
import { withoutEvidence } from '@gatewatch/engine/testing'
import type { AlertSummary } from '@gatewatch/schema'
import { beforeAll, describe, expect, test } from 'vitest'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import { type ArrivingEvent, LATE_MS } from '../ports/store.ts'
import { attackedHistory, chunks, profilesOf, WORLD_END, worldEvents } from './history.contract.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const NOW = Math.max(NOON + 86_400_000, WORLD_END)

/** As if each took up to 15 minutes to arrive; one in nine arrives twice. */
function shuffled(events: readonly ArrivingEvent[], seed: number): ArrivingEvent[] {
  let state = seed
  const dice = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return events
    .flatMap((arriving) => {
      const copies = dice() < 1 / 9 ? 2 : 1
      return Array.from({ length: copies }, () => ({
        arriving,
        at: arriving.event.time + dice() * LATE_MS,
      }))
    })
    .sort((a, b) => a.at - b.at)
    .map(({ arriving }) => arriving)
}

/** Words in which two profiles differ but for the evidence of their running sessions. */
function unlike(a: string, b: string): readonly string[] {
  const [one, other] = [a, b].map((hex) => withoutEvidence(decodeProfile(Buffer.from(hex, 'hex'))))
  const differences: string[] = []
  one?.u32.forEach((word, at) => {
    if (word !== other?.u32[at]) differences.push(`word ${at}: ${word} and ${other?.u32[at]}`)
  })
  return differences
}

/** What the pipeline promises of events that come late, over any storage. */
export function testLateEvents(
  name: string,
  open: (now: number) => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`late events on ${name}`, () => {
    let storage: Storage
    let count = 0

    beforeAll(async () => {
      const opened = await open(NOW)
      storage = opened.storage
      return async () => opened.close()
    })

    // one secret for all, so that profiles of two tenants can be compared
    const accounts = {
      tenant: async () => ({ name: 'any', hashKey: new Uint8Array(16).fill(7), demo: false }),
    }

    async function play(
      work: (pipeline: Pipeline, tenant: number) => Promise<void>,
    ): Promise<number> {
      count += 1
      const errors: unknown[] = []
      const { id } = await storage.accounts.ensureTenant(`late ${count}`, false)
      const pipeline = createPipeline({
        ...storage,
        accounts,
        clock: () => NOW,
        onError: (error) => errors.push(error),
      })
      await work(pipeline, id)
      await pipeline.close()
      expect(errors).toEqual([])
      return id
    }

    const openAlerts = async (tenant: number) => {
      const { alerts } = await storage.reader.alerts(tenant, { limit: 500, status: 'open' })
      return alerts
    }
    const alerted = async (tenant: number) =>
      [...new Set((await openAlerts(tenant)).map(({ entity }) => entity))].sort()

    const weights = async (tenant: number, entity: string) => {
      const events = await storage.store.transact(tenant, async (batch) => {
        await batch.lock(new Map([[entity, 0]]))
        return batch.eventsAfter(entity, 0, 100_000)
      })
      return events.map(({ key, learned }) => [key, learned])
    }

    test.each([
      ['offices', 1],
      ['crews', 2],
    ] as const)(
      'a stream of %s shuffled within 15 minutes, with duplicates, leaves what the ordered one does',
      async (family, seed) => {
        const events = worldEvents(family, seed)
        const learned = events.slice(0, -900)
        const last = events.slice(-900)
        const ordered = await play(async (pipeline, tenant) => {
          for (const chunk of chunks(learned, 500)) await pipeline.publish(tenant, chunk)
          for (const chunk of chunks(last, 6)) await pipeline.publish(tenant, chunk)
        })
        const late = await play(async (pipeline, tenant) => {
          for (const chunk of chunks(learned, 500)) await pipeline.publish(tenant, chunk)
          const kinds = new Map<string, number>()
          for (const chunk of chunks(shuffled(last, seed), 6)) {
            for (const { kind } of await pipeline.publish(tenant, chunk))
              kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
          }
          expect(kinds.get('new')).toBe(900)
          expect(kinds.get('duplicate')).toBeGreaterThan(50)
        })
        const expected = await profilesOf(storage, ordered)
        const found = await profilesOf(storage, late)
        expect([...found.keys()]).toEqual([...expected.keys()])
        let same = 0
        for (const [entity, profile] of expected) {
          // what others taught by then decides how much an event may teach: where that came out alike, all must
          if (!isDeepStrictEqual(await weights(ordered, entity), await weights(late, entity)))
            continue
          expect([entity, unlike(profile, found.get(entity) ?? '')]).toEqual([entity, []])
          same += 1
        }
        expect(same).toBeGreaterThan(0.9 * expected.size)
        expect(await alerted(late)).toEqual(await alerted(ordered))
      },
      // on a busy machine it takes a minute and a half
      300_000,
    )

    test('deletions that come last to first raise what they raise in order, and say what was said before', async () => {
      const all = attackedHistory()
      const deletions = all.filter(({ entity, event }) => {
        return entity.key === 'user:person 3' && event.uid.startsWith('attack')
      })
      const usual = all.filter(({ event }) => !event.uid.startsWith('attack'))
      const runs = [deletions, [...deletions].reverse()].map((attack) =>
        play(async (pipeline, tenant) => {
          await pipeline.publish(tenant, usual)
          for (const one of attack) await pipeline.publish(tenant, [one])
        }),
      )
      const [ordered, late] = await Promise.all(runs)
      if (ordered === undefined || late === undefined) throw new Error('nothing was played')
      const profiles = await profilesOf(storage, ordered)
      for (const [entity, profile] of await profilesOf(storage, late)) {
        expect(unlike(profiles.get(entity) ?? '', profile)).toEqual([])
      }
      const parts = ({ entity, first_seen, last_seen, count }: AlertSummary) => {
        return { entity, first_seen, last_seen, count }
      }
      const expected = await openAlerts(ordered)
      expect(expected.length).toBeGreaterThan(0)
      expect((await openAlerts(late)).map(parts)).toEqual(expected.map(parts))
      const last = await storage.reader.event(late, deletions.at(-1)?.event.uid ?? '')
      expect(last?.verdict.amended).toMatchObject({ why: 'late_event', decision: 'allow' })
      expect(last?.verdict.risk).toBeGreaterThan(last?.verdict.amended?.risk ?? 100)
      // the gravest of an hour is what was first judged too
      const hours = async (tenant: number) =>
        (await storage.reader.overview(tenant, deletions[0]?.event.time ?? 0)).hours.map(
          ({ max_risk, ...counts }) => counts,
        )
      expect(await hours(late)).toEqual(await hours(ordered))
    })

    test('what a person took back stays taken back when the story is told again', async () => {
      const history = attackedHistory().filter(({ entity }) => entity.key === 'user:person 3')
      const last = history.at(-1)
      if (last === undefined) throw new Error('the history is empty')
      const after = (n: number, minutes: number) => ({
        key: `${n}`.padStart(32, '0'),
        content: `${n}`.padStart(32, '0'),
        entity: last.entity,
        context: last.context,
        backfill: false,
        event: { ...last.event, uid: `after ${n}`, time: last.event.time + minutes * 60_000 },
      })
      const weights: number[] = []
      await play(async (pipeline, tenant) => {
        for (const one of history) await pipeline.publish(tenant, [one])
        const [alert] = await openAlerts(tenant)
        await pipeline.feedback(tenant, alert?.id ?? '', {
          verdict: 'compromised',
          by: 'me',
          time: NOW,
        })
        const learned = async () => {
          const found = await storage.reader.entity(tenant, last.entity.key)
          const profile = decodeProfile(found?.profile ?? new Uint8Array())
          return habits(profile, createPopulation(new Uint8Array(16)), null, []).events
        }
        for (let n = 0; n < 4; n++) await pipeline.publish(tenant, [after(n, 60 + n)])
        weights.push(await learned())
        await pipeline.publish(tenant, [after(34, 61.5)])
        weights.push(await learned())
      })
      expect((weights[1] ?? 0) - (weights[0] ?? 0)).toBeLessThan(2)
    })

    test('what a challenge said stands when an earlier event comes late', async () => {
      const at = (minutes: number) =>
        sampleEvent({ uid: `asked ${minutes}`, user: 'asked', time: NOON + minutes * 60_000 })
      const learned: (number | undefined)[] = []
      const tenant = await play(async (pipeline, id) => {
        for (const minutes of [0, 60, 70]) await pipeline.publish(id, [at(minutes)])
        const failed = { outcome: 'failed' as const, time: NOON + 71 * 60_000 }
        await pipeline.challenge(id, 'asked 70', failed)
        await pipeline.publish(id, [at(66)])
        learned.push((await pipeline.challenge(id, 'asked 70', failed))?.learned)
      })
      expect(learned).toEqual([0])
      const found = await storage.reader.event(tenant, 'asked 70')
      expect(found?.verdict.challenge?.outcome).toBe('failed')
      const entity = await storage.reader.entity(tenant, 'user:asked')
      const profile = decodeProfile(entity?.profile ?? new Uint8Array())
      const { events } = habits(profile, createPopulation(new Uint8Array(16)), null, [])
      expect(events).toBeCloseTo(3, 6)
    })

    test('what comes more than 15 minutes late teaches long memory only, and is no hindrance to the next', async () => {
      const at = (minutes: number) =>
        sampleEvent({ uid: `at ${minutes}`, time: NOON + minutes * 60_000 })
      const order = [0, 60, 120, 30, 110]
      const tenant = await play(async (pipeline, id) => {
        for (const minutes of order) await pipeline.publish(id, [at(minutes)])
      })
      const codes = async (minutes: number) =>
        (await storage.reader.event(tenant, `at ${minutes}`))?.verdict.not_assessed
      expect(await codes(30)).toContain('late')
      expect(await codes(110)).not.toContain('late')
      const found = await storage.reader.entity(tenant, 'user:ada')
      const profile = decodeProfile(found?.profile ?? new Uint8Array())
      expect(profileLastTime(profile)).toBe(NOON + 120 * 60_000)
      expect(habits(profile, createPopulation(new Uint8Array(16)), null, []).events).toBeCloseTo(
        5,
        6,
      )
    })
  })
}
