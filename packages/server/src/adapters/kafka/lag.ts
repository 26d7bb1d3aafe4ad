import { type Admin, ListOffsetTimestamps } from '@platformatic/kafka'
import type { KafkaAddress } from './address.ts'

/** Counts events of a topic that its consumer group, of the same name, has not settled: between the end of each partition and what was committed, or its beginning. */
export function createLag(admin: Admin, { topic }: KafkaAddress): () => Promise<number> {
  const offsetsAt = async (timestamp: bigint) => {
    const metadata = await admin.metadata({ topics: [topic] })
    const count = metadata.topics.get(topic)?.partitionsCount ?? 0
    const partitions = Array.from({ length: count }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp,
    }))
    const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions }] })
    return new Map(found?.partitions.map((one) => [one.partitionIndex, one.offset]))
  }
  return async () => {
    const [ends, begins, committed] = await Promise.all([
      offsetsAt(ListOffsetTimestamps.LATEST),
      offsetsAt(ListOffsetTimestamps.EARLIEST),
      committedOf(admin, topic),
    ])
    let lag = 0n
    for (const [partition, end] of ends) {
      const begin = begins.get(partition) ?? 0n
      const done = committed.get(partition) ?? -1n
      lag += end - (done < begin ? begin : done)
    }
    return Number(lag)
  }
}

async function committedOf(admin: Admin, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const groups = await admin
    .listConsumerGroupOffsets({ groups: [topic] })
    .catch((error: unknown) => {
      // Before the first worker came there is no such group.
      if (/GROUP_ID_NOT_FOUND/.test(JSON.stringify(error) + String(error))) return []
      throw error
    })
  const own = groups[0]?.topics.find(({ name }) => name === topic)
  return new Map(own?.partitions.map((one) => [one.partitionIndex, one.committedOffset]))
}
