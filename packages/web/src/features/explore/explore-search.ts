import { EVENT_FACETS, type EventFacet, type EventSummary, FacetQuery } from '@gatewatch/schema'
import type { EventsLookedAt } from '../../api/events.ts'

const HOUR = 3_600_000

/** Lengths of time that end now, in ms. */
export const RANGES = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR, '30d': 720 * HOUR } as const
/** One of them. */
export type Range = keyof typeof RANGES

/** What the address of the explorer holds; without `range` the last 24 hours, with `from` or `to` a fixed time. */
export type ExploreSearch = FacetQuery & {
  readonly range?: Exclude<Range, '24h'>
  /** Show events as they are judged. */
  readonly tail?: true
}

/** Reads the address; whatever it does not understand counts as not said. */
export function parseExploreSearch(search: Record<string, unknown>): ExploreSearch {
  const range = (['1h', '7d', '30d'] as const).find((known) => known === search.range)
  const fitting = Object.entries(FacetQuery.shape).flatMap(([name, schema]) => {
    const given = search[name]
    const { success, data } = schema.safeParse(typeof given === 'boolean' ? String(given) : given)
    return success && data !== undefined ? [[name, data]] : []
  })
  return {
    ...FacetQuery.parse(Object.fromEntries(fitting)),
    ...(range && { range }),
    ...(search.tail === true && { tail: true as const }),
  }
}

/** The events that an address asks for. */
export function lookedAt({ range, tail: _tail, ...filter }: ExploreSearch): EventsLookedAt {
  return { filter, last: RANGES[range ?? '24h'] }
}

/** What an event is counted by. */
export function facetOf(event: EventSummary, facet: EventFacet): string {
  if (facet === 'operation') return event.activity
  return event[facet] ?? 'unknown'
}

/** Whether an event that arrives now is among those that an address asks for. */
export function isLookedAt(event: EventSummary, search: ExploreSearch): boolean {
  const { entity, ip, min_risk, from, to } = search
  return (
    (entity === undefined || event.entity === entity) &&
    (ip === undefined || event.ip === ip) &&
    (min_risk === undefined || event.risk >= min_risk) &&
    (from === undefined || event.time >= from) &&
    (to === undefined || event.time < to) &&
    EVENT_FACETS.every((facet) => {
      const wanted = search[facet]
      return wanted === undefined || facetOf(event, facet) === wanted
    })
  )
}
