import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { alertsQuery } from '../../api/alerts.ts'
import { entityQuery, entityRiskQuery } from '../../api/entities.ts'
import { Card } from '../../components/card.tsx'
import { EventRow } from '../../components/event-row.tsx'
import { RiskMark, SeverityMark } from '../../components/marks.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { RiskReasonsCard } from '../../features/entities/risk-reasons-card.tsx'
import { text } from '../../text.ts'
import { HabitsCard } from '../../verdict/habits-card.tsx'
import { Page } from './page.tsx'
import './alert-page.css'

/** One identity: its risk and what raised it, its habits, open alerts, recent events. */
export function EntityPage() {
  const { key } = useParams({ from: '/identities/$key' })
  const { data, error, refetch } = useQuery(entityQuery(key))
  const risk = useQuery(entityRiskQuery(key))
  if (!data) {
    return (
      <Page title={key} back="/identities">
        {error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={12} />}
      </Page>
    )
  }
  return (
    <Page
      title={data.entity.name}
      back="/identities"
      lead={
        <p className="page-lead">
          <span>{text.entity[data.entity.class === 'human' ? 'human' : 'service']}</span>
          <span className="mono">{data.entity.key}</span>
          <span>
            {text.risk.name} <RiskMark risk={data.risk} />
          </span>
          <Link to="/try" search={{ as: data.entity.key }}>
            {text.entity.tryAs}
          </Link>
        </p>
      }
    >
      <div className="columns">
        <div className="column">
          <HabitsCard habits={data.habits} name={data.entity.name} />
          <Card title={text.entity.recent}>
            {data.recent.length === 0 ? (
              <p className="dim">{text.entity.recentNone}</p>
            ) : (
              <ul className="recent">
                {data.recent.map((event) => (
                  <li key={`${event.uid} ${event.time}`}>
                    <EventRow event={event} who="known" />
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
        <div className="column">
          {risk.data && <RiskReasonsCard risk={risk.data} />}
          {risk.error && <Failure error={risk.error} retry={() => risk.refetch()} />}
          <OpenAlerts entity={key} />
        </div>
      </div>
    </Page>
  )
}

function OpenAlerts({ entity }: { readonly entity: string }) {
  const { data, error, refetch } = useInfiniteQuery(alertsQuery({ status: 'open', entity }))
  const alerts = data?.pages.flatMap((page) => page.alerts)
  return (
    <Card title={text.entity.alerts}>
      {!alerts &&
        (error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={2} />)}
      {alerts?.length === 0 && <p className="dim">{text.entity.alertsNone}</p>}
      <ul className="recent">
        {alerts?.map((alert) => (
          <li key={alert.id}>
            <Link className="event-row" to="/alerts/$id" params={{ id: alert.id }}>
              <RiskMark risk={alert.risk} />
              <span className="event-main">
                <span className="event-who">{alert.title}</span>
                <span className="event-what">
                  <SeverityMark severity={alert.severity} />
                </span>
              </span>
              <span className="event-time">
                <Moment time={alert.last_seen} as="ago" />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
