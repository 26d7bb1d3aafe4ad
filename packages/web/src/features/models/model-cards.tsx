import type { ModelDetail, Spread } from '@gatewatch/schema'
import { Fragment } from 'react'
import { Card } from '../../components/card.tsx'
import { CheckIcon, CrossIcon } from '../../components/icons.tsx'
import { formatCount, formatDateTime, formatShare } from '../../format.ts'
import { text } from '../../text.ts'
import './models.css'

const { models } = text

/** Each condition of a promotion, and how it went. */
export function GatesCard({ model }: { readonly model: ModelDetail }) {
  const { comparison, gates } = model
  const note =
    comparison === null
      ? models.gatesNone
      : models.compared(
          formatCount(comparison.sign_ins),
          formatDateTime(comparison.from),
          formatDateTime(comparison.until),
        )
  return (
    <Card title={models.gates} note={note}>
      <ul className="conditions">
        {gates.map(({ gate, passed, text: told }) => (
          <li
            key={gate}
            className={passed ? 'condition condition-passed' : 'condition condition-failed'}
          >
            {passed ? <CheckIcon /> : <CrossIcon />}
            <span className="condition-name">
              {models.gateNames[gate]}{' '}
              <span className="visually-hidden">{passed ? models.passed : models.failed}</span>
            </span>
            <span className="condition-text">{told}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The data window, examples, members and seed of a version. */
export function MadeOfCard({ model }: { readonly model: ModelDetail }) {
  const { card, parent } = model
  if (card === null) return null
  const { samples } = card
  const rows: readonly (readonly [string, string])[] = [
    [
      models.facts.parent,
      parent === null || parent === 1 ? models.shipped : models.version(parent),
    ],
    [models.facts.window, formatDateTime(card.window.from)],
    [models.facts.until, formatDateTime(card.window.until)],
    [models.facts.events, formatCount(card.fitted.events)],
    [
      models.facts.samples,
      models.samples(
        formatCount(samples.ordinary),
        formatCount(samples.uncommon),
        formatCount(samples.rehearsals),
      ),
    ],
    [models.facts.judgedBy, formatCount(samples.judged)],
    [models.facts.members, card.members.map((name) => models.memberNames[name] ?? name).join(', ')],
    [models.facts.seed, String(card.seed)],
  ]
  return (
    <Card title={models.madeOf}>
      <dl className="model-facts">
        {rows.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </Fragment>
        ))}
      </dl>
    </Card>
  )
}

/** The version's own scores on what it was fitted on, as a histogram whose bars all hold the same share. */
export function ScoresCard({ spread }: { readonly spread: Spread }) {
  const bars = barsOf(spread)
  const first = bars[0]
  const last = bars.at(-1)
  if (first === undefined || last === undefined) return null
  const width = last.to - first.from
  const tallest = Math.max(...bars.map(({ density }) => density))
  return (
    <Card title={models.scores} note={models.scoreNote}>
      <svg className="spread" viewBox={`0 0 ${width} 1`} preserveAspectRatio="none" role="img">
        <title>{models.scores}</title>
        {bars.map(({ from, to, share, density }) => (
          <rect
            key={from}
            className="spread-bar"
            x={from - first.from}
            width={to - from}
            y={1 - density / tallest}
            height={density / tallest}
          >
            <title>{models.scoreBar(from.toFixed(1), to.toFixed(1), formatShare(share))}</title>
          </rect>
        ))}
      </svg>
      <p className="spread-axis num" aria-hidden="true">
        <span>{first.from.toFixed(1)}</span>
        <span>{models.scoreAxis}</span>
        <span>{last.to.toFixed(1)}</span>
      </p>
    </Card>
  )
}

/** The outermost bins are open; they are drawn as wide as their neighbours. */
function barsOf({ edges, shares }: Spread) {
  const first = edges[0]
  const last = edges.at(-1)
  if (first === undefined || last === undefined || edges.length < 3) return []
  const lowest = first - ((edges[1] ?? first) - first)
  const highest = last + (last - (edges.at(-2) ?? last))
  const bounds = [lowest, ...edges, highest]
  return bounds.slice(1).flatMap((to, bin) => {
    const from = bounds[bin] ?? to
    const share = shares[bin] ?? 0
    return to > from ? [{ from, to, share, density: share / (to - from) }] : []
  })
}
