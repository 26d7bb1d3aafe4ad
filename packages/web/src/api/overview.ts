import { Overview } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** Counts, hours, places and sources for the first screen, asked again every 15 s. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => request('/v1/overview', Overview, { signal }),
  refetchInterval: 15_000,
})
