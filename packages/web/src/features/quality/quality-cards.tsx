import { FEEDBACK_VERDICTS, type Quality, type Share } from '@gatewatch/schema'
import { useMemo, useState } from 'react'
import { barsChart } from '../../charts/bars-chart.ts'
import { TimeChart } from '../../charts/time-chart.tsx'
import { Card } from '../../components/card.tsx'
import { Meter } from '../../components/meter.tsx'
import { Empty } from '../../components/states.tsx'
import { formatCount, formatDuration, formatShare } from '../../format.ts'
import { text } from '../../text.ts'
import './quality.css'

const { quality: words } = text

/** A share with the interval that its cases allow. */
export function ShareCard(props: {
  readonly title: string
  readonly note: string
  readonly share: Share
}) {
  const { value, low, high, of } = props.share
  return (
    <Card title={props.title} note={props.note}>
      {value === null ? (
        <Empty title={words.nobody} />
      ) : (
        <div className="share">
          <p className="share-value num">{formatShare(value)}</p>
          <svg
            className="share-range"
            viewBox="0 0 100 8"
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <rect className="meter-track" width="100" height="8" />
            <rect className="share-interval" x={low * 100} width={(high - low) * 100} height="8" />
            <rect className="share-point" x={Math.min(99, value * 100)} width="1" height="8" />
          </svg>
          <p className="dim num">{words.interval(formatShare(low), formatShare(high), of)}</p>
        </div>
      )}
    </Card>
  )
}

/** How people judged the alerts, and how many nobody has. */
export function VerdictsCard({ quality }: { readonly quality: Quality }) {
  const { verdicts, alerts } = quality
  const judged = verdicts.compromised + verdicts.safe + verdicts.dismissed
  const rows = [
    ...FEEDBACK_VERDICTS.map(
      (verdict) => [text.incidents.verdict[verdict], verdicts[verdict]] as const,
    ),
    [words.unjudged, alerts - judged] as const,
  ]
  return (
    <Card title={words.verdicts} note={words.verdictsNote(formatCount(alerts))}>
      <ul className="quality-rows">
        {rows.map(([name, count]) => (
          <li key={name}>
            <span>{name}</span>
            <span className="num">{formatCount(count)}</span>
            <Meter share={count / Math.max(1, alerts)} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

const budgetChart = barsChart([words.told, words.keptBack], {
  drag: { x: false, y: false },
  y: false,
  points: { show: false },
})

/** Alerts of each day, told and kept back, and whether the budget was kept. */
export function BudgetCard({ budget }: { readonly budget: Quality['budget'] }) {
  const [index, setIndex] = useState<number | null>(null)
  const data = useMemo(
    () =>
      [
        budget.days.map(({ day }) => day / 1000),
        budget.days.map(({ told }) => told),
        budget.days.map(({ kept_back }) => kept_back),
      ] as [number[], number[], number[]],
    [budget],
  )
  const shown = budget.days[index ?? budget.days.length - 1]
  const most = formatCount(budget.per_day)
  return (
    <Card title={words.budget} note={budget.kept ? words.kept(most) : words.broken(most)}>
      <p className="quality-readout num">
        <strong>{shown && new Date(shown.day).toISOString().slice(0, 10)}</strong>
        <span>
          {words.told} {formatCount(shown?.told ?? 0)} ({formatCount(shown?.critical ?? 0)}{' '}
          {words.critical})
        </span>
        <span>
          {words.keptBack} {formatCount(shown?.kept_back ?? 0)}
        </span>
      </p>
      <TimeChart
        data={data}
        options={budgetChart}
        height={150}
        label={words.budget}
        onCursor={setIndex}
      />
    </Card>
  )
}

/** How long incidents waited for a person. */
export function AnswerCard({ acknowledged }: { readonly acknowledged: Quality['acknowledged'] }) {
  const { incidents, answered, median_ms, p90_ms } = acknowledged
  return (
    <Card title={words.answer} note={words.answerNote}>
      {median_ms === null || p90_ms === null ? (
        <Empty title={words.none}>{words.answered(formatCount(0), formatCount(incidents))}</Empty>
      ) : (
        <>
          <dl className="quality-times num">
            <dt>{words.median}</dt>
            <dd>{formatDuration(median_ms)}</dd>
            <dt>{words.p90}</dt>
            <dd>{formatDuration(p90_ms)}</dd>
          </dl>
          <p className="dim num">{words.answered(formatCount(answered), formatCount(incidents))}</p>
        </>
      )}
    </Card>
  )
}
