import { EventDetail, EventPage } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
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
