import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import { attackedHistory, chunks, habitualHistory, profilesOf } from './history.contract.ts'
import { createPipeline } from './pipeline.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const open = async (address: Awaited<ReturnType<TestServer['newDatabase']>>) => {
  const storage = await openPostgres(address, { clock: () => NOON })
  const pipeline = createPipeline({ ...storage, clock: () => NOON })
  const close = async () => {
    await pipeline.close()
    await storage.close()
  }
  return { storage, pipeline, close }
}

/** An event that the database refuses: its identity is longer than an index can hold, and no compression helps. */
function refusedByTheDatabase(uid: string): ArrivingEvent {
  const noise = Array.from({ length: 4_000 }, (_, n) => ((n * 7919 + n * n) % 9_973).toString(36))
  return { ...sampleEvent({ uid }), entity: { key: noise.join(''), name: 'long', class: 'human' } }
}

/** An event whose very look breaks the judgement. */
function refusedByTheJudgement(uid: string): ArrivingEvent {
  const event = sampleEvent({ uid })
  return {
    ...event,
    context: {
      ...event.context,
      get place(): never {
        throw new Error('poison')
      },
    },
  }
}

test.each([
  ['the database', refusedByTheDatabase],
  ['the judgement', refusedByTheJudgement],
])('a record that %s refuses loses only itself', async (_by, poison) => {
  const { storage, pipeline, close } = await open(await server.newDatabase())
  const { id } = await storage.accounts.ensureTenant('t', false)
  const events = Array.from({ length: 60 }, (_, n) =>
    sampleEvent({ uid: `e${n}`, user: `u${n % 5}` }),
  )
  events.splice(23, 0, poison('poison'))
  const published = await pipeline.publish(id, events)
  expect(published.filter(({ kind }) => kind === 'new')).toHaveLength(60)
  expect(published[23]).toMatchObject({ kind: 'rejected' })
  expect((await storage.reader.overview(id, NOON)).events_total).toBe(60)
  expect(await storage.deadLetters.count(id)).toBe(1)
  const [letter] = await storage.deadLetters.list(id, 1)
  expect(letter?.reason).toMatch(/cannot be stored or judged/)
  expect(JSON.parse(letter?.raw ?? '{}').uid).toBe('poison')
  await close()
})

test('stop and start again: events, profiles and population are still there, and judge alike', async () => {
  const events = attackedHistory()
  const asked = sampleEvent({ uid: 'asked', user: 'stranger', country: 'KP' })
  const address = await server.newDatabase()
  const first = await open(address)
  const { id } = await first.storage.accounts.ensureTenant('t', false)
  for (const chunk of chunks(events, 200)) await first.pipeline.publish(id, chunk)
  const before = {
    profiles: await profilesOf(first.storage, id),
    peeked: await first.pipeline.peek(id, asked),
    overview: await first.storage.reader.overview(id, NOON),
  }
  await first.close()
  const second = await open(address)
  expect(await profilesOf(second.storage, id)).toEqual(before.profiles)
  expect(await second.pipeline.peek(id, asked)).toEqual(before.peeked)
  expect(await second.storage.reader.overview(id, NOON)).toEqual(before.overview)
  const again = await second.pipeline.publish(id, events.slice(0, 100))
  expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(['duplicate']))
  await second.close()
})

test('what one process learns, another one knows within half a second', async () => {
  const address = await server.newDatabase()
  const [writer, reader] = [await open(address), await open(address)]
  const { id } = await writer.storage.accounts.ensureTenant('t', false)
  const asked = sampleEvent({ uid: 'asked', user: 'stranger' })
  const young = await reader.pipeline.peek(id, asked)
  const events = habitualHistory()
  for (const chunk of chunks(events, 200)) await writer.pipeline.publish(id, chunk)
  const known = await writer.pipeline.peek(id, asked)
  expect(known).not.toEqual(young)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await reader.pipeline.peek(id, asked)).toEqual(known)
  await writer.close()
  await reader.close()
})

test('a database that goes away fails the senders and nothing else; what they send again is taken', async () => {
  const own = await startTestServer()
  const address = await own.newDatabase()
  const storage = await openPostgres(address, { clock: () => NOON })
  const pipeline = createPipeline({ ...storage, clock: () => NOON })
  const { id } = await storage.accounts.ensureTenant('t', false)
  await pipeline.publish(id, [sampleEvent({ uid: 'before' })])
  const history = habitualHistory()
  // In the middle of their transactions the connections break.
  const inFlight = Promise.allSettled(history.map((event) => pipeline.publish(id, [event])))
  await own.restart(async () => {
    await expect(pipeline.publish(id, [sampleEvent({ uid: 'during' })])).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })
  const [again] = await pipeline.publish(id, [sampleEvent({ uid: 'during' })])
  expect(again?.kind).toBe('new')
  const answers = await inFlight
  const broken = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(broken.map((reason) => reason.code)).toEqual(broken.map(() => 'store_unavailable'))
  await pipeline.publish(id, history)
  expect((await storage.reader.overview(id, NOON)).events_total).toBe(history.length + 2)
  await pipeline.close()
  await storage.close()
  await own.stop()
})
