import { DriftReport, ModelDetail, ModelList } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

const EVERY = 30_000

/** Versions of the fitted models and what happened to them. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => request('/v1/models', ModelList, { signal }),
  refetchInterval: EVERY,
})

/** One version with its comparison and gates. */
export function modelQuery(version: number) {
  return queryOptions({
    queryKey: ['models', version],
    queryFn: ({ signal }) => request(`/v1/models/${version}`, ModelDetail, { signal }),
  })
}

/** How far what comes now is from what the judging version was fitted on. */
export const driftQuery = queryOptions({
  queryKey: ['models', 'drift'],
  queryFn: ({ signal }) => request('/v1/drift', DriftReport, { signal }),
  refetchInterval: EVERY,
})

/** Makes a version the one that judges; the answer is the version as it is afterwards. */
export function promote(version: number, reason: string): Promise<ModelDetail> {
  return request(`/v1/models/${version}/promote`, ModelDetail, { body: { reason } })
}

/** Makes the version judge again that the judging one replaced; the answer is the one rolled back. */
export function rollBack(reason: string): Promise<ModelDetail> {
  return request('/v1/models/rollback', ModelDetail, { body: { reason } })
}
