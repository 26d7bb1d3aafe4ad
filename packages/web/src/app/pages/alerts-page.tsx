import { type AlertSummary, SEVERITIES } from '@gatewatch/schema'
import { SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { alertPage, alertsQuery, judgeAlerts } from '../../api/alerts.ts'
import { changeIncident } from '../../api/incidents.ts'
import { sessionQuery } from '../../api/session.ts'
import { ListCard } from '../../components/list-card.tsx'
import { Empty } from '../../components/states.tsx'
import { AlertRow, alertColumns } from '../../features/alerts/alert-list.tsx'
import { alertFilter, parseAlertSearch } from '../../features/alerts/alert-search.ts'
import { ConnectionPill } from '../../features/live/connection-pill.tsx'
import { ExportButtons } from '../../features/queue/export-buttons.tsx'
import { KeyHelp } from '../../features/queue/key-help.tsx'
import { QueueControls } from '../../features/queue/queue-controls.tsx'
import { QueueList } from '../../features/queue/queue-list.tsx'
import { TriageBar } from '../../features/queue/triage-bar.tsx'
import { useQueue } from '../../features/queue/use-queue.ts'
import { SavedViews } from '../../features/views/saved-views.tsx'
import { text } from '../../text.ts'
import { type AlertsSearch, parseAlertsSearch } from './alerts-search.ts'
import { Page } from './page.tsx'
import './alerts-page.css'

const COLUMNS = [
  'id',
  'severity',
  'status',
  'title',
  'entity',
  'entity_name',
  'risk',
  'decision',
  'count',
  'first_seen',
  'last_seen',
  'techniques',
  'feedback',
  'incident',
] as const satisfies readonly (keyof AlertSummary)[]

/** Alerts to go through; filter, search and order are in the address, so that they can be kept and sent. */
export function AlertsPage() {
  const search = useSearch({ from: '/alerts' })
  const navigate = useNavigate({ from: '/alerts' })
  const session = useQuery(sessionQuery).data
  const filter = { ...alertFilter(search), search: search.search, sort: search.sort }
  const query = useInfiniteQuery(alertsQuery(filter))
  const alerts = query.data?.pages.flatMap((page) => page.alerts)
  const ids = useMemo(
    () => query.data?.pages.flatMap((page) => page.alerts.map(({ id }) => id)) ?? [],
    [query.data],
  )
  const queue = useQueue(ids)
  const choose = (change: AlertsSearch) =>
    navigate({ search: parseAlertsSearch({ ...search, ...change }), replace: true })
  const assign = async (chosen: readonly string[]) => {
    const own = alerts?.filter(({ id }) => chosen.includes(id)) ?? []
    const incidents = new Set(own.flatMap(({ incident }) => incident ?? []))
    for (const id of incidents)
      await changeIncident(id, { status: 'in_progress', assignee: session?.user ?? '' })
  }
  return (
    <Page title={text.alerts.title} aside={<ConnectionPill />}>
      <div className="alerts-bar">
        <Filters search={search} />
      </div>
      <div className="queue-bar">
        <QueueControls search={search} choose={choose} />
        <ExportButtons
          name="alerts"
          columns={COLUMNS}
          page={async (cursor) => {
            const page = await alertPage(filter, cursor)
            return { rows: page.alerts, next: page.next_cursor }
          }}
        />
        <KeyHelp />
        <SavedViews name="alerts" search={search} parse={parseAlertsSearch} />
      </div>
      {session && session.role !== 'viewer' && (
        <TriageBar queue={queue} judge={judgeAlerts} assign={assign} />
      )}
      <ListCard
        query={query}
        rows={alerts}
        more={text.alerts.more}
        empty={<NoAlerts search={search} />}
      >
        {(rows) => (
          <QueueList
            rows={rows}
            queue={queue}
            head={alertColumns}
            name={({ title }) => title}
            open={(id) => navigate({ to: '/alerts/$id', params: { id } })}
            row={(alert, focused) => <AlertRow alert={alert} focused={focused} />}
          />
        )}
      </ListCard>
    </Page>
  )
}

function NoAlerts({ search }: { readonly search: AlertsSearch }) {
  const openOfAll = !search.status && !search.severity && !search.search
  return (
    <Empty title={openOfAll ? text.alerts.emptyOpen : text.alerts.empty}>
      {openOfAll ? text.alerts.emptyOpenBody : text.alerts.emptyBody}
    </Empty>
  )
}

function Filters({ search }: { readonly search: AlertsSearch }) {
  const navigate = useNavigate({ from: '/alerts' })
  const { status, severity, ...rest } = search
  return (
    <div className="alerts-filters">
      <SegmentedControl
        size="sm"
        aria-label={text.alerts.status}
        value={status ?? 'open'}
        onChange={(value) =>
          navigate({
            search: {
              ...rest,
              ...parseAlertSearch({ ...(severity && { severity }), status: value }),
            },
          })
        }
        data={[
          { value: 'open', label: text.alerts.open },
          { value: 'kept_back', label: text.alerts.kept_back },
          { value: 'suppressed', label: text.alerts.suppressed },
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
          navigate({
            search: {
              ...rest,
              ...(status && { status }),
              ...(chosen && { severity: chosen }),
            },
          })
        }}
        data={[
          { value: 'any', label: text.alerts.anySeverity },
          ...SEVERITIES.toReversed().map((one) => ({ value: one, label: text.severities[one] })),
        ]}
      />
    </div>
  )
}
