import {
  Alert,
  AlertPage,
  type AlertStatus,
  BulkFeedback,
  FeedbackEffect,
  type FeedbackRequest,
  type FeedbackVerdict,
  type QueueSort,
} from '@gatewatch/schema'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** Which alerts a list shows; an absent field filters nothing. */
export interface AlertFilter {
  readonly status?: AlertStatus | undefined
  readonly severity?: Alert['severity'] | undefined
  readonly entity?: string | undefined
  readonly search?: string | undefined
  readonly sort?: QueueSort | undefined
}

const PAGE_SIZE = 50

/** Alerts, newest first, a page at a time. */
export function alertsQuery(filter: AlertFilter) {
  return infiniteQueryOptions({
    queryKey: ['alerts', filter],
    queryFn: ({ pageParam, signal }) => alertPage(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
  })
}

/** One page of alerts. */
export function alertPage(
  filter: AlertFilter,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<AlertPage> {
  const path = `/v1/alerts?${alertSearch(filter, cursor)}`
  return request(path, AlertPage, signal ? { signal } : {})
}

/** The query string of one page of alerts. */
export function alertSearch(filter: AlertFilter, cursor: string | undefined): URLSearchParams {
  const search = new URLSearchParams({ limit: String(PAGE_SIZE) })
  if (filter.status) search.set('status', filter.status)
  if (filter.severity) search.set('severity', filter.severity)
  if (filter.entity) search.set('entity', filter.entity)
  if (filter.search) search.set('search', filter.search)
  if (filter.sort) search.set('sort', filter.sort)
  if (cursor) search.set('cursor', cursor)
  return search
}

/** One alert with everything needed to understand it. */
export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => request(`/v1/alerts/${encodeURIComponent(id)}`, Alert, { signal }),
  })
}

/** Stores a person's verdict; the answer is the alert as it is afterwards. */
export function sendFeedback(id: string, body: FeedbackRequest): Promise<Alert> {
  return request(`/v1/alerts/${encodeURIComponent(id)}/feedback`, Alert, { body })
}

/** As if no verdict had been given; the answer is the alert as it is afterwards. */
export function takeBackFeedback(id: string): Promise<Alert> {
  return request(`/v1/alerts/${encodeURIComponent(id)}/feedback`, Alert, { method: 'DELETE' })
}

/** What a verdict on an alert changed, or would change. */
export function effectQuery(id: string, verdict: FeedbackVerdict) {
  const path = `/v1/alerts/${encodeURIComponent(id)}/feedback/effect?verdict=${verdict}`
  return queryOptions({
    queryKey: ['alert', id, 'effect', verdict],
    queryFn: ({ signal }) => request(path, FeedbackEffect, { signal }),
  })
}

const MOST_AT_ONCE = 200

/** Gives many alerts one verdict; rejects with what failed first. */
export async function judgeAlerts(ids: readonly string[], verdict: FeedbackVerdict): Promise<void> {
  for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
    const alerts = ids.slice(at, at + MOST_AT_ONCE)
    await request('/v1/feedback', BulkFeedback, { body: { alerts, verdict } })
  }
}
