import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { eventQuery } from '../../api/events.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import { Explanation } from '../../verdict/explanation.tsx'
import { FactsCard } from '../../verdict/facts-card.tsx'
import { NotAssessedCard } from '../../verdict/not-assessed-card.tsx'
import { RawCard } from '../../verdict/raw-card.tsx'
import { RiskSummary } from '../../verdict/risk-summary.tsx'
import { TravelCard } from '../../verdict/travel-card.tsx'
import { Page } from './page.tsx'

/** One stored event with its full judgement. */
export function EventPage() {
  const { uid } = useParams({ from: '/events/$uid' })
  const { data, error, refetch } = useQuery(eventQuery(uid))
  if (!data) {
    return (
      <Page title={text.facts.title} back="/">
        {error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={12} />}
      </Page>
    )
  }
  const { event, context, verdict, raw } = data
  return (
    <Page
      title={text.event.title(text.kinds[verdict.kind], text.outcomes[verdict.outcome])}
      back="/"
      lead={
        <p className="page-lead">
          <span className="mono">{verdict.activity}</span>
          <Link to="/identities/$key" params={{ key: verdict.entity }}>
            {verdict.entity_name}
          </Link>
          <Moment time={verdict.time} as="full" />
        </p>
      }
      aside={<RiskSummary verdict={verdict} />}
    >
      <div className="columns">
        <div className="column">
          <Explanation verdict={verdict} />
          {verdict.travel && <TravelCard travel={verdict.travel} />}
          <RawCard raw={raw} event={event} />
        </div>
        <div className="column">
          <FactsCard event={event} context={context} />
          <NotAssessedCard codes={verdict.not_assessed} />
        </div>
      </div>
    </Page>
  )
}
