import { INCIDENT_STATES, type IncidentStatus } from '@gatewatch/schema'
import { SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { incidentsQuery } from '../../api/incidents.ts'
import { ListCard } from '../../components/list-card.tsx'
import { Empty } from '../../components/states.tsx'
import { IncidentList } from '../../features/incidents/incident-list.tsx'
import { ConnectionPill } from '../../features/live/connection-pill.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'
import './alerts-page.css'

const EVERY = 15_000

/** What the list's address holds; open ones are what one sees without saying anything. */
export interface IncidentSearch {
  readonly status?: Exclude<IncidentStatus, 'open'> | 'all'
}

/** Reads the address; what it does not understand counts as not said. */
export function parseIncidentSearch(search: Record<string, unknown>): IncidentSearch {
  const status = (['acknowledged', 'in_progress', 'closed', 'all'] as const).find(
    (known) => known === search.status,
  )
  return status ? { status } : {}
}

/** Incidents, last seen first; the filter is in the address. */
export function IncidentsPage() {
  const { status = 'open' } = useSearch({ from: '/incidents' })
  const navigate = useNavigate({ from: '/incidents' })
  const query = useInfiniteQuery({
    ...incidentsQuery(status === 'all' ? undefined : status),
    refetchInterval: EVERY,
  })
  const incidents = query.data?.pages.flatMap((page) => page.incidents)
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
            onChange={(value) => navigate({ search: parseIncidentSearch({ status: value }) })}
            data={[
              ...INCIDENT_STATES.map((one) => ({ value: one, label: text.incidents.status[one] })),
              { value: 'all', label: text.alerts.all },
            ]}
          />
        </div>
      </div>
      <ListCard
        query={query}
        rows={incidents}
        more={text.incidents.more}
        empty={<Empty title={text.incidents.none}>{text.incidents.noneBody}</Empty>}
      >
        {(rows) => <IncidentList list={rows} />}
      </ListCard>
    </Page>
  )
}
