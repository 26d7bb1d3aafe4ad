import { EventDetail, EventFacets, EventPage, type FacetQuery } from '@gatewatch/schema'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** One stored event with its verdict. */
export function eventQuery(uid: string) {
  return queryOptions({
    queryKey: ['event', uid],
    queryFn: ({ signal }) =>
      request(`/v1/events/${encodeURIComponent(uid)}`, EventDetail, { signal }),
  })
}

/** The newest stored events of at least `minRisk`. */
export function recentEventsQuery(minRisk: number) {
  return queryOptions({
    queryKey: ['recent-events', minRisk],
    queryFn: ({ signal }) =>
      request(`/v1/events?limit=50&min_risk=${minRisk}`, EventPage, { signal }),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
}

/** Which events are looked at: of a fixed time, or of the last `last` ms; an absent field filters nothing. */
export interface EventsLookedAt {
  readonly filter: FacetQuery
  readonly last: number
}

const PAGE_SIZE = '100'

/** The events looked at, newest first, a page at a time. */
export function eventsQuery(at: EventsLookedAt) {
  return infiniteQueryOptions({
    queryKey: ['events', at],
    queryFn: ({ pageParam, signal }) => {
      const search = searchOf(at)
      search.set('limit', PAGE_SIZE)
      if (pageParam !== undefined) search.set('cursor', pageParam)
      return request(`/v1/events?${search}`, EventPage, { signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  })
}

/** The same events counted by value and over time. */
export function facetsQuery(at: EventsLookedAt) {
  return queryOptions({
    queryKey: ['facets', at],
    queryFn: ({ signal }) => request(`/v1/facets?${searchOf(at)}`, EventFacets, { signal }),
    placeholderData: keepPreviousData,
  })
}

function searchOf({ filter, last }: EventsLookedAt): URLSearchParams {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(filter))
    if (value !== undefined) search.set(name, String(value))
  if (filter.from === undefined) search.set('from', String(Date.now() - last))
  return search
}
