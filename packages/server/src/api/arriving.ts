import type { AccessEvent } from '@gatewatch/schema'
import { contentHash, eventKey } from '../pipeline/keys.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import type { ApiParts } from './parts.ts'

/** The event as the stream takes it: enriched, with its keys. `raw` only where the record was in another format. */
export function arriving(
  { intake }: Pick<ApiParts, 'intake'>,
  event: AccessEvent,
  raw?: Uint8Array,
): ArrivingEvent {
  const enriched = intake.enrich(event)
  return {
    key: eventKey(enriched.event.source, enriched.event.uid),
    content: contentHash(enriched.event),
    ...enriched,
    ...(raw === undefined ? {} : { raw }),
    backfill: false,
  }
}
