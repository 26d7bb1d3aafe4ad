import { SEVERITIES, type Severity } from '@gatewatch/schema'
import type { AlertFilter } from '../../api/alerts.ts'

/** What of the alert list's address is about alerts alone. Open alerts of any severity are what one sees without saying anything. */
export interface AlertSearch {
  readonly status?: 'kept_back' | 'suppressed' | 'closed' | 'all'
  readonly severity?: Severity
}

/** Reads the address; whatever it does not understand counts as not said. */
export function parseAlertSearch(search: Record<string, unknown>): AlertSearch {
  const severity = SEVERITIES.find((known) => known === search.severity)
  const status = (['kept_back', 'suppressed', 'closed', 'all'] as const).find(
    (known) => known === search.status,
  )
  return { ...(status && { status }), ...(severity && { severity }) }
}

/** The filter that an address asks for. */
export function alertFilter({ status, severity }: AlertSearch): AlertFilter {
  return { status: status === 'all' ? undefined : (status ?? 'open'), severity }
}
