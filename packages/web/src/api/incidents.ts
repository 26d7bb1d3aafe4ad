import {
  type IncidentChange,
  IncidentDetail,
  IncidentPage,
  type IncidentStatus,
} from '@gatewatch/schema'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

const PAGE_SIZE = '50'

/** Incidents, last seen first, a page at a time; of every state where none is named. */
export function incidentsQuery(status: IncidentStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ['incidents', status ?? 'all'],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({
        limit: PAGE_SIZE,
        ...(status && { status }),
        ...(pageParam !== undefined && { cursor: pageParam }),
      })
      return request(`/v1/incidents?${search}`, IncidentPage, { signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  })
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
