import type { AccessEvent } from '@gatewatch/schema'
import { contentHash, eventKey } from '../pipeline/keys.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import type { ApiParts } from './parts.ts'

/** The event as the stream takes it: enriched, with its keys. */
export function arriving({ intake }: Pick<ApiParts, 'intake'>, event: AccessEvent): ArrivingEvent {
  const enriched = intake.enrich(event)
  return {
    key: eventKey(enriched.event.source, enriched.event.uid),
    content: contentHash(enriched.event),
    ...enriched,
    backfill: false,
  }
}
