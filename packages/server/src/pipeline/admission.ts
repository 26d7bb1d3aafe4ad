import type { ArrivingEvent } from '../ports/store.ts'

/** How far (ms) ahead of receipt an event's time may be; clocks differ, but not by more than a time zone gone wrong. */
const AHEAD_MS = 86_400_000

/** `store`: judge, learn, store. `teach`: too old to store, a backfill, so it only teaches. `refuse`: to the dead letters. */
export type Admission =
  | { readonly kind: 'store' }
  | { readonly kind: 'teach' }
  | { readonly kind: 'refuse'; readonly reason: string }

/** What to do with an event by its time: neither a clock gone wrong nor a year 9999 makes a partition. Times in ms, UTC. */
export function admit(arriving: ArrivingEvent, now: number, retentionDays: number): Admission {
  const { time } = arriving.event
  if (!Number.isFinite(time) || time > now + AHEAD_MS) {
    const reason = `time is more than 24 h ahead of receipt (${printable(time)}); correct the sender's clock`
    return { kind: 'refuse', reason }
  }
  if (time >= now - retentionDays * 86_400_000) return { kind: 'store' }
  if (arriving.backfill) return { kind: 'teach' }
  const reason = `time is older than the ${retentionDays} days that are kept (${printable(time)}); send it with ?backfill=true to learn from it`
  return { kind: 'refuse', reason }
}

function printable(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}
