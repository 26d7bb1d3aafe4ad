import { SourceList } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** The configured sources and how they are, asked again every 15 s. */
export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => request('/v1/sources', SourceList, { signal }),
  refetchInterval: 15_000,
})
