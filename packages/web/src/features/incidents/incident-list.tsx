import type { Incident } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { RiskMark, SeverityMark } from '../../components/marks.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import '../alerts/alert-list.css'
import './incidents.css'

const { incidents } = text

/** Incidents as rows, last seen first. */
export function IncidentList({ list }: { readonly list: readonly Incident[] }) {
  return (
    <>
      <div className="alert-head" aria-hidden="true">
        <span>{incidents.columns.severity}</span>
        <span>{incidents.columns.what}</span>
        <span>{incidents.columns.risk}</span>
        <span>{incidents.columns.status}</span>
        <span>{incidents.columns.lastSeen}</span>
      </div>
      <ul className="alerts">
        {list.map((incident) => (
          <li key={incident.id}>
            <Link className="alert-row" to="/incidents/$id" params={{ id: incident.id }}>
              <SeverityMark severity={incident.severity} />
              <span className="alert-what">
                <span className="alert-title">{incident.title}</span>
                <span className="alert-sub">{subline(incident)}</span>
              </span>
              <RiskMark risk={incident.risk} />
              <span className={`incident-status incident-${incident.status}`}>
                {statusOf(incident)}
              </span>
              <span className="alert-time">
                <Moment time={incident.last_seen} as="ago" />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
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
