import type { AlertStatus, AlertSummary } from '@gatewatch/schema'
import { useHotkeys } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { DecisionMark, RiskMark, SeverityMark } from '../../components/marks.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import './alert-list.css'

/** Alerts as rows; j and k move, Enter opens. The chosen row is remembered by id, so that arrivals do not shift it. */
export function AlertList({ alerts }: { readonly alerts: readonly AlertSummary[] }) {
  const [chosen, setChosen] = useState<string>()
  const list = useRef<HTMLUListElement>(null)
  const navigate = useNavigate()

  function move(step: 1 | -1): void {
    const at = alerts.findIndex(({ id }) => id === chosen)
    const next = at < 0 ? 0 : Math.min(alerts.length - 1, Math.max(0, at + step))
    setChosen(alerts[next]?.id)
    list.current?.children[next]?.querySelector('a')?.focus()
  }

  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    [
      'Enter',
      () => {
        if (chosen) navigate({ to: '/alerts/$id', params: { id: chosen } })
      },
      { preventDefault: false },
    ],
  ])

  return (
    <>
      <div className="alert-head" aria-hidden="true">
        <span>{text.alerts.columns.severity}</span>
        <span>{text.alerts.columns.what}</span>
        <span>{text.alerts.columns.risk}</span>
        <span>{text.alerts.columns.decision}</span>
        <span>{text.alerts.columns.lastSeen}</span>
      </div>
      <ul ref={list} className="alerts">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <AlertRow alert={alert} focused={() => setChosen(alert.id)} />
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
  readonly focused: () => void
}

function AlertRow({ alert, focused }: AlertRowProps) {
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
