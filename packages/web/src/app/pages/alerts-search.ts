import { type AlertSearch, parseAlertSearch } from '../../features/alerts/alert-search.ts'
import { parseQueueSearch, type QueueSearch } from '../../features/queue/queue-search.ts'

/** What the alert list's address holds. */
export type AlertsSearch = AlertSearch & QueueSearch

/** Reads the address; what it does not understand counts as not said. */
export function parseAlertsSearch(search: Record<string, unknown>): AlertsSearch {
  return { ...parseAlertSearch(search), ...parseQueueSearch(search) }
}
