import { FeedSettings } from '@gatewatch/schema'
import { Producer } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { createHostGuard } from '../channels/guard.ts'
import { feedOf } from '../feeds.ts'
import { followFeed } from '../test-feed.ts'
import { parseKafkaUrl } from './address.ts'
import { clientOf, openKafkaStream } from './kafka-stream.ts'
import type { TestKafka } from './test-kafka.ts'

const soon = { timeout: 60_000, interval: 100 }
const guard = createHostGuard(['127.0.0.1'])
const feed = (url: string, of = guard) => feedOf(FeedSettings.parse({ kind: 'kafka', url }), of)

/** What following a topic promises, against a broker that runs. */
export function testKafkaFeed(broker: () => TestKafka): void {
  test('a broker inside is not asked, and none without encryption', async () => {
    const nobody = createHostGuard([])
    const plain = followFeed(feed('kafka://203.0.113.1:9092/logs', nobody))
    expect(String(await plain.ended)).toContain('without encryption')
    const inside = followFeed(feed('kafkas://127.0.0.1:9092/logs', nobody))
    expect(String(await inside.ended)).toContain('not public')
  })

  test('a topic is read from its beginning, and goes on where it was after a restart', async () => {
    const url = broker().newUrl()
    await (await openKafkaStream({ url })).close()
    const address = parseKafkaUrl(url)
    const send = async (values: readonly string[]) => {
      const producer = new Producer(clientOf(address))
      const messages = values.map((value) => ({
        topic: address.topic,
        key: Buffer.from(value),
        value: Buffer.from(value),
      }))
      await producer.send({ messages })
      await producer.close()
    }
    const numbered = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => `{"n":${1000 + from + i}}`)
    // A producer that tries again where a new topic was not ready on every partition puts some in twice.
    const linesOf = ({ lines }: { readonly lines: readonly string[] }) =>
      [...new Set(lines)].toSorted()
    await send(numbered(0, 100))
    const first = followFeed(feed(url))
    await expect.poll(() => linesOf(first), soon).toEqual(numbered(0, 100))
    await expect.poll(() => first.caughtUp, soon).toBeGreaterThan(0)
    await first.stop()

    await send(numbered(100, 50))
    const second = followFeed(feed(url))
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    second.gate = gate
    // What could not be taken is not committed.
    await new Promise((later) => setTimeout(later, 3_000))
    expect(second.lines).toEqual([])
    open()
    await expect.poll(() => linesOf(second), soon).toEqual(numbered(100, 50))
    await send(['{"more":1}', 'a\nb'])
    await expect
      .poll(() => linesOf(second).filter((line) => !line.startsWith('{"n"')), soon)
      .toEqual(['a', 'b', '{"more":1}'])
  }, 180_000)
}
