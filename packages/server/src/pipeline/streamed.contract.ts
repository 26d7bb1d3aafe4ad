import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NOON } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { Stream, Taker } from '../ports/stream.ts'
import { chunks, habitualHistory, profilesOf } from './history.contract.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

/** A stream with a database behind it, both shared by all workers of one test. */
export interface TestedWorkers {
  /** Another process' end of the stream. */
  open(): Promise<Stream>
  /** Another process' end of the database. */
  openStorage(): Promise<{ readonly storage: Storage; readonly close: () => Promise<void> }>
  /** Takes from the workers what they read, while they work on it, so that another one is handed the same. */
  shake(): Promise<void>
  /** How long (ms) workers take over each batch, twice, and how much time passes between two shakes: so that some are in the middle of one. */
  readonly rhythm: { readonly slow: number; readonly between: number }
  close(): Promise<void>
}

/** What workers on one stream and one database end as, whatever happens between them. */
export function testWorkers(name: string, begin: () => Promise<TestedWorkers>): void {
  describe(`workers on ${name}`, () => {
    let tested: TestedWorkers
    const ends: (() => Promise<void>)[] = []
    beforeEach(async () => {
      tested = await begin()
    })
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end()
      await tested.close()
    })

    // One key for all, so that profiles of two tenants can be compared to the byte.
    const accounts = {
      tenant: async () => ({ name: 'any', hashKey: new Uint8Array(16).fill(7), demo: false }),
    }
    async function startProcess(
      part: 'publish' | 'work',
      tired: (stream: Stream) => Stream = (stream) => stream,
    ): Promise<{ pipeline: Pipeline; storage: Storage; stream: Stream; taken: () => number }> {
      const { storage, close } = await tested.openStorage()
      const stream = tired(await tested.open())
      let taken = 0
      const counting: Stream = {
        ...stream,
        work: (taker) =>
          stream.work({
            ...taker,
            take(tenant, events) {
              taken += events.length
              return taker.take(tenant, events)
            },
          }),
      }
      const pipeline = createPipeline({
        ...storage,
        accounts,
        clock: () => NOON,
        stream: counting,
        part,
        strayTenant: 1,
      })
      ends.push(async () => {
        await pipeline.close()
        await stream.close()
        await close()
      })
      return { pipeline, storage, stream, taken: () => taken }
    }

    test('two that are handed the same events, by turns and at once, end as one would', async () => {
      const history = habitualHistory()
      const { pipeline: front, storage } = await startProcess('publish')
      const tenant = (await storage.accounts.ensureTenant('streamed', false)).id
      const single = (await storage.accounts.ensureTenant('single', false)).id
      const alone = createPipeline({ ...storage, accounts, clock: () => NOON })
      for (const chunk of chunks(history, 40)) await alone.publish(single, chunk)
      await alone.close()

      const { slow, between } = tested.rhythm
      const tired = slowly(slow)
      const workers = [await startProcess('work', tired), await startProcess('work', tired)]
      for (const chunk of chunks(history, 40)) {
        const published = await front.publish(tenant, chunk)
        expect(published.every(({ kind }) => kind === 'queued')).toBe(true)
        await new Promise((resolve) => setTimeout(resolve, between))
        await tested.shake()
      }
      await expect.poll(() => front.lag(), { timeout: 60_000 }).toBe(0)
      const overview = await storage.reader.overview(tenant, NOON)
      expect(overview.events_total).toBe(history.length)
      expect(overview.dead_letters).toBe(0)
      const handed = workers.reduce((sum, one) => sum + one.taken(), 0)
      expect(handed).toBeGreaterThan(history.length)
      for (const one of workers) expect(one.taken()).toBeGreaterThan(0)
      expect(await profilesOf(storage, tenant)).toEqual(await profilesOf(storage, single))
    }, 180_000)

    test('an event is assessed in any process, past the stream, with one answer for one uid', async () => {
      const [one, other] = [await startProcess('publish'), await startProcess('publish')]
      const tenant = (await one.storage.accounts.ensureTenant('asked', false)).id
      for (const event of habitualHistory().slice(0, 20)) {
        const [first, second] = await Promise.all([
          one.pipeline.assess(tenant, event),
          other.pipeline.assess(tenant, event),
        ])
        expect(second).toEqual(first)
        expect((await one.storage.reader.event(tenant, event.event.uid))?.verdict).toEqual(first)
      }
      expect((await one.storage.reader.overview(tenant, NOON)).events_total).toBe(20)
      expect(await one.pipeline.lag()).toBe(0)
    }, 60_000)

    test('a worker that stops while events come in leaves the rest to others: nothing is lost, nothing done twice', async () => {
      const history = habitualHistory()
      const { pipeline: front, storage } = await startProcess('publish')
      const tenant = (await storage.accounts.ensureTenant('stopped', false)).id
      const first = await startProcess('work')
      const publishing = (async () => {
        for (const chunk of chunks(history, 10)) await front.publish(tenant, chunk)
      })()
      await expect.poll(first.taken, { timeout: 20_000 }).toBeGreaterThan(50)
      await first.pipeline.close()
      const stopped = first.taken()
      const second = await startProcess('work')
      await publishing
      await expect.poll(() => front.lag(), { timeout: 60_000 }).toBe(0)
      expect(stopped + second.taken()).toBe(history.length)
      expect((await storage.reader.overview(tenant, NOON)).events_total).toBe(history.length)
    }, 120_000)
  })
}

/** A worker that takes its time (ms), before the work and after it. */
function slowly(ms: number): (stream: Stream) => Stream {
  const wait = () => new Promise((resolve) => setTimeout(resolve, ms))
  const slow = (taker: Taker): Taker => ({
    ...taker,
    async take(tenant, events) {
      await wait()
      const taken = await taker.take(tenant, events)
      await wait()
      return taken
    },
  })
  return (stream) => ({ ...stream, work: (taker) => stream.work(slow(taker)) })
}
