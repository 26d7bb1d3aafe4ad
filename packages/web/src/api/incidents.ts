import {
  type IncidentChange,
  IncidentDetail,
  IncidentPage,
  type IncidentStatus,
  type QueueSort,
} from '@gatewatch/schema'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

const PAGE_SIZE = '50'

/** Which incidents a list shows; an absent field filters nothing. */
export interface IncidentFilter {
  readonly status?: IncidentStatus | undefined
  readonly search?: string | undefined
  readonly sort?: QueueSort | undefined
}

/** Incidents, a page at a time. */
export function incidentsQuery(filter: IncidentFilter) {
  return infiniteQueryOptions({
    queryKey: ['incidents', filter],
    queryFn: ({ pageParam, signal }) => incidentPage(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  })
}

/** One page of incidents. */
export function incidentPage(
  { status, search, sort }: IncidentFilter,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<IncidentPage> {
  const query = new URLSearchParams({
    limit: PAGE_SIZE,
    ...(status && { status }),
    ...(search && { search }),
    ...(sort && { sort }),
    ...(cursor !== undefined && { cursor }),
  })
  return request(`/v1/incidents?${query}`, IncidentPage, signal ? { signal } : {})
}

/** One incident with its alerts, story and history. */
export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: ['incidents', 'one', id],
    queryFn: ({ signal }) =>
      request(`/v1/incidents/${encodeURIComponent(id)}`, IncidentDetail, { signal }),
  })
}

/** Changes state, verdict or assignee; the answer is the incident as it is afterwards. */
export function changeIncident(id: string, body: IncidentChange): Promise<IncidentDetail> {
  return request(`/v1/incidents/${encodeURIComponent(id)}`, IncidentDetail, {
    method: 'PATCH',
    body,
  })
}

/** Adds a comment to the history. */
export function commentOn(id: string, text: string): Promise<IncidentDetail> {
  return request(`/v1/incidents/${encodeURIComponent(id)}/comments`, IncidentDetail, {
    body: { text },
  })
}
