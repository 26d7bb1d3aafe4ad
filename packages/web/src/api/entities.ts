import { EntityDetail, EntityList, EntityRisk } from '@gatewatch/schema'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

const LIST_SIZE = 200

/** Identities whose name or key holds `search`, last seen first, at most 200. */
export function entitiesQuery(search: string) {
  const query = new URLSearchParams({ limit: String(LIST_SIZE), ...(search && { search }) })
  return queryOptions({
    queryKey: ['entities', search],
    queryFn: ({ signal }) => request(`/v1/entities?${query}`, EntityList, { signal }),
    placeholderData: keepPreviousData,
  })
}

/** What is known of one identity: habits, recent events, open alerts. */
export function entityQuery(key: string) {
  return queryOptions({
    queryKey: ['entity', key],
    queryFn: ({ signal }) =>
      request(`/v1/entities/${encodeURIComponent(key)}`, EntityDetail, { signal }),
  })
}

/** An identity's risk with what raised it. */
export function entityRiskQuery(key: string) {
  return queryOptions({
    queryKey: ['entity-risk', key],
    queryFn: ({ signal }) =>
      request(`/v1/entities/${encodeURIComponent(key)}/risk`, EntityRisk, { signal }),
  })
}
