import type { Reason, Verdict } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Card } from '../components/card.tsx'
import { RarityMark } from '../components/marks.tsx'
import { formatPoints } from '../format.ts'
import { text } from '../text.ts'
import { type Waterfall, type WaterfallRow, waterfall } from './waterfall.ts'
import './explanation.css'

const SHOWN = 7

/** The score drawn as what it is: signed points, each bar beginning where the last ended, up to the score. */
export function Explanation({ verdict }: { readonly verdict: Verdict }) {
  const [all, setAll] = useState(false)
  const { reasons, score } = verdict
  const drawn = waterfall(reasons, score, all ? reasons.length : SHOWN)
  return (
    <Card
      className="why"
      title={text.explanation.title}
      note={text.explanation.lead}
      aside={
        reasons.length > SHOWN + 1 && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)}>
            {all ? text.explanation.showFewer : text.explanation.showAll}
          </Button>
        )
      }
    >
      {drawn.rows.length === 0 ? (
        <p className="dim">{text.explanation.none}</p>
      ) : (
        <ol className="waterfall">
          {drawn.rows.map((row) => (
            <Row key={row.reason?.code ?? row.kind} row={row} drawn={drawn} />
          ))}
          <li className="waterfall-row waterfall-total">
            <div className="waterfall-text">{text.explanation.total}</div>
            <Bar from={0} to={score} drawn={drawn} className="bar-total" />
            <span className="waterfall-points num">{formatPoints(score)}</span>
          </li>
        </ol>
      )}
      {verdict.counterfactual && (
        <div className="counterfactual">
          <h3>{text.explanation.counterfactual}</h3>
          <p>{verdict.counterfactual}</p>
        </div>
      )}
      <p className="waterfall-unit">{text.explanation.unit}</p>
    </Card>
  )
}

function Row({ row, drawn }: { readonly row: WaterfallRow; readonly drawn: Waterfall }) {
  return (
    <li className="waterfall-row">
      <div className="waterfall-text">
        {row.kind === 'reason' && row.reason && <ReasonText reason={row.reason} />}
        {row.kind === 'smaller' && <p className="dim">{text.explanation.smaller(row.count)}</p>}
        {row.kind === 'rest' && <p className="dim">{text.explanation.rest}</p>}
      </div>
      <Bar
        from={row.from}
        to={row.to}
        drawn={drawn}
        className={row.points < 0 ? 'bar-down' : 'bar-up'}
      />
      <span className="waterfall-points num">{formatPoints(row.points)}</span>
    </li>
  )
}

function ReasonText({ reason }: { readonly reason: Reason }) {
  const techniques = reason.techniques ?? []
  return (
    <>
      <p>{reason.text}</p>
      {(reason.self || reason.tenant || techniques.length > 0) && (
        <p className="reason-marks">
          {reason.self && <RarityMark rarity={reason.self} where={text.explanation.self} />}
          {reason.tenant && <RarityMark rarity={reason.tenant} where={text.explanation.tenant} />}
          {techniques.map((id) => (
            <span key={id} className="tag" title={text.alert.technique(id)}>
              {id}
            </span>
          ))}
        </p>
      )}
    </>
  )
}

interface BarProps {
  readonly from: number
  readonly to: number
  readonly drawn: Waterfall
  readonly className: string
}

function Bar({ from, to, drawn, className }: BarProps) {
  const span = drawn.high - drawn.low || 1
  const percent = (value: number) => `${((value - drawn.low) / span) * 100}%`
  const width = `${Math.max(0.6, (Math.abs(to - from) / span) * 100)}%`
  const label = text.explanation.ariaBar(
    formatPoints(to - from),
    formatPoints(from),
    formatPoints(to),
  )
  return (
    <div className={`waterfall-bar ${className}`}>
      <svg role="img" aria-label={label}>
        <line className="bar-zero" x1={percent(0)} x2={percent(0)} y1="0" y2="100%" />
        <rect x={percent(Math.min(from, to))} width={width} y="50%" height="14" rx="2" />
      </svg>
    </div>
  )
}
