import { hash } from 'node:crypto'
import type { AccessEvent, Source } from '@gatewatch/schema'
import type { EventKey } from '../ports/store.ts'
import { stableJson } from '../stable-json.ts'

/**
 * Names an event for good: the first 128 bits, as 32 hex digits, of SHA-256 over the vendor's log (vendor, product,
 * tenant, log), NUL, and the record's uid. The route by which the record came has no part in it.
 */
export function eventKey(source: Source, uid: string): EventKey {
  return digest(`${logOf(source)}\0${uid}`)
}

/** The vendor's log that a source is, as one text: the same for every route that leads to it. */
function logOf(source: Source): string {
  const { vendor, product, tenant_uid = '', log_name = '' } = source
  // A bar inside a part must not make two logs one.
  return [vendor, product, tenant_uid, log_name].map(encodeURIComponent).join('|')
}

/**
 * What an event says: the first 128 bits, as 32 hex digits, of SHA-256 over its stable JSON. When it was observed, by
 * which configured instance, and its revision have no part in it.
 */
export function contentHash(event: AccessEvent): string {
  // Undefined fields are not written; taking them out of a copy would cost more than everything else here.
  const source = { ...event.source, connector: undefined }
  return digest(stableJson({ ...event, source, observed_time: undefined, revision: undefined }))
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32)
}
