import type { Detection } from '@gatewatch/schema'
import { SeverityMark } from '../../components/marks.tsx'
import { formatCount, formatProbability } from '../../format.ts'
import { text } from '../../text.ts'
import './detections.css'

const { detections: words } = text

interface DetectionListProps {
  readonly detections: readonly Detection[]
  /** Stored events of the same time. */
  readonly events: number
}

/** Detections as rows that open, those that noticed most first. */
export function DetectionRows({ detections, events }: DetectionListProps) {
  const sorted = detections.toSorted(
    (a, b) => b.alerts - a.alerts || b.events - a.events || (a.title < b.title ? -1 : 1),
  )
  return (
    <ul className="detections">
      {sorted.map((detection) => (
        <li key={detection.code}>
          {detection.kind === 'rule' ? (
            <details>
              <summary>
                <Head detection={detection} events={events} />
              </summary>
              <Body detection={detection} />
            </details>
          ) : (
            <Head detection={detection} events={events} />
          )}
        </li>
      ))}
    </ul>
  )
}

function Head({
  detection,
  events: all,
}: {
  readonly detection: Detection
  readonly events: number
}) {
  const { title, severity, techniques, kind, weight, events, entities, alerts, verdicts } =
    detection
  const { compromised, safe, dismissed } = verdicts
  const judged = compromised + safe + dismissed
  const said = [
    events === 0
      ? words.neverMatched
      : words.matched(
          formatProbability(events / Math.max(all, events)),
          text.events(events),
          words.identities(entities),
        ),
    alerts > 0 && words.alerts(formatCount(alerts)),
    judged > 0 && words.verdicts(compromised, safe, dismissed),
    kind === 'rule' ? words.weight(formatCount(weight)) : words.factor(String(weight)),
  ]
  return (
    <span className="detection-head">
      <span className="detection-title">{title}</span>
      {severity && <SeverityMark severity={severity} />}
      {techniques.map((id) => (
        <span key={id} className="technique" title={text.alert.technique(id)}>
          {id}
        </span>
      ))}
      <span className="detection-said dim num">{said.filter(Boolean).join(' · ')}</span>
    </span>
  )
}

function Body({ detection }: { readonly detection: Detection }) {
  const { why, false_positives, runbook, examples, about } = detection
  return (
    <div className="detection-body">
      <p className="dim">{about.map((kind) => text.kinds[kind]).join(', ')}</p>
      <Part title={words.why} body={why} />
      <Part title={words.falsePositives} body={false_positives} />
      <Part title={words.runbook} body={runbook} />
      {examples && (
        <div className="detection-examples">
          {(['hit', 'miss'] as const).map((kind) => (
            <div key={kind}>
              <h3>{words[kind]}</h3>
              <ul>
                {examples[kind].map((name) => (
                  <li key={name}>{name}</li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

function Part({ title, body }: { readonly title: string; readonly body: string | undefined }) {
  if (body === undefined) return null
  return (
    <div>
      <h3>{title}</h3>
      <p>{body}</p>
    </div>
  )
}
