import { DetectionList, Quality } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** Rules and habits with what each noticed in the last 30 days. */
export const detectionsQuery = queryOptions({
  queryKey: ['detections'],
  queryFn: ({ signal }) => request('/v1/detections', DetectionList, { signal }),
})

/** What people's verdicts say of the alerts of the last `days` days. */
export function qualityQuery(days: number) {
  return queryOptions({
    queryKey: ['quality', days],
    queryFn: ({ signal }) => request(`/v1/quality?days=${days}`, Quality, { signal }),
  })
}
