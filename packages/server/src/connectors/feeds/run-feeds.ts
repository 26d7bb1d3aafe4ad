import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isFault } from '../../errors.ts'
import type { Feed, FeedParts } from '../../ports/feed.ts'
import type { SourceNote, Sources, StoredSource } from '../../ports/sources.ts'
import type { TenantId } from '../../ports/store.ts'
import { failureKind } from '../../ports/store-failure.ts'
import { holding } from '../polling/holding.ts'
import { type Followed, isFollowed, type SourceSettings } from '../polling/source-settings.ts'
import { takeFile } from './take-file.ts'

/** How often (ms) it is looked which feeds there are. */
const LOOK_MS = 2_000
/** How long (ms) one that failed is left alone: the first time, and at most. */
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 60_000
/** How often (ms) at most it is noted that all was read. */
const NOTE_MS = 5_000
/** How long (ms) a database that is away, or has too much to do, is left alone. */
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** How much (bytes) is kept of what is no record. */
const KEPT = 64 * 1024

/** What a feed's records are; what happened before `history` (ms UTC) teaches and raises no alerts. */
export interface FeedKindOf {
  readonly format: string
  readonly zone?: string | undefined
  readonly history: number
}

/** What running feeds needs from outside. */
export interface FeedingParts {
  readonly sources: Sources
  /** The settings of a stored source; rejects where they cannot be opened. */
  settingsOf(tenant: TenantId, source: StoredSource): Promise<SourceSettings>
  /** How a feed is followed. */
  feedOf(settings: Followed['source']): Feed
  /** Takes a body; resolves, with what it became, when that can no longer be lost. */
  deliver(tenant: TenantId, kind: FeedKindOf, body: Buffer): Promise<SourceNote>
  /** Puts a dead letter aside. */
  bury(tenant: TenantId, source: string, reason: string, raw: Uint8Array): Promise<void>
  /** ms UTC. */
  now(): number
  /** Tells of waits and failures, in words. */
  say(tenant: TenantId, source: string, what: string): void
  readonly signal: AbortSignal
}

interface Running {
  readonly sealed: Uint8Array
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/**
 * Follows every feed of every tenant until the signal; what was begun then ends first. One that fails says so in its note, is tried again after
 * a second, then ever later up to a minute, and holds up no other.
 */
export async function runFeeds(parts: FeedingParts): Promise<void> {
  const me = randomUUID()
  const running = new Map<string, Running>()
  const resting = new Map<string, { readonly until: number; readonly tries: number }>()
  while (!parts.signal.aborted) {
    const wanted = await stored(parts)
    for (const [key, { sealed, stop }] of running) {
      const source = wanted?.get(key)?.source
      // Removed, or added anew with other settings.
      if (wanted !== null && (source === undefined || Buffer.compare(source.sealed, sealed) !== 0))
        stop.abort()
    }
    for (const [key, { tenant, source }] of wanted ?? []) {
      if (running.has(key) || (resting.get(key)?.until ?? 0) > parts.now()) continue
      const stop = new AbortController()
      const signal = AbortSignal.any([parts.signal, stop.signal])
      const ended = followOne(parts, tenant, source, me, signal)
        .then(
          () => void resting.set(key, { until: parts.now() + LOOK_MS, tries: 0 }),
          async (error: unknown) => {
            const tries = (resting.get(key)?.tries ?? 0) + 1
            const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(tries - 1, 10))
            resting.set(key, { until: parts.now() + rest, tries })
            const why = messageOf(error).slice(0, 1_000)
            parts.say(tenant, source.name, why)
            await parts.sources.note(tenant, source.name, { error: why }).catch(() => {})
          },
        )
        .finally(() => running.delete(key))
      running.set(key, { sealed: source.sealed, stop, ended })
    }
    await sleep(LOOK_MS, undefined, { signal: parts.signal }).catch(() => {})
  }
  await Promise.all([...running.values()].map(({ ended }) => ended))
}

