import { NetworkProposals, Preview, type TuningChange, TuningState } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** What is tuned, with how often suppressions were met, asked again every 15 s. */
export const tuningQuery = queryOptions({
  queryKey: ['tuning'],
  queryFn: ({ signal }) => request('/v1/tuning', TuningState, { signal }),
  refetchInterval: 15_000,
})

/** Networks that may be the organisation's own. Looking through sign-ins takes a moment, so it is asked once a visit. */
export const proposalsQuery = queryOptions({
  queryKey: ['tuning', 'proposals'],
  queryFn: ({ signal }) => request('/v1/tuning/proposals', NetworkProposals, { signal }),
  staleTime: 300_000,
})

/** What a change would have done. */
export function previewQuery(change: TuningChange) {
  return queryOptions({
    queryKey: ['tuning', 'preview', change],
    queryFn: ({ signal }) => request('/v1/tuning/preview', Preview, { body: change, signal }),
    staleTime: 60_000,
  })
}

/** Makes a change; the answer is what is tuned afterwards. */
export function tune(change: TuningChange): Promise<TuningState> {
  return request('/v1/tuning', TuningState, { body: change })
}
