import { SEVERITIES } from '@gatewatch/schema'
import { Kbd, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { alertsQuery } from '../../api/alerts.ts'
import { ListCard } from '../../components/list-card.tsx'
import { Empty } from '../../components/states.tsx'
import { AlertList } from '../../features/alerts/alert-list.tsx'
import {
  type AlertSearch,
  alertFilter,
  parseAlertSearch,
} from '../../features/alerts/alert-search.ts'
import { ConnectionPill } from '../../features/live/connection-pill.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'
import './alerts-page.css'

/** Alerts, newest first; the filter is in the address, so that it can be kept and sent. */
export function AlertsPage() {
  const search = useSearch({ from: '/alerts' })
  const query = useInfiniteQuery(alertsQuery(alertFilter(search)))
  const alerts = query.data?.pages.flatMap((page) => page.alerts)
  return (
    <Page title={text.alerts.title} aside={<ConnectionPill />}>
      <div className="alerts-bar">
        <Filters search={search} />
        <span className="dim alerts-keys">
          <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> {text.alerts.keys.move}{' '}
          <Kbd size="xs">Enter</Kbd> {text.alerts.keys.open}
        </span>
      </div>
      <ListCard
        query={query}
        rows={alerts}
        more={text.alerts.more}
        empty={<NoAlerts search={search} />}
      >
        {(rows) => <AlertList alerts={rows} />}
      </ListCard>
    </Page>
  )
}

function NoAlerts({ search }: { readonly search: AlertSearch }) {
  const openOfAll = !search.status && !search.severity
  return (
    <Empty title={openOfAll ? text.alerts.emptyOpen : text.alerts.empty}>
      {openOfAll ? text.alerts.emptyOpenBody : text.alerts.emptyBody}
    </Empty>
  )
}

function Filters({ search }: { readonly search: AlertSearch }) {
  const navigate = useNavigate({ from: '/alerts' })
  const { status, severity } = search
  return (
    <div className="alerts-filters">
      <SegmentedControl
        size="sm"
        aria-label={text.alerts.status}
        value={status ?? 'open'}
        onChange={(value) =>
          navigate({
            search: parseAlertSearch({ ...(severity && { severity }), status: value }),
          })
        }
        data={[
          { value: 'open', label: text.alerts.open },
          { value: 'kept_back', label: text.alerts.kept_back },
          { value: 'closed', label: text.alerts.closed },
          { value: 'all', label: text.alerts.all },
        ]}
      />
      <SegmentedControl
        size="sm"
        aria-label={text.alerts.severity}
        value={severity ?? 'any'}
        onChange={(value) => {
          const chosen = SEVERITIES.find((one) => one === value)
          navigate({ search: { ...(status && { status }), ...(chosen && { severity: chosen }) } })
        }}
        data={[
          { value: 'any', label: text.alerts.anySeverity },
          ...SEVERITIES.toReversed().map((one) => ({ value: one, label: text.severities[one] })),
        ]}
      />
    </div>
  )
}
