import type { Incident } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { RiskMark, SeverityMark } from '../../components/marks.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import '../alerts/alert-list.css'
import './incidents.css'

const { incidents } = text

/** Names of the columns of a row. */
export const incidentColumns = [
  incidents.columns.severity,
  incidents.columns.what,
  incidents.columns.risk,
  incidents.columns.status,
  incidents.columns.lastSeen,
]

interface IncidentRowProps {
  readonly incident: Incident
  readonly focused: () => void
}

/** One incident of a list, which leads to it. */
export function IncidentRow({ incident, focused }: IncidentRowProps) {
  return (
    <Link className="alert-row" to="/incidents/$id" params={{ id: incident.id }} onFocus={focused}>
      <SeverityMark severity={incident.severity} />
      <span className="alert-what">
        <span className="alert-title">{incident.title}</span>
        <span className="alert-sub">{subline(incident)}</span>
      </span>
      <RiskMark risk={incident.risk} />
      <span className={`incident-status incident-${incident.status}`}>{statusOf(incident)}</span>
      <span className="alert-time">
        <Moment time={incident.last_seen} as="ago" />
      </span>
    </Link>
  )
}

/** How an incident stands, in words: the verdict where it was closed with one. */
export function statusOf({ status, verdict, withdrawn }: Incident): string {
  if (withdrawn) return incidents.withdrawn
  return verdict === null ? incidents.status[status] : incidents.verdict[verdict]
}

function subline(incident: Incident): string {
  const { kind, entity_name, title, alerts, events, assignee } = incident
  return [
    kind === 'campaign' ? incidents.kind.campaign : !title.includes(entity_name) && entity_name,
    incidents.alerts(alerts),
    text.events(events),
    assignee !== null && incidents.assigned(assignee),
  ]
    .filter(Boolean)
    .join(' · ')
}
