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

function matches(alert: AlertSummary, filter: AlertFilter): boolean {
  const { status, severity, entity, search } = filter
  return (
    (status === undefined || alert.status === status) &&
    (severity === undefined || alert.severity === severity) &&
    (entity === undefined || alert.entity === entity) &&
    (search === undefined || holdsText(alert, search))
  )
}

/** As the server searches. */
function holdsText(alert: AlertSummary, search: string): boolean {
  const wanted = JSON.stringify(search).slice(1, -1).toLowerCase()
  return JSON.stringify(alert).toLowerCase().includes(wanted)
}
