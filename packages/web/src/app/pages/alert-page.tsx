import type { Alert } from '@gatewatch/schema'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { alertQuery } from '../../api/alerts.ts'
import { sessionQuery } from '../../api/session.ts'
import { Card } from '../../components/card.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { statusOf } from '../../features/alerts/alert-list.tsx'
import { FeedbackCard } from '../../features/alerts/feedback-card.tsx'
import { RunbookCard } from '../../features/alerts/runbook.tsx'
import { text } from '../../text.ts'
import { Explanation } from '../../verdict/explanation.tsx'
import { FactsCard } from '../../verdict/facts-card.tsx'
import { HabitsCard } from '../../verdict/habits-card.tsx'
import { NotAssessedCard } from '../../verdict/not-assessed-card.tsx'
import { RawCard } from '../../verdict/raw-card.tsx'
import { RiskSummary } from '../../verdict/risk-summary.tsx'
import { TravelCard } from '../../verdict/travel-card.tsx'
import { VerdictRow } from '../../verdict/verdict-row.tsx'
import { Page } from './page.tsx'
import './alert-page.css'

/** One alert: what happened, why it stands out, what is usual, what to do, and the reader's verdict. */
export function AlertPage() {
  const { id } = useParams({ from: '/alerts/$id' })
  const { data, error, refetch } = useQuery(alertQuery(id))
  const navigate = useNavigate()
  useHotkeys([['Escape', () => navigate({ to: '/alerts' })]])
  if (data) return <AlertView alert={data} />
  return (
    <Page title={text.alerts.title} back="/alerts">
      {error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={12} />}
    </Page>
  )
}

function AlertView({ alert }: { readonly alert: Alert }) {
  const { verdict, habits } = alert
  const mayJudge = useQuery(sessionQuery).data?.role !== 'viewer'
  const related = alert.related.filter(({ uid }) => uid !== alert.event.uid)
  return (
    <Page
      title={alert.title}
      back="/alerts"
      lead={<AlertLead alert={alert} />}
      aside={<RiskSummary verdict={verdict} />}
    >
      <div className="columns alert-columns">
        <div className="column">
          <Explanation verdict={verdict} />
          {verdict.travel && <TravelCard travel={verdict.travel} />}
          {habits && <HabitsCard habits={habits} name={alert.entity_name} />}
          <NotAssessedCard codes={verdict.not_assessed} />
          <RawCard raw={alert.raw} event={alert.event} />
        </div>
        <div className="column">
          {alert.withdrawn && (
            <Card title={text.alert.withdrawn}>
              <p>{alert.withdrawn.why}</p>
            </Card>
          )}
          {alert.status === 'suppressed' && alert.suppressed && (
            <Card title={text.alert.suppressed} note={text.alert.suppressedNote}>
              <p>{alert.suppressed.reason}</p>
              <p className="dim">
                {text.alert.suppressedBy(alert.suppressed.owner)}{' '}
                <Moment time={alert.suppressed.expires} as="full" />
              </p>
            </Card>
          )}
          <FeedbackCard alert={alert} mayJudge={mayJudge} />
          <FactsCard event={alert.event} context={alert.context} />
          {alert.runbook && <RunbookCard runbook={alert.runbook} />}
          {related.length > 0 && (
            <Card title={text.alert.related}>
              <ul className="related">
                {related.map((other) => (
                  <li key={`${other.uid} ${other.time}`}>
                    <VerdictRow verdict={other} />
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      </div>
    </Page>
  )
}

function AlertLead({ alert }: { readonly alert: Alert }) {
  return (
    <p className="page-lead">
      <SeverityMark severity={alert.severity} />
      <span>{text.alerts[statusOf(alert)]}</span>
      <Link to="/identities/$key" params={{ key: alert.entity }}>
        {alert.entity_name}
      </Link>
      <span className="num">{text.events(alert.count)}</span>
      <span>
        {text.alert.lastSeen} <Moment time={alert.last_seen} as="full" />
      </span>
      {alert.techniques.map((id) => (
        <span key={id} className="tag" title={text.alert.technique(id)}>
          {id}
        </span>
      ))}
    </p>
  )
}
