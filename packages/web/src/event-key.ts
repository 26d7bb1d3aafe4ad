import type { EventSummary } from '@gatewatch/schema'

/** What tells one event from another: ids are unique within a source, not across sources. */
export function eventKey(event: EventSummary): string {
  return `${event.source} ${event.uid} ${event.time}`
}
