import type { SourceStatus } from '@gatewatch/schema'
import type { StoredSource } from '../../ports/sources.ts'

/** Kinds that are sent to us. */
const LISTENING = new Set(['pubsub', 'webhook', 'syslog'])

/** A stored source as it is shown at a moment (ms UTC). */
export function sourceStatus(source: StoredSource, now: number): SourceStatus {
  const { name, kind, added, last_read, last_event, events, unmapped, refused, error } = source
  return {
    name,
    kind,
    state: stateOf(source, now),
    added,
    last_read,
    lag_seconds: last_read === null ? null : Math.max(0, Math.round((now - last_read) / 1000)),
    last_event,
    events,
    unmapped,
    dead_letters: refused,
    error,
  }
}

function stateOf(source: StoredSource, now: number): SourceStatus['state'] {
  if (source.error !== null) return 'failing'
  if (LISTENING.has(source.kind)) return 'listening'
  if (source.held_until > now) return 'reading'
  return source.last_read === null ? 'new' : 'waiting'
}
