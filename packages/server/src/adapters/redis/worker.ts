import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Taker, Working } from '../../ports/stream.ts'
import type { EventCodec } from '../streams/event-codec.ts'
import { workOff } from '../streams/work-off.ts'
import { GROUP, keyOf } from './keys.ts'
import { createLeases } from './leases.ts'

/** What a worker does with what it reads. */
export interface WorkerParts {
  readonly taker: Taker
  readonly codec: EventCodec
  /** How long (ms) a worker that says nothing keeps its streams. */
  readonly leaseMs: number
  readonly onError: (error: unknown) => void
}

/** Most events of one stream that are handed out at a time; times 16 streams is what a worker holds in memory at most. */
const BATCH = 256
/** How long (ms) an empty stream is waited at; and while others are being worked off, so that these are soon read again. */
const IDLE_MS = 500
const BUSY_MS = 5
/** How long (ms) a failure is waited out. */
const PAUSE_MS = 200
/** The consumer of the group: whoever has the lease. What a dead one was given is pending for its heir as for itself. */
const CONSUMER = 'lease'

/** A stream that this worker reads. `behind`: entries may be pending that were handed out before, to it or to another worker. */
interface Held {
  behind: boolean
  busy: Promise<void> | null
}

interface Entry {
  readonly id: Buffer
  readonly record: Buffer | null
}

/** Works off the streams it gets leases of; `reading` is a connection of its own, for it waits. Stopped, it closes that one. */
export function startWorker(redis: Redis, reading: Redis, parts: WorkerParts): Working {
  const { taker, codec, leaseMs, onError } = parts
  const leases = createLeases(redis, randomUUID(), leaseMs)
  const held = new Map<number, Held>()
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => {})
  let underWay: Promise<void> = Promise.resolve()

  /** Keeps leases, takes those that are free, and gives up those beyond a fair share once they are idle. */
  async function tend(): Promise<void> {
    while (!signal.aborted && redis.status !== 'end') {
      try {
        await adjust()
      } catch (error) {
        if (!signal.aborted) onError(error)
      }
      await pause(leaseMs / 4)
    }
  }

  async function adjust(): Promise<void> {
    const { mine, share } = await leases.renew()
    for (const number of held.keys()) if (!mine.has(number)) held.delete(number)
    for (const number of mine) {
      // Also of those that were held before: a Redis that lost its memory lost the groups.
      await makeGroup(redis, number)
      const one = held.get(number)
      // Looked at again and again: whoever lost the lease may have been given entries in that moment, and have died with them.
      if (one === undefined) held.set(number, { behind: true, busy: null })
      else one.behind = true
    }
    for (const [number, one] of [...held].slice(share)) {
      // It is read no more from here on, so what it was given by now is all that has to be waited for.
      held.delete(number)
      await underWay.catch(() => {})
      await one.busy
      await leases.release(number)
    }
  }

  async function read(): Promise<void> {
    while (!signal.aborted && reading.status !== 'end') {
      try {
        if (reading.status !== 'ready') await connect(reading)
        underWay = readOnce()
        await underWay
      } catch (error) {
        // What Redis handed out just now may be lost on the way: all of it is pending, and asked for again.
        for (const one of held.values()) one.behind = true
        if (signal.aborted) break
        onError(error)
        await pause(PAUSE_MS)
      }
    }
  }

  async function readOnce(): Promise<void> {
    const idle = [...held].filter(([, { busy }]) => busy === null)
    const behind = idle.filter((one) => one[1].behind)
    if (behind.length > 0) {
      const found = await entriesOf(reading, behind, '0', null)
      for (const [number, one] of behind) {
        const entries = found.get(number) ?? []
        if (entries.length === 0) one.behind = false
        else handOut(number, one, entries)
      }
      return
    }
    if (idle.length === 0) return pause(held.size === 0 ? IDLE_MS / 10 : BUSY_MS)
    const wait = idle.length < held.size ? BUSY_MS : IDLE_MS
    const found = await entriesOf(reading, idle, '>', wait)
    for (const [number, one] of idle) {
      const entries = found.get(number) ?? []
      if (entries.length > 0) handOut(number, one, entries)
    }
  }

  function handOut(number: number, one: Held, entries: readonly Entry[]): void {
    const work = async () => {
      try {
        await workOff(
          taker,
          codec,
          entries.flatMap(({ record }) => record ?? []),
        )
        await settle(redis, number, entries)
      } catch (error) {
        one.behind = true
        onError(error)
        await pause(PAUSE_MS)
      }
    }
    one.busy = work().finally(() => {
      one.busy = null
    })
  }

  const tending = tend()
  const running = read()
  return {
    async stop() {
      stopping.abort()
      reading.disconnect()
      await Promise.all([tending, running])
      await Promise.all([...held.values()].map(({ busy }) => busy))
      await leases.leave().catch(onError)
    },
  }
}

async function connect(reading: Redis): Promise<void> {
  if (reading.status === 'wait') await reading.connect()
  else await delay(20)
  if (reading.status !== 'ready') throw new Error('the stream cannot be reached')
}

async function makeGroup(redis: Redis, number: number): Promise<void> {
  try {
    await redis.xgroup('CREATE', keyOf(number), GROUP, '0', 'MKSTREAM')
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error
  }
}

/** What the group is given of these streams: `>` what nobody had yet, waiting up to `wait` ms; `0` what is pending. */
async function entriesOf(
  reading: Redis,
  streams: readonly (readonly [number, Held])[],
  from: '>' | '0',
  wait: number | null,
): Promise<ReadonlyMap<number, readonly Entry[]>> {
  const keys = streams.map(([number]) => keyOf(number))
  const answer: unknown = await reading.callBuffer('XREADGROUP', [
    'GROUP',
    GROUP,
    CONSUMER,
    'COUNT',
    BATCH,
    ...(wait === null ? [] : ['BLOCK', wait]),
    'STREAMS',
    ...keys,
    ...keys.map(() => from),
  ])
  const found = new Map<number, readonly Entry[]>()
  for (const [key, entries] of (answer ?? []) as RawAnswer) {
    const index = keys.indexOf(key.toString())
    const number = streams[index]?.[0]
    if (number === undefined) continue
    // An entry that somebody deleted is pending without fields.
    found.set(
      number,
      entries.map(([id, fields]) => ({ id, record: fields?.[1] ?? null })),
    )
  }
  return found
}

/** What Redis answers to XREADGROUP: by stream, entries with their fields. */
type RawAnswer = readonly (readonly [
  key: Buffer,
  entries: readonly (readonly [id: Buffer, fields: readonly Buffer[] | null])[],
])[]

/** Takes what has taken effect out of the stream, in one step. */
async function settle(redis: Redis, number: number, entries: readonly Entry[]): Promise<void> {
  const ids = entries.map(({ id }) => id)
  await redis
    .multi()
    .xack(keyOf(number), GROUP, ...ids)
    .xdel(keyOf(number), ...ids)
    .exec()
}
