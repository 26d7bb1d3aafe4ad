import type { SessionInfo, TuningState } from '@gatewatch/schema'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { tuningQuery } from '../../api/tuning.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { NetworksCard } from '../../features/tuning/networks-card.tsx'
import { PolicyCard } from '../../features/tuning/policy-card.tsx'
import { type Draft, ReviewCard } from '../../features/tuning/review-card.tsx'
import { SuppressionsCard } from '../../features/tuning/suppressions-card.tsx'
import { TuningVersionsCard } from '../../features/tuning/versions-card.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

/** What analysts may change themselves. */
const OF_ANALYSTS: readonly Draft['kind'][] = ['suppress', 'lift', 'reject']

/** Policy, suppressions and own networks; each change is tried on the last 30 days before it is made, and can be taken back. */
export function TuningPage() {
  const { data, error, refetch } = useQuery(tuningQuery)
  const role = useQuery(sessionQuery).data?.role ?? 'viewer'
  return (
    <Page title={text.tuning.title} lead={<p className="page-lead">{text.tuning.lead}</p>}>
      {data && <Desk state={data} role={role} />}
      {!data &&
        (error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={10} />)}
    </Page>
  )
}

interface DeskProps {
  readonly state: TuningState
  readonly role: SessionInfo['role']
}

function Desk({ state, role }: DeskProps) {
  const [draft, setDraft] = useState<Draft>()
  const review = useRef<HTMLDivElement>(null)
  const mayTune = role !== 'viewer'
  const isAdmin = role === 'admin'
  function propose(next: Draft): void {
    setDraft(next)
    // on a narrow screen it stands above what was clicked
    requestAnimationFrame(() => review.current?.scrollIntoView({ block: 'nearest' }))
  }
  return (
    <div className="columns">
      <div className="column">
        <div ref={review} className="review-place">
          {draft && (
            <ReviewCard
              key={JSON.stringify(draft)}
              draft={draft}
              mayApply={isAdmin || OF_ANALYSTS.includes(draft.kind)}
              close={() => setDraft(undefined)}
            />
          )}
        </div>
        <SuppressionsCard suppressions={state.suppressions} mayTune={mayTune} propose={propose} />
        <NetworksCard
          networks={state.tuning.networks}
          mayTune={mayTune}
          isAdmin={isAdmin}
          propose={propose}
        />
      </div>
      <div className="column">
        <PolicyCard
          key={state.version}
          policy={state.tuning.policy}
          mayTry={mayTune}
          propose={propose}
        />
        <TuningVersionsCard state={state} mayTry={mayTune} propose={propose} />
      </div>
    </div>
  )
}
