import type { Verdict } from '@gatewatch/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import { chunks, WORLD_END, worldEvents } from './history.contract.ts'
import { createPipeline } from './pipeline.ts'
import { laneOf } from './storable.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

// One key for all, so that what is learned can be compared.
const accounts = {
  tenant: async () => ({ name: 'any', hashKey: new Uint8Array(16).fill(7), demo: false }),
}

/** The verdicts of workers that share the identities, each with its own ends of one database, at the same pace. */
async function judgedBy(
  count: number,
  events: readonly ArrivingEvent[],
): Promise<ReadonlyMap<string, Verdict>> {
  const address = await server.newDatabase()
  const workers = await Promise.all(
    Array.from({ length: count }, async () => {
      const storage = await openPostgres(address, { clock: () => WORLD_END })
      const pipeline = createPipeline({ ...storage, accounts, clock: () => WORLD_END, lanes: 1 })
      return { storage, pipeline }
    }),
  )
  const [first] = workers
  if (first === undefined) throw new Error('there are no workers')
  const { id } = await first.storage.accounts.ensureTenant('shared', false)
  const verdicts = new Map<string, Verdict>()
  for (const chunk of chunks(events, 200)) {
    await Promise.all(
      workers.map(async ({ pipeline }, index) => {
        const own = chunk.filter(({ entity }) => laneOf(entity.key, count) === index)
        if (own.length === 0) return
        for (const one of await pipeline.publish(id, own)) {
          if (one.kind === 'new' && one.verdict !== null) verdicts.set(one.verdict.uid, one.verdict)
        }
      }),
    )
  }
  for (const { pipeline, storage } of workers) {
    await pipeline.close()
    await storage.close()
  }
  return verdicts
}

test('one, two and four workers judge the same stream alike, but for half a second of news from the others', async () => {
  const events = worldEvents('offices', 3).slice(0, 6_000)
  const alone = await judgedBy(1, events)
  expect(alone.size).toBeGreaterThan(1_000)
  for (const count of [2, 4]) {
    const shared = await judgedBy(count, events)
    expect([...shared.keys()].sort()).toEqual([...alone.keys()].sort())
    // Played some thousand times as fast as it happened, so that half a second is most of an hour.
    let sum = 0
    let otherwise = 0
    for (const [uid, { risk, decision }] of alone) {
      const other = shared.get(uid)
      sum += Math.abs((other?.risk ?? Number.POSITIVE_INFINITY) - risk)
      if (other?.decision !== decision) otherwise += 1
    }
    expect(sum / alone.size).toBeLessThan(1)
    expect(otherwise / alone.size).toBeLessThan(0.001)
  }
}, 240_000)
