import {
  type FeedbackVerdict,
  INCIDENT_STATES,
  type Incident,
  type IncidentStatus,
} from '@gatewatch/schema'
import { SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import {
  changeIncident,
  type IncidentFilter,
  incidentPage,
  incidentsQuery,
} from '../../api/incidents.ts'
import { sessionQuery } from '../../api/session.ts'
import { ListCard } from '../../components/list-card.tsx'
import { Empty } from '../../components/states.tsx'
import { IncidentRow, incidentColumns } from '../../features/incidents/incident-list.tsx'
import { ConnectionPill } from '../../features/live/connection-pill.tsx'
import { ExportButtons } from '../../features/queue/export-buttons.tsx'
import { KeyHelp } from '../../features/queue/key-help.tsx'
import { QueueControls } from '../../features/queue/queue-controls.tsx'
import { QueueList } from '../../features/queue/queue-list.tsx'
import { parseQueueSearch, type QueueSearch } from '../../features/queue/queue-search.ts'
import { TriageBar } from '../../features/queue/triage-bar.tsx'
import { useQueue } from '../../features/queue/use-queue.ts'
import { SavedViews } from '../../features/views/saved-views.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'
import './alerts-page.css'

const EVERY = 15_000

const COLUMNS = [
  'id',
  'kind',
  'severity',
  'status',
  'title',
  'entity',
  'entity_name',
  'risk',
  'alerts',
  'events',
  'first_seen',
  'last_seen',
  'techniques',
  'assignee',
  'verdict',
] as const satisfies readonly (keyof Incident)[]

/** What the list's address holds; open ones are what one sees without saying anything. */
export interface IncidentSearch extends QueueSearch {
  readonly status?: Exclude<IncidentStatus, 'open'> | 'all'
}

/** Reads the address; what it does not understand counts as not said. */
export function parseIncidentSearch(search: Record<string, unknown>): IncidentSearch {
  const status = (['acknowledged', 'in_progress', 'closed', 'all'] as const).find(
    (known) => known === search.status,
  )
  return { ...(status && { status }), ...parseQueueSearch(search) }
}

/** Incidents to go through; filter, search and order are in the address. */
export function IncidentsPage() {
  const search = useSearch({ from: '/incidents' })
  const { status = 'open' } = search
  const navigate = useNavigate({ from: '/incidents' })
  const session = useQuery(sessionQuery).data
  const filter: IncidentFilter = {
    status: status === 'all' ? undefined : status,
    search: search.search,
    sort: search.sort,
  }
  const query = useInfiniteQuery({ ...incidentsQuery(filter), refetchInterval: EVERY })
  const incidents = query.data?.pages.flatMap((page) => page.incidents)
  const ids = useMemo(
    () => query.data?.pages.flatMap((page) => page.incidents.map(({ id }) => id)) ?? [],
    [query.data],
  )
  const queue = useQueue(ids)
  const choose = (change: Record<string, unknown>) =>
    navigate({ search: parseIncidentSearch({ ...search, ...change }), replace: true })
  const judge = async (chosen: readonly string[], verdict: FeedbackVerdict) => {
    for (const id of chosen) await changeIncident(id, { status: 'closed', verdict })
  }
  const assign = async (chosen: readonly string[]) => {
    for (const id of chosen)
      await changeIncident(id, { status: 'in_progress', assignee: session?.user ?? '' })
  }
  return (
    <Page
      title={text.incidents.title}
      aside={<ConnectionPill />}
      lead={<p className="page-lead">{text.incidents.lead}</p>}
    >
      <div className="alerts-bar">
        <div className="alerts-filters">
          <SegmentedControl
            size="xs"
            aria-label={text.incidents.filter}
            value={status}
            onChange={(value) => choose({ status: value })}
            data={[
              ...INCIDENT_STATES.map((one) => ({ value: one, label: text.incidents.status[one] })),
              { value: 'all', label: text.alerts.all },
            ]}
          />
        </div>
      </div>
      <div className="queue-bar">
        <QueueControls search={search} choose={(change) => choose({ ...change })} />
        <ExportButtons
          name="incidents"
          columns={COLUMNS}
          page={async (cursor) => {
            const page = await incidentPage(filter, cursor)
            return { rows: page.incidents, next: page.next_cursor }
          }}
        />
        <KeyHelp />
        <SavedViews name="incidents" search={search} parse={parseIncidentSearch} />
      </div>
      {session && session.role !== 'viewer' && (
        <TriageBar queue={queue} judge={judge} assign={assign} />
      )}
      <ListCard
        query={query}
        rows={incidents}
        more={text.incidents.more}
        empty={<Empty title={text.incidents.none}>{text.incidents.noneBody}</Empty>}
      >
        {(rows) => (
          <QueueList
            rows={rows}
            queue={queue}
            head={incidentColumns}
            name={({ title }) => title}
            open={(id) => navigate({ to: '/incidents/$id', params: { id } })}
            row={(incident, focused) => <IncidentRow incident={incident} focused={focused} />}
          />
        )}
      </ListCard>
    </Page>
  )
}
