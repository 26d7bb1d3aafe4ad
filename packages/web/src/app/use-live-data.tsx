import type { AlertSummary } from '@gatewatch/schema'
import { notifications } from '@mantine/notifications'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useMemo, useRef } from 'react'
import type { AlertFilter } from '../api/alerts.ts'
import { type AlertPages, mergeAlert } from '../api/merge-alert.ts'
import { SeverityMark } from '../components/marks.tsx'
import { useConnection, useLiveListener } from '../features/live/live-context.tsx'
import { text } from '../text.ts'

const COUNTS_AFTER = 1500

const MISSED = [
  'recent-events',
  'incidents',
  'alerts',
  'alert',
  'overview',
  'entity',
  'entity-risk',
]

/** After a lost connection is back, asks again for everything that may have changed meanwhile. */
export function useCatchUp(): void {
  const queries = useQueryClient()
  const { kind } = useConnection().connection
  const lost = useRef(false)
  useEffect(() => {
    if (kind === 'waiting' || kind === 'offline') lost.current = true
    if (kind !== 'live' || !lost.current) return
    lost.current = false
    for (const key of MISSED) void queries.invalidateQueries({ queryKey: [key] })
  }, [kind, queries])
}

/** Puts alerts into every loaded list the moment they are raised, says so, and lets the counts follow shortly after. */
export function useAlertArrivals(): void {
  const queries = useQueryClient()
  const timer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  useLiveListener(
    useMemo(
      () => ({
        alert(alert: AlertSummary, isNew: boolean) {
          putIntoLists(queries, alert)
          void queries.invalidateQueries({ queryKey: ['alert', alert.id] })
          if (isNew) announce(alert)
          window.clearTimeout(timer.current)
          timer.current = window.setTimeout(
            () => queries.invalidateQueries({ queryKey: ['overview'] }),
            COUNTS_AFTER,
          )
        },
      }),
      [queries],
    ),
  )
}

function putIntoLists(queries: QueryClient, alert: AlertSummary): void {
  for (const [key] of queries.getQueriesData<AlertPages>({ queryKey: ['alerts'] })) {
    const filter = key[1] as AlertFilter
    // Where it belongs in another order only the server knows.
    if (filter.sort) void queries.invalidateQueries({ queryKey: key })
    else queries.setQueryData<AlertPages>(key, (pages) => pages && mergeAlert(pages, alert, filter))
  }
}

function announce(alert: AlertSummary): void {
  notifications.show({
    id: alert.id,
    autoClose: 8000,
    withBorder: true,
    className: 'arrival',
    closeButtonProps: { 'aria-label': text.alerts.closeNote },
    title: <SeverityMark severity={alert.severity} />,
    message: (
      <Link to="/alerts/$id" params={{ id: alert.id }} onClick={() => notifications.hide(alert.id)}>
        {alert.title}
      </Link>
    ),
  })
}
