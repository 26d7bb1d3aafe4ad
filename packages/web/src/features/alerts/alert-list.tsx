import type { AlertStatus, AlertSummary } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { DecisionMark, RiskMark, SeverityMark } from '../../components/marks.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import './alert-list.css'

/** Names of the columns of a row. */
export const alertColumns = [
  text.alerts.columns.severity,
  text.alerts.columns.what,
  text.alerts.columns.risk,
  text.alerts.columns.decision,
  text.alerts.columns.lastSeen,
]

/** Alerts as rows. */
export function AlertList({ alerts }: { readonly alerts: readonly AlertSummary[] }) {
  return (
    <>
      <div className="alert-head" aria-hidden="true">
        {alertColumns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      <ul className="alerts">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <AlertRow alert={alert} />
          </li>
        ))}
      </ul>
    </>
  )
}

/** How an alert stands, as people are told: one that closed by itself was withdrawn. */
export function statusOf({ status, withdrawn }: AlertSummary): AlertStatus | 'withdrawn' {
  return withdrawn ? 'withdrawn' : status
}

function subline(alert: AlertSummary): string {
  const status = alert.status === 'open' ? undefined : text.alerts[statusOf(alert)]
  const said = alert.feedback && text.alerts.feedbackGiven(alert.feedback.verdict)
  const name = alert.title.includes(alert.entity_name) ? undefined : alert.entity_name
  return [name, text.events(alert.count), said ?? status].filter(Boolean).join(' · ')
}

interface AlertRowProps {
  readonly alert: AlertSummary
  readonly focused?: () => void
}

/** One alert of a list, which leads to it. */
export function AlertRow({ alert, focused }: AlertRowProps) {
  return (
    <Link className="alert-row" to="/alerts/$id" params={{ id: alert.id }} onFocus={focused}>
      <SeverityMark severity={alert.severity} />
      <span className="alert-what">
        <span className="alert-title">{alert.title}</span>
        <span className="alert-sub">{subline(alert)}</span>
      </span>
      <RiskMark risk={alert.risk} />
      <DecisionMark decision={alert.decision} />
      <span className="alert-time">
        <Moment time={alert.last_seen} as="ago" />
      </span>
    </Link>
  )
}
