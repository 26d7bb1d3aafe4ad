import { EntityDetail, EntityRisk } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

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
