import type { EventSummary } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { formatPlace } from '../format.ts'
import { riskBand } from '../risk.ts'
import { text } from '../text.ts'
import { RiskMark } from './marks.tsx'
import { Moment } from './times.tsx'
import './event-row.css'

interface EventRowProps {
  readonly event: EventSummary
  /** Leave the name out where the page is about that identity. */
  readonly who: 'named' | 'known'
}

/** One event in a list: when, how risky, who, what, from where; and why, where it is unusual. */
export function EventRow({ event, who }: EventRowProps) {
  const why =
    riskBand(event.risk) > 0 ? event.reasons.find((reason) => reason.points > 0) : undefined
  const place = formatPlace(event) ?? event.ip
  return (
    <Link className="event-row" to="/events/$uid" params={{ uid: event.uid }}>
      <RiskMark risk={event.risk} />
      <span className="event-main">
        {who === 'named' && <span className="event-who">{event.entity_name}</span>}
        <span className="event-what">
          {event.activity}
          {event.outcome === 'failure' && (
            <span className="event-failed"> {text.outcomes.failure}</span>
          )}
          {place && <span className="dim"> · {place}</span>}
        </span>
        {why && <span className="event-why">{why.text}</span>}
      </span>
      <span className="event-time">
        <Moment time={event.time} as={who === 'named' ? 'clock' : 'short'} />
      </span>
    </Link>
  )
}
