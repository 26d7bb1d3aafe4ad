import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { modelQuery } from '../../api/models.ts'
import { sessionQuery } from '../../api/session.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { DecideCard } from '../../features/models/decide-card.tsx'
import { GatesCard, MadeOfCard, ScoresCard } from '../../features/models/model-cards.tsx'
import { StateMark } from '../../features/models/state-mark.tsx'
import { NotesCard } from '../../features/models/versions-card.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

/** One version: why it is where it is, what it was made of, and what an administrator can do about it. */
export function ModelPage() {
  const version = Number(useParams({ from: '/models/$version' }).version)
  const { data, error, refetch } = useQuery(modelQuery(version))
  const mayDecide = useQuery(sessionQuery).data?.role === 'admin'
  const title = text.models.version(version)
  if (!data) {
    return (
      <Page title={title} back="/models">
        {error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={12} />}
      </Page>
    )
  }
  return (
    <Page
      title={title}
      back="/models"
      lead={
        <p className="page-lead">
          <StateMark state={data.state} />
          <span>{text.models.stateMeaning[data.state]}</span>
          <span>
            {text.models.fitted} <Moment time={data.created} as="full" />
          </span>
          {data.reason && <span>{data.reason}</span>}
        </p>
      }
    >
      <div className="columns">
        <div className="column">
          <GatesCard model={data} />
          {data.card?.score && <ScoresCard spread={data.card.score} />}
        </div>
        <div className="column">
          {mayDecide && <DecideCard model={data} />}
          <MadeOfCard model={data} />
          <NotesCard notes={data.notes} />
        </div>
      </div>
    </Page>
  )
}
