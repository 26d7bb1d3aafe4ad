import type { AssessResponse } from '@gatewatch/schema'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { assessWithoutRecording } from '../../api/assess.ts'
import { entitiesQuery, entityQuery } from '../../api/entities.ts'
import { eventQuery } from '../../api/events.ts'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { prefilled, usualSignIn } from '../../features/try/prefill.ts'
import { emptyTryForm } from '../../features/try/try-event.ts'
import { TryFormCard } from '../../features/try/try-form.tsx'
import { text } from '../../text.ts'
import { Explanation } from '../../verdict/explanation.tsx'
import { HabitsCard } from '../../verdict/habits-card.tsx'
import { NotAssessedCard } from '../../verdict/not-assessed-card.tsx'
import { RiskSummary } from '../../verdict/risk-summary.tsx'
import { TravelCard } from '../../verdict/travel-card.tsx'
import { Page } from './page.tsx'
import './try-page.css'

/** Asks for a judgement that nothing is stored of, and shows it as an alert would. */
export function TryPage() {
  const { as } = useSearch({ from: '/try' })
  const identity = useQuery({ ...entityQuery(as ?? ''), enabled: as !== undefined })
  const usual = identity.data && usualSignIn(identity.data.recent)
  const event = useQuery({ ...eventQuery(usual?.uid ?? ''), enabled: usual !== undefined })
  const result = useRef<HTMLDivElement>(null)
  const answer = useMutation({
    mutationFn: assessWithoutRecording,
    onSettled: () => showTop(result.current),
  })
  const waits = (as !== undefined && identity.isPending) || (usual && event.isPending)
  return (
    <Page title={text.try.title} lead={<p className="page-lead">{text.try.lead}</p>}>
      <div className="columns try">
        <div className="column">
          {waits ? (
            <Loading lines={10} />
          ) : (
            <TryFormCard
              key={as ?? ''}
              initial={as ? prefilled(as, event.data) : emptyTryForm}
              busy={answer.isPending}
              judge={(event) => answer.mutate(event)}
            />
          )}
        </div>
        <div className="column" aria-live="polite" ref={result}>
          {answer.error && <Failure error={answer.error} />}
          {!answer.error && !answer.data && (
            <div className="try-before">
              <Empty title={text.try.before}>{text.try.beforeBody}</Empty>
              <Starters />
            </div>
          )}
          {!answer.error && answer.data && <Judgement answer={answer.data} />}
        </div>
      </div>
    </Page>
  )
}

/** Where the answer begins below the fold, as on a phone, goes there. */
function showTop(element: HTMLElement | null): void {
  if (!element || element.getBoundingClientRect().top < window.innerHeight / 2) return
  element.scrollIntoView({ block: 'start' })
}

function Starters() {
  const seen = useQuery(entitiesQuery('')).data?.entities ?? []
  const people = seen.filter((entity) => entity.class === 'human').slice(0, 6)
  if (people.length === 0) return null
  return (
    <p className="try-starters">
      <span className="dim">{text.try.startFrom}</span>
      {people.map(({ key, name }) => (
        <Link key={key} to="/try" search={{ as: key }} className="starter">
          {name}
        </Link>
      ))}
    </p>
  )
}

function Judgement({ answer }: { readonly answer: AssessResponse }) {
  return (
    <>
      <div className="card try-summary">
        <RiskSummary verdict={answer} />
        {!answer.recorded && <p className="dim">{text.try.notRecorded}</p>}
      </div>
      <Explanation verdict={answer} />
      {answer.travel && <TravelCard travel={answer.travel} />}
      {answer.habits && <HabitsCard habits={answer.habits} name={answer.entity_name} />}
      <NotAssessedCard codes={answer.not_assessed} />
    </>
  )
}
