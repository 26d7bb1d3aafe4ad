import { afterAll, describe, expect, test } from 'vitest'
import { FAULTS } from './faults/kinds.ts'
import { MOST_OTHERWISE, runFault } from './faults/run-fault.ts'
import { STREAMS, type StreamName, type System, startSystem } from './faults/system.ts'

/** An outage is short here; `npm run faults` waits for a minute, and strikes more often, with everything on everything. */
const OUTAGE_MS = 3_000
const tools = { redis: process.env.REDIS_SERVER, kafka: process.env.KAFKA_JARS }
const isThere: Readonly<Record<StreamName, boolean>> = {
  direct: true,
  redis: tools.redis !== undefined,
  kafka: tools.kafka !== undefined,
}

/** Each kind strikes once: those that need no broker on any stream in turn, the others on Redis and on Kafka in turn. */
const NEEDS_BROKER = new Set([
  'kill -9 of the API',
  'kill -9 of the broker',
  'rebalance in the middle of a batch',
])
const turns = FAULTS.map(({ name }, n): StreamName => {
  if (NEEDS_BROKER.has(name)) return n % 2 === 0 ? 'redis' : 'kafka'
  return STREAMS[n % STREAMS.length] ?? 'direct'
})

for (const stream of STREAMS) {
  describe.skipIf(!isThere[stream])(`a Gatewatch under load, its events in ${stream}`, () => {
    let starting: Promise<System> | undefined
    afterAll(async () => (await starting)?.close())
    for (const [n, fault] of FAULTS.entries()) {
      if (turns[n] !== stream) continue
      test(`${fault.name}: nothing is lost, nothing takes effect twice, and everything is as if it had not been`, async ({
        skip,
      }) => {
        starting ??= startSystem(stream, tools)
        const system = await starting
        const not = fault.not?.(system) ?? null
        if (not !== null && process.env.CI !== 'true') skip(not)
        expect(not).toBe(null)
        const outcome = await runFault(system, fault, 1, OUTAGE_MS)
        expect(outcome).toMatchObject({ faults: 1, lost: 0, doubled: 0, profiles: 0 })
        expect(outcome).toMatchObject({ otherAlerts: 0, otherMessages: 0, otherDeadLetters: 0 })
        expect(outcome.otherwise).toBeLessThanOrEqual(outcome.events * MOST_OTHERWISE)
        expect(outcome.alerts).toBeGreaterThan(0)
      }, 300_000)
    }
  })
}
