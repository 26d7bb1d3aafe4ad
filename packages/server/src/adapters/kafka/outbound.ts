import type { Producer } from '@platformatic/kafka'
import { fault } from '../../errors.ts'

/** An event on its way to the topic. */
export interface OutboundRecord {
  readonly key: Buffer
  readonly value: Buffer
}

/** Sends records to a topic. */
export interface Outbound {
  /** Resolves when all of them are durable; rejects where that is unknown, with code `overloaded` where too many wait. */
  send(records: readonly OutboundRecord[]): Promise<void>
}

/** Most bytes in one request, below the megabyte that brokers take; and most records that wait to be sent. */
const REQUEST_BYTES = 512 * 1024
const MOST_WAITING = 50_000

interface Sending {
  readonly records: readonly OutboundRecord[]
  settle(): void
  fail(error: unknown): void
}

/** One request is under way at a time, and takes what came meanwhile with the next: so order is kept, and a busy sender sends large ones. */
export function createOutbound(producer: Producer, topic: string): Outbound {
  let queue: Sending[] = []
  let waiting = 0
  let running = false

  async function run(): Promise<void> {
    running = true
    while (queue.length > 0) {
      const sendings = queue
      queue = []
      try {
        for (const records of inRequests(sendings.flatMap((one) => one.records))) {
          await producer.send({ messages: records.map((record) => ({ topic, ...record })) })
        }
        for (const one of sendings) one.settle()
      } catch (error) {
        for (const one of sendings) one.fail(error)
      }
      for (const { records } of sendings) waiting -= records.length
    }
    running = false
  }

  return {
    send(records) {
      if (waiting > 0 && waiting + records.length > MOST_WAITING) {
        return Promise.reject(fault('overloaded'))
      }
      waiting += records.length
      return new Promise((settle, fail) => {
        queue.push({ records, settle, fail })
        if (!running) run()
      })
    },
  }
}

function* inRequests(records: readonly OutboundRecord[]): Generator<OutboundRecord[]> {
  let request: OutboundRecord[] = []
  let bytes = 0
  for (const record of records) {
    const size = record.key.length + record.value.length
    if (request.length > 0 && bytes + size > REQUEST_BYTES) {
      yield request
      request = []
      bytes = 0
    }
    request.push(record)
    bytes += size
  }
  if (request.length > 0) yield request
}
