import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceNote, Sources, StoredSource } from '../../ports/sources.ts'
import type { TenantId } from '../../ports/store.ts'
import { streamsOf } from '../live-source.ts'
import { type Following, follow } from './follow.ts'
import { holding } from './holding.ts'
import { isPolled, type PolledSource, type SourceSettings } from './source-settings.ts'
import type { LogStream } from './stream.ts'

/** How often (ms) it is looked which sources are due. */
const LOOK_MS = 2_000
/** No source is asked more often (ms). */
const SHORTEST_MS = 5_000

/** What polling needs from outside. */
export interface PollingParts {
  readonly sources: Sources
  /** The settings of a stored source; rejects where they cannot be opened. */
  settingsOf(tenant: TenantId, source: StoredSource): Promise<SourceSettings>
  /**
   * Takes records of a format; resolves, with what they became, when they can no longer be lost. What happened before `history` (ms UTC) teaches
   * and raises no alerts.
   */
  deliver(
    tenant: TenantId,
    format: string,
    records: readonly unknown[],
    history: number,
  ): Promise<SourceNote>
  /** ms UTC. */
  now(): number
  /** Tells of waits and failures, in words. */
  say(tenant: TenantId, source: string, what: string): void
  readonly signal: AbortSignal
}

/**
 * Reads every configured source of every tenant again and again, each by one process at a time, until the signal; what it was doing then ends
 * first. A source that fails says so in its note, and holds up no other.
 */
export async function pollSources(parts: PollingParts): Promise<void> {
  const me = randomUUID()
  const running = new Map<string, Promise<void>>()
  const tried = new Map<string, number>()
  const opened: Opened = new Map()
  while (!parts.signal.aborted) {
    for (const { tenant, source, settings, key } of await due(parts, tried, opened)) {
      if (running.has(key)) continue
      tried.set(key, parts.now())
      const streams = () => streamsIn(opened, key, source, settings, parts.now)
      const run = readSource(parts, tenant, source, settings, streams, me)
        .catch((error: unknown) => parts.say(tenant, source.name, messageOf(error)))
        .finally(() => running.delete(key))
      running.set(key, run)
    }
    await sleep(LOOK_MS, undefined, { signal: parts.signal }).catch(() => {})
  }
  await Promise.all(running.values())
}

interface Due {
  readonly tenant: TenantId
  readonly source: StoredSource
  readonly settings: PolledSource
  readonly key: string
}

/** The logs of sources by their key, as long as their settings are the same. */
type Opened = Map<string, { readonly sealed: Uint8Array; readonly streams: readonly LogStream[] }>

/** Opened once: with a log goes the token it was given, and vendors count how many they give. */
function streamsIn(
  opened: Opened,
  key: string,
  { sealed }: StoredSource,
  settings: PolledSource,
  now: () => number,
): readonly LogStream[] {
  const before = opened.get(key)
  if (before !== undefined && Buffer.compare(before.sealed, sealed) === 0) return before.streams
  const streams = streamsOf(settings.source, now)
  opened.set(key, { sealed, streams })
  return streams
}

/** The sources whose time has come, whichever process read them last. Of those that are gone nothing stays open. */
async function due(
  parts: PollingParts,
  tried: ReadonlyMap<string, number>,
  opened: Opened,
): Promise<Due[]> {
  const found: Due[] = []
  const there = new Set<string>()
  // The database may be away: the next look finds it again.
  const tenants = await parts.sources.tenants().catch(() => [])
  for (const tenant of tenants) {
    for (const source of await parts.sources.list(tenant).catch(() => [])) {
      const key = `${tenant}/${source.name}`
      there.add(key)
      const last = Math.max(tried.get(key) ?? 0, source.last_read ?? 0)
      if (last > parts.now() - SHORTEST_MS || source.held_until > parts.now()) continue
      const settings = await polledSettings(parts, tenant, source)
      if (settings === null || last > parts.now() - settings.every_seconds * 1000) continue
      found.push({ tenant, source, settings, key })
    }
  }
  for (const key of opened.keys()) if (!there.has(key)) opened.delete(key)
  return found
}

/** Null: it is not asked, or its settings cannot be opened, which its note says. */
async function polledSettings(
  parts: PollingParts,
  tenant: TenantId,
  source: StoredSource,
): Promise<PolledSource | null> {
  try {
    const settings = await parts.settingsOf(tenant, source)
    return isPolled(settings) ? settings : null
  } catch (error) {
    const why = messageOf(error)
    if (source.error !== why) await parts.sources.note(tenant, source.name, { error: why })
    return null
  }
}

/** Reads each log of a source to its end. Resolves where another process holds it. */
async function readSource(
  parts: PollingParts,
  tenant: TenantId,
  source: StoredSource,
  settings: PolledSource,
  streams: () => readonly LogStream[],
  me: string,
): Promise<void> {
  const { sources, now } = parts
  const { name } = source
  await holding({ sources, tenant, name, me, now, signal: parts.signal }, async (signal) => {
    // Another may have read on since the list was asked for.
    const { positions } = (await sources.find(tenant, name)) ?? source
    const failures: string[] = []
    for (const stream of streams()) {
      if (signal.aborted) return
      const from = now() - settings.first_days * 86_400_000
      const history = settings.alert_on_history ? 0 : source.added
      const following = followingOf(parts, tenant, name, me, history, signal)
      const start = Object.hasOwn(positions, stream.name) ? positions[stream.name] : undefined
      await follow(stream, start ?? { from, newest: from }, following).catch((error: unknown) => {
        if (!signal.aborted) failures.push(messageOf(error))
      })
    }
    const error = failures.length === 0 ? null : failures.join('; ').slice(0, 1_000)
    const read = signal.aborted || error !== null ? {} : { last_read: now() }
    if (!signal.aborted) await sources.note(tenant, name, { error, ...read })
    if (error !== null) parts.say(tenant, name, error)
  })
}

function followingOf(
  parts: PollingParts,
  tenant: TenantId,
  name: string,
  me: string,
  history: number,
  signal: AbortSignal,
): Following {
  const { sources, now } = parts
  return {
    now,
    signal,
    async wait(ms) {
      await sleep(ms, undefined, { signal })
    },
    say: (what) => parts.say(tenant, name, what),
    async save(log: LogStream['name'], position) {
      if (!(await sources.keep(tenant, name, me, log, position)))
        throw new Error('another process reads it now')
    },
    async deliver(format, records) {
      signal.throwIfAborted()
      await sources.note(tenant, name, await parts.deliver(tenant, format, records, history))
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
