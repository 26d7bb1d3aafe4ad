import type { FeedbackEffect, FeedbackVerdict } from '@gatewatch/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { effectQuery } from '../../api/alerts.ts'
import { failureWords, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { formatShare } from '../../format.ts'
import { text } from '../../text.ts'

const words = text.feedback.effect
const MOST_VALUES = 5

/** What a verdict on an alert changed, or would change before it is given: learning, risk, and other alerts. */
export function Effect({
  id,
  verdict,
}: {
  readonly id: string
  readonly verdict: FeedbackVerdict
}) {
  const { data, error } = useQuery(effectQuery(id, verdict))
  return (
    <section className="effect" aria-live="polite">
      <h3>{data?.given ? words.did : words.would}</h3>
      {data && <Changes effect={data} />}
      {!data && error && <p className="dim">{failureWords(error).body}</p>}
      {!data && !error && <Loading lines={3} />}
    </section>
  )
}

function Changes({ effect }: { readonly effect: FeedbackEffect }) {
  const { learned, values, risk, raised, withdrawn, prevented, hidden } = effect
  return (
    <ul>
      <li>{words.learned(effect.events, learned.without, learned.with)}</li>
      {values.slice(0, MOST_VALUES).map((one) => (
        <li key={one.feature}>
          {words.value(one.label, one.value, formatShare(one.without), formatShare(one.with))}
        </li>
      ))}
      {risk.map((one) => (
        <li key={one.entity}>{words.risk(one.entity_name, one.without, one.with)}</li>
      ))}
      {raised.length > 0 && <Named title={words.raised(raised.length)} alerts={raised} />}
      {withdrawn.length > 0 && (
        <Named title={words.withdrawn(withdrawn.length)} alerts={withdrawn} />
      )}
      <li>{words.prevented(prevented.length, effect.looked_at)}</li>
      {hidden.length > 0 && <Named title={words.hidden(hidden.length)} alerts={hidden} isGrave />}
    </ul>
  )
}

interface NamedProps {
  readonly title: string
  readonly alerts: FeedbackEffect['raised']
  readonly isGrave?: boolean
}

function Named({ title, alerts, isGrave = false }: NamedProps) {
  return (
    <li className={isGrave ? 'effect-grave' : undefined}>
      {title}
      <ul>
        {alerts.map((one) => (
          <li key={one.id}>
            <Link to="/alerts/$id" params={{ id: one.id }}>
              {one.title}
            </Link>{' '}
            <span className="dim">
              <Moment time={one.last_seen} as="ago" />
            </span>
          </li>
        ))}
      </ul>
    </li>
  )
}
