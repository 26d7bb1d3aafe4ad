import { UNREADABLE_TIME } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { cleanText } from './text.ts'
import { LATEST } from './time.ts'
import { fromZone, hasZone } from './zone.ts'

const day = 86_400_000

/** When an event happened, or why that cannot be said. */
export type Instant =
  | { readonly time: number; readonly raw: string | undefined; readonly warnings?: string[] }
  | { readonly why: string }

/**
 * Admits a time (`ms`, NaN where unreadable) as the time of an event. `raw` is what the record says. Refused: more than
 * 24 h ahead of `origin.now`, before 1970, and, in a replay, unreadable.
 */
export function instantOf(ms: number, raw: unknown, origin: Origin): Instant {
  if (Number.isNaN(ms)) {
    if (origin.mode === 'replay') return { why: unreadable(raw) }
    return { time: origin.now, raw: shown(raw), warnings: [UNREADABLE_TIME] }
  }
  if (ms < 0) return { why: `time ${quoted(raw)} is before 1970` }
  if (ms > LATEST) return { why: `time ${quoted(raw)} is beyond the year 9999` }
  if (ms > origin.now + day) return { why: `time ${quoted(raw)} lies in the future` }
  return { time: ms, raw: shown(raw) }
}

/**
 * As `instantOf`, for logs that write what the clock on the wall shows: a time that names no zone is of the source's zone
 * (`origin.zone`).
 */
export function localInstantOf(ms: number, raw: unknown, origin: Origin): Instant {
  const { zone } = origin
  const isLocal = typeof raw === 'string' && !hasZone(raw.trim())
  if (zone === undefined || !isLocal || Number.isNaN(ms)) return instantOf(ms, raw, origin)
  return instantOf(fromZone(ms, zone), raw, origin)
}

function unreadable(raw: unknown): string {
  const text = shown(raw)
  if (text === undefined) return 'the record has no time'
  if (/^\d{1,2}:\d\d\.\d$/.test(text)) {
    return `time ${quoted(raw)} has no date: a spreadsheet has cut it; export the file anew without opening it in one`
  }
  return `time ${quoted(raw)} cannot be read; use ISO 8601, e.g. 2024-05-01T12:00:00Z`
}

function shown(raw: unknown): string | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined
  return cleanText(String(raw), 64) || undefined
}

function quoted(raw: unknown): string {
  return JSON.stringify(shown(raw) ?? '')
}
