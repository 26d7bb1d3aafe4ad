import { setTimeout as delay } from 'node:timers/promises'
import {
  type BaseOptions,
  Consumer,
  type Message,
  type MessagesStream,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
} from '@platformatic/kafka'
import type { Working } from '../../ports/stream.ts'

/** What a worker needs. */
export interface WorkerParts {
  readonly client: BaseOptions
  readonly topic: string
  /** How long (ms) a worker that says nothing keeps its partitions. */
  readonly sessionMs: number
  /** Of consumers that share the topic. */
  readonly group: string
  /** Most messages that are fetched ahead. */
  readonly ahead: number
  /** Resolves when all of them have taken effect; where it rejects, it is asked again. */
  readonly work: (messages: readonly Message[]) => Promise<void>
  /** Nothing more has been fetched. */
  readonly onIdle?: () => void
  readonly onError: (error: unknown) => void
}

/** A worker that can also be left alone, as if its process had died. */
export interface KafkaWorking extends Working {
  abandon(): Promise<void>
}

/** Most messages that are handed out at a time. */
const BATCH = 2_000
/** How long (ms) a broker waits for news, and a failure is waited out. */
const WAIT_MS = 250
const PAUSE_MS = 200

/** How long (ms) nothing is heard before it is looked at whether the group still counts this worker in. */
const PEEP_MS = 1_000
const SILENT = 'the group has not answered this worker for two sessions'

type Messages = MessagesStream<Buffer, Buffer, Buffer, Buffer>

/** Joins the group and works off what its partitions hold, until it is stopped; joins anew after every interruption. */
export function startWorker(parts: WorkerParts): KafkaWorking {
  const { client, topic, group, sessionMs, ahead, work, onIdle = () => {}, onError } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = () => delay(PAUSE_MS, undefined, { signal }).catch(() => {})
  let consumer: Consumer | null = null
  let joining: Promise<unknown> = Promise.resolve()

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const joined = new Consumer({
        ...client,
        groupId: group,
        sessionTimeout: sessionMs,
        rebalanceTimeout: sessionMs,
        heartbeatInterval: Math.floor(sessionMs / 4),
      })
      consumer = joined
      // It joins again behind our back; where that fails for good, the error is told here and nowhere else.
      let broken: unknown
      joined.on('error', (error: unknown) => {
        broken = error
      })
      const isBroken = () => broken ?? (isSilent(joined, sessionMs) ? new Error(SILENT) : undefined)
      try {
        const consuming = joined.consume({
          topics: [topic],
          autocommit: false,
          mode: MessagesStreamModes.COMMITTED,
          fallbackMode: MessagesStreamFallbackModes.EARLIEST,
          highWaterMark: ahead,
          maxWaitTime: WAIT_MS,
        })
        joining = consuming
        const messages = await consuming
        await workThrough(joined, messages, isBroken)
      } catch (error) {
        if (!signal.aborted) onError(error)
      }
      await joined.close(true).catch(onError)
      if (!signal.aborted) await pause()
    }
  }

  async function workThrough(
    joined: Consumer,
    messages: Messages,
    isBroken: () => unknown,
  ): Promise<void> {
    let failure: unknown
    messages.on('error', (error) => {
      failure = error
    })
    // Listened to throughout: while nobody listens for what is readable, nothing is fetched.
    let wake = () => {}
    messages.on('readable', () => wake())
    messages.on('close', () => wake())
    const news = () =>
      new Promise<void>((resolve) => {
        wake = resolve
        delay(PEEP_MS, undefined, { signal }).then(resolve, resolve)
      })
    while (!signal.aborted) {
      const problem = failure ?? isBroken()
      if (problem !== undefined) throw problem
      const batch = fetchedOf(messages)
      if (batch.length === 0) {
        if (messages.destroyed) throw new Error('the connection to Kafka ended')
        onIdle()
        await news()
        continue
      }
      if (!(await settled(batch))) return
      await joined.commit({ offsets: endsOf(batch) }).catch(onError)
    }
  }

  /** Has all of it taken effect? Tried until it has, or the worker stops. */
  async function settled(batch: readonly Message[]): Promise<boolean> {
    for (;;) {
      try {
        await work(batch)
        return true
      } catch (error) {
        onError(error)
        if (signal.aborted) return false
        await pause()
      }
    }
  }

  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
    async abandon() {
      stopping.abort()
      // A consumer that is closed while it joins throws where nobody can catch it.
      await joining.catch(() => {})
      await consumer?.close(true)
    },
  }
}

function isSilent({ lastHeartbeat }: Consumer, sessionMs: number): boolean {
  return lastHeartbeat !== null && Date.now() - lastHeartbeat.getTime() > 2 * sessionMs
}

/** What has been fetched, as far as one batch takes it. */
function fetchedOf(messages: Messages): readonly Message[] {
  const batch: Message[] = []
  while (batch.length < BATCH) {
    const message: Message | null = messages.read()
    if (message === null) break
    batch.push(message)
  }
  return batch
}

/** Up to where each partition is settled. */
function endsOf(batch: readonly Message[]) {
  const ends = new Map<number, bigint>()
  for (const { partition, offset } of batch) ends.set(partition, offset + 1n)
  const topic = batch[0]?.topic ?? ''
  return [...ends].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 }))
}
