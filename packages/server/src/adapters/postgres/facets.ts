import { type EnrichedEvent, EVENT_FACETS, type EventFacet, type Verdict } from '@gatewatch/schema'
import { sql } from 'kysely'
import { type FacetValues, facetsOf } from '../../ports/facets.ts'
import { plainText } from './arrays.ts'

/** Stands between the values of a row; values have a space where they hold it. */
const SEPARATOR = '\x1f'

/** What an event is counted and filtered by, in one text: one column of the row, and one of the index that is counted from. */
export function packedFacets(input: EnrichedEvent, verdict: Verdict): string {
  const values = facetsOf(input, verdict)
  return EVENT_FACETS.map((facet) => packed(values[facet])).join(SEPARATOR)
}

/** The address that an event is found by, null where it has none. */
export function ipOf({ event }: EnrichedEvent): string | null {
  return event.src.ip === undefined ? null : plainText(event.src.ip)
}

/** The values of a row. */
export function unpackedFacets(text: string): FacetValues {
  const values = text.split(SEPARATOR)
  const of = (facet: EventFacet) => values[EVENT_FACETS.indexOf(facet)] ?? 'unknown'
  return {
    class: of('class'),
    kind: of('kind'),
    outcome: of('outcome'),
    decision: of('decision'),
    source: of('source'),
    country: of('country'),
    operation: of('operation'),
    network: of('network'),
  }
}

/** Whether a row has this value. */
export function hasFacet(facet: EventFacet, value: string) {
  const place = sql.raw(String(EVENT_FACETS.indexOf(facet) + 1))
  return sql<boolean>`split_part(facets, E'\\x1f', ${place}) = ${packed(value)}`
}

function packed(value: string): string {
  return plainText(value).replaceAll(SEPARATOR, ' ')
}
