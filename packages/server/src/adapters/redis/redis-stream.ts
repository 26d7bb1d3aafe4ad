import { Redis, type RedisOptions } from 'ioredis'
import { fault } from '../../errors.ts'
import type { ArrivingEvent, TenantId } from '../../ports/store.ts'
import type { Stream } from '../../ports/stream.ts'
import { createEventCodec } from '../streams/event-codec.ts'
import { FIELD, keyOf, STREAMS, streamOf } from './keys.ts'
import { startWorker } from './worker.ts'

/** Where and how; see the field `streamUrl` of the configuration. */
export interface RedisStreamOptions {
  /** redis://user:password@host:6379/0, or rediss:// for TLS. */
  readonly url: string
  /** 32 bytes with which records are sealed; absent: they are plain. */
  readonly sealKey?: Uint8Array
  /** How long (ms) a worker that says nothing keeps its streams; default 10 s. */
  readonly leaseMs?: number
  /** Most events that may wait in Redis, beyond which publishing is refused; default 2 million, about 2 GB. */
  readonly most?: number
  /** Hears of what went wrong and is tried again. */
  readonly onError?: (error: unknown) => void
}

/** How long (ms) an answer of Redis is waited for. */
const ANSWER_MS = 5_000
/** How long (ms) it is believed how many events wait. */
const LAG_MS = 250

/**
 * Redis Streams: an event lies in one of 16 streams, by its tenant and identity, until it has taken effect. Publishing resolves when Redis
 * has it, which is durable only with `appendonly yes` and `appendfsync always`. Rejects with a sentence where Redis does not answer at the start.
 */
export async function openRedisStream(options: RedisStreamOptions): Promise<Stream> {
  const { url, sealKey, leaseMs = 10_000, most = 2_000_000, onError = () => {} } = options
  const codec = createEventCodec(sealKey)
  const redis = connectionTo(url, { commandTimeout: ANSWER_MS })
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw new Error(`Redis of the stream URL does not answer (${messageOf(error)}).`, {
      cause: error,
    })
  }
  const connections = [redis]
  let known = { lag: 0, until: 0 }

  async function lag(): Promise<number> {
    const pipeline = redis.pipeline()
    for (const number of STREAMS) pipeline.xlen(keyOf(number))
    return (await answersOf(pipeline)).reduce<number>((sum, length) => sum + Number(length), 0)
  }

  async function refuseBeyond(count: number): Promise<void> {
    if (known.until < performance.now()) {
      known = { lag: await lag(), until: performance.now() + LAG_MS }
    }
    if (known.lag > 0 && known.lag + count > most) throw fault('overloaded')
    known = { ...known, lag: known.lag + count }
  }

  async function publish(tenant: TenantId, events: readonly ArrivingEvent[]) {
    try {
      await refuseBeyond(events.length)
      const pipeline = redis.pipeline()
      for (const arriving of events) {
        const key = keyOf(streamOf(tenant, arriving.entity.key))
        pipeline.xadd(key, '*', FIELD, codec.encode(tenant, arriving))
      }
      await answersOf(pipeline)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'overloaded') throw error
      onError(error)
      throw fault('store_unavailable', 'The stream cannot be reached. Retry as Retry-After says.')
    }
    return events.map(() => ({ kind: 'queued' as const }))
  }

  return {
    publish,
    lag,
    work: (taker) => {
      const reading = connectionTo(url, {})
      connections.push(reading)
      return startWorker(redis, reading, { taker, codec, leaseMs, onError })
    },
    async close() {
      for (const connection of connections) connection.disconnect()
    },
  }
}

/** What `doctor` and the log say of a Redis: does an answer mean that the event survives a power cut? `untold`: it may not be asked. */
export async function redisDurability(
  url: string,
): Promise<'durable' | 'up to a second' | 'none' | 'untold'> {
  const redis = connectionTo(url, { commandTimeout: ANSWER_MS, retryStrategy: () => null })
  try {
    await redis.connect()
    const [, appends] = await configOf(redis, 'appendonly')
    const [, syncs] = await configOf(redis, 'appendfsync')
    if (appends !== 'yes' || syncs === 'no') return 'none'
    return syncs === 'always' ? 'durable' : 'up to a second'
  } catch (error) {
    if (error instanceof Error && /NOPERM|unknown command/i.test(error.message)) return 'untold'
    throw error
  } finally {
    redis.disconnect()
  }
}

/**
 * Has Redis answer only when its disk has what it was given. `kept`: does that hold after its restart too, which it does not where it was
 * started without a file of settings. Rejects where it refuses.
 */
export async function makeRedisDurable(url: string): Promise<{ readonly kept: boolean }> {
  const redis = connectionTo(url, { commandTimeout: ANSWER_MS, retryStrategy: () => null })
  try {
    await redis.connect()
    for (const [name, value] of [
      ['appendonly', 'yes'],
      ['appendfsync', 'always'],
    ] as const)
      await redis.call('CONFIG', 'SET', name, value)
    const kept = await redis.call('CONFIG', 'REWRITE').then(
      () => true,
      () => false,
    )
    return { kept }
  } finally {
    redis.disconnect()
  }
}

async function configOf(redis: Redis, name: string): Promise<readonly string[]> {
  const answer: unknown = await redis.call('CONFIG', 'GET', name)
  return Array.isArray(answer) ? answer.map(String) : []
}

function connectionTo(url: string, more: Omit<RedisOptions, 'replyMapping'>): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_MS,
    retryStrategy: (times: number) => Math.min(times * 100, 1_000),
    ...more,
  })
  // What breaks fails the command that needs it; an error that nobody hears ends the process.
  redis.on('error', () => {})
  return redis
}

async function answersOf(pipeline: ReturnType<Redis['pipeline']>): Promise<readonly unknown[]> {
  const answers = (await pipeline.exec()) ?? []
  return answers.map(([error, answer]) => {
    // The client hangs on it the command with all that was to be written, which is not for the log.
    if (error !== null) throw new Error(error.message)
    return answer
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