interface Wanted {
  readonly tenant: TenantId
  readonly source: StoredSource
}

/** All sources by their key; null where the database is away. */
async function stored({ sources }: FeedingParts): Promise<ReadonlyMap<string, Wanted> | null> {
  try {
    const found = new Map<string, Wanted>()
    for (const tenant of await sources.tenants())
      for (const source of await sources.list(tenant))
        found.set(`${tenant}/${source.name}`, { tenant, source })
    return found
  } catch {
    return null
  }
}

/** Resolves at once where the source is no feed, or another process follows it. */
async function followOne(
  parts: FeedingParts,
  tenant: TenantId,
  source: StoredSource,
  me: string,
  signal: AbortSignal,
): Promise<void> {
  const settings = await parts.settingsOf(tenant, source)
  if (!isFollowed(settings)) return
  const feed = parts.feedOf(settings.source)
  const follow = async (signal: AbortSignal) => {
    const { positions } = (await parts.sources.find(tenant, source.name)) ?? source
    const of = { tenant, source, settings, me, signal }
    await feed.follow(partsFor(parts, of, positions))
  }
  if (!feed.byOne) return follow(signal)
  const { sources, now } = parts
  await holding({ sources, tenant, name: source.name, me, now, signal }, follow)
}

interface FeedOfTenant extends Wanted {
  readonly settings: Followed
  readonly me: string
  readonly signal: AbortSignal
}

function partsFor(
  { sources, deliver, bury, now, say }: FeedingParts,
  { tenant, source: { name, added }, settings, me, signal }: FeedOfTenant,
  positions: StoredSource['positions'],
): FeedParts {
  const { format, zone } = settings.source
  const history = settings.alert_on_history ? 0 : added
  let noted = 0
  const patiently = <T>(work: () => Promise<T>) =>
    tried(work, (why) => say(tenant, name, why), signal)
  const note = (what: SourceNote) => patiently(() => sources.note(tenant, name, what))
  const take = async (body: Uint8Array) => {
    const taken = await patiently(async () => {
      try {
        return await deliver(tenant, { format, zone, history }, Buffer.from(body))
      } catch (error) {
        if (isFault(error) && error.code === 'empty_body') return {}
        throw error
      }
    })
    await note(taken)
  }
  const refuse = async (reason: string, raw: Uint8Array) => {
    await patiently(() => bury(tenant, format, reason, raw.subarray(0, KEPT)))
    await note({ refused: 1 })
  }
  return {
    places: new Map(Object.entries(positions).map(([log, { next }]) => [log, next ?? ''])),
    from: now() - settings.first_days * 86_400_000,
    async keep(log, place) {
      const position = { from: 0, next: place, newest: now() }
      if (!(await patiently(() => sources.keep(tenant, name, me, log, position))))
        throw new Error('another process follows it now')
    },
    take,
    takeFile: (bytes) => takeFile(bytes, { take, refuse }),
    refuse,
    async lost(count, why) {
      say(tenant, name, `${count} lost: ${why}`)
      await note({ refused: count })
    },
    async failing(why) {
      say(tenant, name, why)
      await note({ error: why.slice(0, 1_000) })
    },
    async caughtUp() {
      if (now() - noted < NOTE_MS) return
      noted = now()
      await note({ last_read: noted, error: null })
    },
    say: (what) => say(tenant, name, what),
    now,
    signal,
  }
}

/** Does it until it is done, while the database is away or has too much to do; rejects with anything else, and where the signal comes. */
async function tried<T>(
  work: () => Promise<T>,
  say: (why: string) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const isPassing = isFault(error)
        ? error.code === 'overloaded' || error.code === 'store_unavailable'
        : failureKind(error) !== null
      if (!isPassing || signal.aborted) throw error
      if (tries === 3) say(`what it gives has to wait: ${messageOf(error)}`)
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10))
      await sleep(wait, undefined, { signal })
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
