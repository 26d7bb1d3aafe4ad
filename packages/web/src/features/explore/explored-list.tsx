import type { EventFacet, EventSummary } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { DecisionMark, RiskMark } from '../../components/marks.tsx'
import { Moment } from '../../components/times.tsx'
import { eventKey } from '../../event-key.ts'
import { text } from '../../text.ts'
import { type ExploreSearch, facetOf } from './explore-search.ts'
import { valueWords } from './value-words.ts'

interface ExploredListProps {
  readonly events: readonly EventSummary[]
  readonly choose: (change: ExploreSearch) => void
}

/** Events as rows whose every value can be chosen. */
export function ExploredList({ events, choose }: ExploredListProps) {
  return (
    <ul className="explored">
      {events.map((event) => (
        <li key={eventKey(event)} className="explored-row">
          <RiskMark risk={event.risk} />
          <Link
            to="/events/$uid"
            params={{ uid: event.uid }}
            className="explored-time"
            title={text.explore.open}
          >
            <Moment time={event.time} as="short" />
          </Link>
          <Pivot label={event.entity_name} choose={() => choose({ entity: event.entity })}>
            <strong>{event.entity_name}</strong>
          </Pivot>
          <span className="explored-values">
            <FacetPivot event={event} facet="operation" choose={choose} />
            <FacetPivot event={event} facet="outcome" choose={choose} />
            <FacetPivot event={event} facet="country" choose={choose} />
            <IpPivot ip={event.ip} choose={choose} />
            <FacetPivot event={event} facet="network" choose={choose} />
            <FacetPivot event={event} facet="source" choose={choose} />
          </span>
          <Pivot
            label={text.decisions[event.decision]}
            choose={() => choose({ decision: event.decision })}
          >
            <DecisionMark decision={event.decision} />
          </Pivot>
        </li>
      ))}
    </ul>
  )
}

function IpPivot(props: {
  readonly ip: string | undefined
  readonly choose: ExploredListProps['choose']
}) {
  const { ip, choose } = props
  if (ip === undefined) return null
  return (
    <Pivot label={ip} choose={() => choose({ ip })}>
      <span className="mono">{ip}</span>
    </Pivot>
  )
}

interface FacetPivotProps {
  readonly event: EventSummary
  readonly facet: EventFacet
  readonly choose: (change: ExploreSearch) => void
}

function FacetPivot({ event, facet, choose }: FacetPivotProps) {
  const value = facetOf(event, facet)
  if (value === 'unknown') return null
  const label = valueWords(facet, value)
  const failed = facet === 'outcome' && value === 'failure'
  return (
    <Pivot label={label} choose={() => choose({ [facet]: value })}>
      <span className={failed ? 'event-failed' : undefined}>{label}</span>
    </Pivot>
  )
}

function Pivot(props: {
  readonly label: string
  readonly choose: () => void
  readonly children: ReactNode
}) {
  return (
    <button
      type="button"
      className="pivot"
      title={text.explore.only(props.label)}
      onClick={props.choose}
    >
      {props.children}
    </button>
  )
}
