import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { incidentQuery } from '../../api/incidents.ts'
import { sessionQuery } from '../../api/session.ts'
import { Card } from '../../components/card.tsx'
import { RiskMark, SeverityMark } from '../../components/marks.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { AlertList } from '../../features/alerts/alert-list.tsx'
import { HandleCard } from '../../features/incidents/handle-card.tsx'
import { HistoryCard } from '../../features/incidents/history-card.tsx'
import { statusOf } from '../../features/incidents/incident-list.tsx'
import { StoryCard } from '../../features/incidents/story-card.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

const EVERY = 15_000

/** One incident: its story in order, its alerts, who works on it, and what was said. */
export function IncidentPage() {
  const { id } = useParams({ from: '/incidents/$id' })
  const { data, error, refetch } = useQuery({ ...incidentQuery(id), refetchInterval: EVERY })
  const session = useQuery(sessionQuery).data
  if (!data) {
    return (
      <Page title={text.incidents.title} back="/incidents">
        {error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={12} />}
      </Page>
    )
  }
  const mayJudge = session !== undefined && session !== null && session.role !== 'viewer'
  return (
    <Page
      title={data.title}
      back="/incidents"
      lead={
        <p className="page-lead">
          <SeverityMark severity={data.severity} />
          <span>
            {text.risk.name} <RiskMark risk={data.risk} />
          </span>
          <span>{statusOf(data)}</span>
          <span>
            {data.assignee === null
              ? text.incidents.nobody
              : text.incidents.assigned(data.assignee)}
          </span>
          <Link to="/identities/$key" params={{ key: data.entity }}>
            {data.entity_name}
          </Link>
          <span>
            <Moment time={data.first_seen} as="short" /> –{' '}
            <Moment time={data.last_seen} as="short" />
          </span>
          {data.techniques.map((technique) => (
            <span key={technique} className="mono" title={text.alert.technique(technique)}>
              {technique}
            </span>
          ))}
        </p>
      }
    >
      <div className="columns">
        <div className="column">
          <Card title={text.incidents.alertList} className="incident-alerts">
            <AlertList alerts={data.alert_list} />
          </Card>
          <StoryCard incident={data} />
        </div>
        <div className="column">
          <HandleCard incident={data} me={session?.user ?? ''} mayJudge={mayJudge} />
          <HistoryCard incident={data} mayComment={mayJudge} />
        </div>
      </div>
    </Page>
  )
}
