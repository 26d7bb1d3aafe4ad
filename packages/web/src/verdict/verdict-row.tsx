import type { Verdict } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { RiskMark } from '../components/marks.tsx'
import { Moment } from '../components/times.tsx'
import { text } from '../text.ts'
import '../components/event-row.css'

/** One judged event in a list of events that belong together. */
export function VerdictRow({ verdict }: { readonly verdict: Verdict }) {
  const why = verdict.reasons.find((reason) => reason.points > 0)
  return (
    <Link className="event-row" to="/events/$uid" params={{ uid: verdict.uid }}>
      <RiskMark risk={verdict.risk} />
      <span className="event-main">
        <span className="event-what">
          {verdict.activity}
          {verdict.outcome === 'failure' && (
            <span className="event-failed"> {text.outcomes.failure}</span>
          )}
        </span>
        {why && <span className="event-why">{why.text}</span>}
      </span>
      <span className="event-time">
        <Moment time={verdict.time} as="short" />
      </span>
    </Link>
  )
}
