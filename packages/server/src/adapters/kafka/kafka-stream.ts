import { Admin, type BaseOptions, ProduceAcks, Producer } from '@platformatic/kafka'
import { fault } from '../../errors.ts'
import type { ArrivingEvent, TenantId } from '../../ports/store.ts'
import type { Stream } from '../../ports/stream.ts'
import { createEventCodec } from '../streams/event-codec.ts'
import { workOff } from '../streams/work-off.ts'
import { type KafkaAddress, parseKafkaUrl } from './address.ts'
import { deepest } from './deepest.ts'
import { createLag } from './lag.ts'
import { createOutbound } from './outbound.ts'
import { startWorker } from './worker.ts'

/** Where and how; see the field `streamUrl` of the configuration. */
export interface KafkaStreamOptions {
  /** kafka://host:9092, kafkas:// for TLS; see address.ts. */
  readonly url: string
  /** 32 bytes with which records are sealed; absent: they are plain. */
  readonly sealKey?: Uint8Array
  /** How long (ms) a worker that says nothing keeps its partitions; default 10 s. */
  readonly sessionMs?: number
  /** Hears of what went wrong and is tried again. */
  readonly onError?: (error: unknown) => void
}

/** Most events that are fetched ahead. */
const AHEAD = 2_000
/** How long (ms) an answer of a broker is waited for. */
const ANSWER_MS = 10_000
/** Longest event (bytes) the topic takes: a record may have a megabyte, and lies in it beside what was read from it. Kafka's own limit is one. */
const LONGEST_EVENT = 4 * 1024 * 1024

/**
 * A topic of Kafka, made where it is missing: an event's key is its tenant and identity, so those of one identity stay in order. Publishing
 * resolves when all copies in step have it (acks=all), by an idempotent producer. Rejects with a sentence where no broker answers.
 */
export async function openKafkaStream(options: KafkaStreamOptions): Promise<Stream> {
  const { url, sealKey, sessionMs = 10_000, onError = () => {} } = options
  const address = parseKafkaUrl(url)
  const client = clientOf(address)
  const codec = createEventCodec(sealKey)
  const admin = new Admin(client)
  try {
    await makeTopic(admin, address)
  } catch (error) {
    await admin.close().catch(() => {})
    throw error
  }
  const producer = new Producer({ ...client, idempotent: true, acks: ProduceAcks.ALL })
  const outbound = createOutbound(producer, address.topic)
  const ends: (() => Promise<void>)[] = [() => admin.close(), () => producer.close()]

  async function publish(tenant: TenantId, events: readonly ArrivingEvent[]) {
    const records = events.map((arriving) => ({
      key: Buffer.from(`${tenant}:${arriving.entity.key}`),
      value: codec.encode(tenant, arriving),
    }))
    try {
      await outbound.send(records)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'overloaded') throw error
      onError(error)
      throw fault('store_unavailable', 'The stream cannot be reached. Retry as Retry-After says.')
    }
    return events.map(() => ({ kind: 'queued' as const }))
  }

  return {
    publish,
    lag: createLag(admin, address),
    work(taker) {
      const { topic } = address
      const work = (messages: readonly { readonly value?: Buffer | undefined }[]) =>
        workOff(
          taker,
          codec,
          messages.map(({ value }) => value ?? Buffer.alloc(0)),
        )
      const worker = startWorker({
        client,
        topic,
        group: topic,
        sessionMs,
        ahead: AHEAD,
        work,
        onError,
      })
      ends.push(worker.abandon)
      return worker
    },
    async close() {
      for (const end of ends.splice(0)) await end().catch(onError)
    },
  }
}

/** What every client of a cluster is told. */
export function clientOf({ bootstrapBrokers, tls, sasl }: KafkaAddress): BaseOptions {
  return {
    clientId: 'gatewatch',
    bootstrapBrokers,
    timeout: ANSWER_MS,
    requestTimeout: ANSWER_MS,
    connectTimeout: 5_000,
    retries: 3,
    retryDelay: 250,
    ...(tls && { tls }),
    ...(sasl && { sasl }),
  }
}

async function makeTopic(admin: Admin, address: KafkaAddress): Promise<void> {
  const { topic, partitions, replicas } = address
  try {
    if ((await admin.listTopics()).includes(topic)) return
  } catch (error) {
    throw new Error(`No Kafka broker of the stream URL answers (${deepest(error)}).`, {
      cause: error,
    })
  }
  try {
    await admin.createTopics({
      topics: [topic],
      partitions,
      replicas,
      configs: [{ name: 'max.message.bytes', value: String(LONGEST_EVENT) }],
    })
  } catch (error) {
    // Another process may have been faster.
    if ((await admin.listTopics()).includes(topic)) return
    throw new Error(
      `The topic ${topic} is missing and cannot be made (${deepest(error)}). Make it: kafka-topics.sh --create --topic ${topic} --partitions ${partitions}`,
      { cause: error },
    )
  }
}
