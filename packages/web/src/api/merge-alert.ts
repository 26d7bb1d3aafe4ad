import type { AlertPage, AlertSummary } from '@gatewatch/schema'
import type { InfiniteData } from '@tanstack/react-query'
import type { AlertFilter } from './alerts.ts'

/** Loaded pages of a list, as TanStack Query keeps them. */
export type AlertPages = InfiniteData<AlertPage, string | undefined>

/**
 * Loaded pages after an alert was raised or changed: it goes to the top where it matches the filter, and away where it
 * does not (any more).
 */
export function mergeAlert(
  pages: AlertPages,
  alert: AlertSummary,
  filter: AlertFilter,
): AlertPages {
  const others = pages.pages.map((page) => ({
    ...page,
    alerts: page.alerts.filter(({ id }) => id !== alert.id),
  }))
  const [first, ...rest] = others
  if (!first || !matches(alert, filter)) return { ...pages, pages: others }
  return { ...pages, pages: [{ ...first, alerts: [alert, ...first.alerts] }, ...rest] }
}

function matches(alert: AlertSummary, { status, severity, entity }: AlertFilter): boolean {
  return (
    (status === undefined || alert.status === status) &&
    (severity === undefined || alert.severity === severity) &&
    (entity === undefined || alert.entity === entity)
  )
}
