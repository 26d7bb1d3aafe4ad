import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fault } from '../errors.ts'
import type { DeadLetter } from './dead-letters.ts'
import { sampleEvent } from './samples.contract.ts'
import type { ArrivingEvent } from './store.ts'
import type { Stream, Taker, Working } from './stream.ts'

/** A kind of stream under test. */
export interface TestedStream {
  /** A process' end of the stream that all ends of one test share. */
  open(): Promise<Stream>
  /** Puts bytes into the stream that no event was made of. */
  foul?(bytes: Buffer): Promise<void>
  close(): Promise<void>
}

const TENANT = 7
/** How long (ms) a change of workers may take. */
const SWITCH_MS = 20_000

/**
 * What every stream promises. `begin` gives a fresh one for each test. `keeps`: it keeps events while nobody works; else publishing
 * resolves after the work, and there is one worker.
 */
export function testStream(
  name: string,
  { keeps }: { readonly keeps: boolean },
  begin: () => Promise<TestedStream>,
): void {
  describe(`stream of ${name}`, () => {
    let tested: TestedStream
    let ends: Stream[]
    let workers: Working[]
    beforeEach(async () => {
      tested = await begin()
      ends = []
      workers = []
    })
    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      await Promise.all(ends.map((end) => end.close()))
      await tested.close()
    })

    const open = async () => {
      const end = await tested.open()
      ends.push(end)
      return end
    }
    const work = (end: Stream, taker: Taker) => {
      const worker = end.work(taker)
      workers.push(worker)
      return worker
    }

    test('an event arrives as it was published, whatever is in it', async () => {
      const stream = await open()
      const seen = notebook()
      work(stream, seen)
      const odd = sampleEvent({
        uid: 'odd \0 \ud83d\ude00 "\\',
        user: 'Åse',
        raw: Uint8Array.from({ length: 256 }, (_, n) => n),
        change: { user_agent: 'a\u2028b', warnings: ['x'] },
      })
      const plain = { ...sampleEvent({ uid: 'plain' }), backfill: true }
      const empty = sampleEvent({ uid: 'empty', raw: new Uint8Array() })
      const published = await stream.publish(TENANT, [odd, plain, empty])
      expect(published.map(({ kind }) => kind)).toEqual(Array(3).fill(keeps ? 'queued' : 'new'))
      await expect.poll(() => seen.events.length, { timeout: SWITCH_MS }).toBe(3)
      for (const one of [odd, plain, empty]) {
        const { json: _, ...arrived } = seen.of(one.event.uid)
        expect({ ...arrived, raw: arrived.raw && [...arrived.raw] }).toEqual({
          ...one,
          raw: one.raw && [...one.raw],
        })
      }
      expect(new Set(seen.tenants)).toEqual(new Set([TENANT]))
    })

    test('the order of one identity is kept, whoever publishes', async () => {
      const [first, second] = [await open(), keeps ? await open() : null]
      const seen = notebook()
      work(first, seen)
      for (let round = 0; round < 30; round += 1) {
        const events = Array.from({ length: 20 }, (_, n) =>
          sampleEvent({ uid: `${round * 20 + n}`, user: `u${n % 5}` }),
        )
        await (round % 2 === 0 ? first : (second ?? first)).publish(TENANT, events)
      }
      await expect.poll(() => seen.events.length, { timeout: SWITCH_MS }).toBe(600)
      for (let user = 0; user < 5; user += 1) {
        const own = seen.events.filter(({ entity }) => entity.key === `user:u${user}`)
        const numbers = own.map(({ event }) => Number(event.uid))
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      }
    })

    test('an event that fails while others go through is handed out again, and none is left behind', async () => {
      const stream = await open()
      const seen = notebook()
      let away = true
      work(stream, {
        ...seen,
        async take(tenant, events) {
          if (!away) return seen.take(tenant, events)
          return events.map(() => ({ kind: 'failed' as const, error: fault('store_unavailable') }))
        },
      })
      const events = Array.from({ length: 50 }, (_, n) => sampleEvent({ uid: `e${n}` }))
      const publishing = stream.publish(TENANT, events)
      if (keeps) await publishing
      else await expect(publishing).rejects.toMatchObject({ code: 'store_unavailable' })
      away = false
      if (!keeps) await stream.publish(TENANT, events)
      await expect.poll(() => seen.uids().size, { timeout: SWITCH_MS }).toBe(50)
      expect(seen.buried).toEqual([])
      await expect.poll(() => stream.lag(), { timeout: SWITCH_MS }).toBe(0)
    })

    test('a worker that stops has finished what it took, and nobody is handed it again', async () => {
      const stream = await open()
      const seen = notebook()
      const slow: Taker = {
        ...seen,
        async take(tenant, events) {
          await new Promise((resolve) => setTimeout(resolve, 50))
          return seen.take(tenant, events)
        },
      }
      const worker = work(stream, slow)
      const publishing: Promise<unknown>[] = []
      for (let n = 0; n < 40; n += 1) {
        const event = sampleEvent({ uid: `e${n}`, user: `u${n % 8}` })
        publishing.push(stream.publish(TENANT, [event]).catch((error: unknown) => error))
      }
      await expect.poll(() => seen.events.length, { timeout: SWITCH_MS }).toBeGreaterThan(0)
      await worker.stop()
      const taken = seen.events.length
      await Promise.all(publishing)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(seen.events.length).toBe(taken)
      if (!keeps) return
      const heir = notebook()
      work(await open(), heir)
      await expect.poll(() => taken + heir.events.length, { timeout: SWITCH_MS }).toBe(40)
      expect(new Set([...seen.uids(), ...heir.uids()]).size).toBe(40)
    }, 60_000)

    test('no more than a bounded number of events is handed out at a time', async () => {
      const stream = await open()
      let held = 0
      let most = 0
      let release = () => {}
      const gate = new Promise<void>((resolve) => {
        release = resolve
      })
      const seen = notebook()
      work(stream, {
        ...seen,
        async take(tenant, events) {
          held += events.length
          most = Math.max(most, held)
          await gate
          held -= events.length
          return seen.take(tenant, events)
        },
      })
      const many = Array.from({ length: 12_000 }, (_, n) =>
        sampleEvent({ uid: `e${n}`, user: `u${n % 50}` }),
      )
      const publishing: Promise<unknown>[] = []
      for (let from = 0; from < many.length; from += 1_000) {
        publishing.push(stream.publish(TENANT, many.slice(from, from + 1_000)))
      }
      if (keeps) await Promise.all(publishing)
      await expect.poll(() => held, { timeout: SWITCH_MS }).toBeGreaterThan(0)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      expect(most).toBeLessThanOrEqual(keeps ? 5_000 : 12_000)
      expect(await stream.lag()).toBe(12_000)
      release()
      await Promise.all(publishing)
      await expect.poll(() => seen.uids().size, { timeout: 60_000 }).toBe(12_000)
    }, 120_000)

    if (!keeps) return
    describe('while nobody works, or several do', () => {
      test('what is published while nobody works is kept for whoever comes, and counted until then', async () => {
        const stream = await open()
        const events = Array.from({ length: 100 }, (_, n) =>
          sampleEvent({ uid: `e${n}`, user: `u${n % 9}` }),
        )
        await stream.publish(TENANT, events)
        expect(await stream.lag()).toBe(100)
        const seen = notebook()
        const late = await open()
        work(late, seen)
        await expect.poll(() => seen.uids().size, { timeout: SWITCH_MS }).toBe(100)
        await expect.poll(() => stream.lag(), { timeout: SWITCH_MS }).toBe(0)
        expect(seen.events.length).toBe(100)
      }, 60_000)

      test('what a dead worker was given is handed to another one', async () => {
        const stream = await open()
        const dying = await tested.open()
        const given: ArrivingEvent[] = []
        dying.work({
          bury: async () => {},
          take: (_tenant, events) => {
            given.push(...events)
            return new Promise(() => {})
          },
        })
        const events = Array.from({ length: 200 }, (_, n) =>
          sampleEvent({ uid: `e${n}`, user: `u${n % 40}` }),
        )
        await stream.publish(TENANT, events)
        await expect.poll(() => given.length, { timeout: SWITCH_MS }).toBeGreaterThan(0)
        await dying.close()
        const seen = notebook()
        work(await open(), seen)
        await expect.poll(() => seen.uids().size, { timeout: 60_000 }).toBe(200)
        await expect.poll(() => stream.lag(), { timeout: SWITCH_MS }).toBe(0)
      }, 120_000)

      test('two workers share the work, and one that joins takes its part', async () => {
        const stream = await open()
        const [one, other] = [notebook(), notebook()]
        const first = await open()
        work(first, one)
        await stream.publish(TENANT, [sampleEvent({ uid: 'first' })])
        await expect.poll(() => one.events.length, { timeout: SWITCH_MS }).toBe(1)
        work(await open(), other)
        let round = 0
        const more = async () => {
          round += 1
          const events = Array.from({ length: 100 }, (_, n) =>
            sampleEvent({ uid: `${round} ${n}`, user: `u${n}` }),
          )
          await stream.publish(TENANT, events)
          return other.events.length
        }
        await expect.poll(more, { timeout: SWITCH_MS, interval: 250 }).toBeGreaterThan(0)
        const all = () => new Set([...one.uids(), ...other.uids()]).size
        await expect.poll(all, { timeout: SWITCH_MS }).toBe(1 + round * 100)
        expect(one.events.length).toBeGreaterThan(1)
      }, 120_000)

      test('bytes that are no event, and events that fail each time, go to the dead letters and stop nothing', async () => {
        const stream = await open()
        const seen = notebook()
        work(stream, {
          ...seen,
          async take(tenant, events) {
            const poisoned = events.some(({ event }) => event.uid === 'poison')
            const taken = await seen.take(
              tenant,
              events.filter(({ event }) => event.uid !== 'poison'),
            )
            if (!poisoned) return taken
            const rest = [...taken]
            return events.map(({ event }) =>
              event.uid === 'poison'
                ? { kind: 'failed' as const, error: fault('internal') }
                : (rest.shift() ?? { kind: 'queued' as const }),
            )
          },
        })
        const foul = [
          Buffer.from('hello'),
          Buffer.from([1, 255, 255, 255, 255, 0]),
          Buffer.alloc(0),
        ]
        await stream.publish(TENANT, [sampleEvent({ uid: 'a' }), sampleEvent({ uid: 'poison' })])
        for (const bytes of foul) await tested.foul?.(bytes)
        await stream.publish(TENANT, [sampleEvent({ uid: 'b' })])
        await expect.poll(() => seen.uids().size, { timeout: SWITCH_MS }).toBe(2)
        await expect.poll(() => seen.buried.length, { timeout: SWITCH_MS }).toBe(4)
        const raw = seen.buried.map(({ letter }) => Buffer.from(letter.raw).toString('latin1'))
        for (const bytes of foul) expect(raw).toContain(bytes.toString('latin1'))
        expect(seen.buried.filter(({ tenant }) => tenant === TENANT)).toHaveLength(1)
        await expect.poll(() => stream.lag(), { timeout: SWITCH_MS }).toBe(0)
      }, 60_000)
    })
  })
}

/** A worker that notes what it is given. */
function notebook() {
  const events: ArrivingEvent[] = []
  const tenants: number[] = []
  const buried: { tenant: number | null; letter: DeadLetter }[] = []
  return {
    events,
    tenants,
    buried,
    uids: () => new Set(events.map(({ event }) => event.uid)),
    of(uid: string): ArrivingEvent {
      const found = events.find(({ event }) => event.uid === uid)
      if (found === undefined) throw new Error(`nobody was given ${uid}`)
      return found
    },
    async take(tenant: number, given: readonly ArrivingEvent[]) {
      tenants.push(tenant)
      events.push(...given)
      return given.map(() => ({ kind: 'new' as const, verdict: null }))
    },
    async bury(tenant: number | null, letter: DeadLetter) {
      buried.push({ tenant, letter })
    },
  }
}
