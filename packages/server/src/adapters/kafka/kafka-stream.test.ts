import { Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testWorkers } from '../../pipeline/streamed.contract.ts'
import { NOON, sampleEvent } from '../../ports/samples.contract.ts'
import { testStream } from '../../ports/stream.contract.ts'
import type { Working } from '../../ports/stream.ts'
import { openPostgres } from '../postgres/postgres.ts'
import { startTestServer, type TestServer } from '../postgres/test-server.ts'
import { parseKafkaUrl } from './address.ts'
import { testKafkaFeed } from './kafka-feed.contract.ts'
import { clientOf, openKafkaStream } from './kafka-stream.ts'
import { startTestKafka, type TestKafka } from './test-kafka.ts'

const jars = process.env.KAFKA_JARS
const sessionMs = 3_000

// One broker for all: it takes seconds to come up.
describe.skipIf(jars === undefined)('with a real Kafka', () => {
  let kafka: TestKafka
  let server: TestServer
  beforeAll(async () => {
    ;[kafka, server] = await Promise.all([startTestKafka(jars ?? ''), startTestServer()])
  }, 120_000)
  afterAll(() => Promise.all([kafka.stop(), server.stop()]))

  testKafkaFeed(() => kafka)

  testStream('kafka', { keeps: true }, async () => {
    const url = kafka.newUrl()
    return {
      open: () => openKafkaStream({ url, sessionMs }),
      async foul(bytes) {
        const address = parseKafkaUrl(url)
        const producer = new Producer(clientOf(address))
        await producer.send({
          messages: [{ topic: address.topic, key: Buffer.from('x'), value: bytes }],
        })
        await producer.close()
      },
      close: async () => {},
    }
  })

  testWorkers('kafka', async () => {
    const url = kafka.newUrl()
    const address = await server.newDatabase()
    let guest: { stop(): Promise<void> } | null = null
    return {
      open: () => openKafkaStream({ url, sessionMs }),
      async openStorage() {
        const storage = await openPostgres(address, { clock: () => NOON })
        return { storage, close: storage.close }
      },
      rhythm: { slow: 250, between: 500 },
      // Somebody who comes and goes, and does nothing, takes partitions away in the middle of batches.
      async shake() {
        await guest?.stop()
        if (guest !== null) {
          guest = null
          return
        }
        const stream = await openKafkaStream({ url, sessionMs })
        const worker: Working = stream.work({
          bury: async () => {},
          take: () => new Promise(() => {}),
        })
        guest = {
          async stop() {
            await stream.close()
            await Promise.race([worker.stop(), new Promise((resolve) => setTimeout(resolve, 100))])
          },
        }
      },
      async close() {
        await guest?.stop()
      },
    }
  })

  test('a record of a megabyte goes through', async () => {
    const stream = await openKafkaStream({ url: kafka.newUrl(), sessionMs })
    const raw = new Uint8Array(1024 * 1024).fill(120)
    await stream.publish(1, [{ ...sampleEvent({ uid: 'long' }), raw }])
    expect(await stream.lag()).toBe(1)
    const lengths: (number | undefined)[] = []
    const worker = stream.work({
      bury: async () => {},
      async take(_tenant, events) {
        lengths.push(...events.map((one) => one.raw?.length))
        return events.map(() => ({ kind: 'new', verdict: null }))
      },
    })
    await expect.poll(() => lengths, { timeout: 30_000 }).toEqual([raw.length])
    await worker.stop()
    await stream.close()
  }, 60_000)

  test('what was published is there after the broker was killed, and is worked off once it is back', async () => {
    const own = await startTestKafka(jars ?? '')
    const stream = await openKafkaStream({ url: own.newUrl(), sessionMs })
    const uids = new Set<string>()
    const worker = stream.work({
      bury: async () => {},
      async take(_tenant, events) {
        for (const { event } of events) uids.add(event.uid)
        return events.map(() => ({ kind: 'new', verdict: null }))
      },
    })
    const total = 300
    let acknowledged = 0
    const publishing = (async () => {
      for (; acknowledged < total; acknowledged += 1) {
        const event = sampleEvent({ uid: `e${acknowledged}`, user: `u${acknowledged % 20}` })
        while ((await stream.publish(1, [event]).catch(() => null)) === null) {
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
    })()
    while (acknowledged < total / 2) await new Promise((resolve) => setTimeout(resolve, 2))
    await own.kill()
    await own.start()
    await publishing
    await expect.poll(() => uids.size, { timeout: 60_000 }).toBe(total)
    await expect.poll(() => stream.lag(), { timeout: 30_000 }).toBe(0)
    await worker.stop()
    await stream.close()
    await own.stop()
  }, 180_000)

  test('where no broker answers the start says so', async () => {
    await expect(openKafkaStream({ url: 'kafka://127.0.0.1:1' })).rejects.toThrow(/No Kafka broker/)
  }, 60_000)
})
