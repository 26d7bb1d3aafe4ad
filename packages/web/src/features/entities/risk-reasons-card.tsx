import type { EntityRisk } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { Card } from '../../components/card.tsx'
import { Meter } from '../../components/meter.tsx'
import { Moment } from '../../components/times.tsx'
import { formatDuration } from '../../format.ts'
import { text } from '../../text.ts'
import './risk-reasons.css'

const HOUR = 3_600_000

/** What raised an identity's risk, strongest remainder first; each fades with the stated half-life. */
export function RiskReasonsCard({ risk }: { readonly risk: EntityRisk }) {
  const reasons = risk.contributions.toSorted((a, b) => b.now - a.now)
  const most = Math.max(...reasons.map((reason) => reason.points), 1)
  return (
    <Card
      title={text.entity.riskTitle}
      note={text.entity.riskLead(formatDuration(risk.half_life_hours * HOUR))}
    >
      {reasons.length === 0 ? (
        <p className="dim">{text.entity.riskNone}</p>
      ) : (
        <ul className="risk-reasons">
          {reasons.map((reason) => (
            <li key={`${reason.uid} ${reason.code}`}>
              <Link to="/events/$uid" params={{ uid: reason.uid }} className="risk-reason">
                <span className="risk-reason-text">{reason.text}</span>
                <span className="dim">
                  <Moment time={reason.time} as="ago" />
                </span>
                <Meter share={reason.now / most} />
                <span className="num risk-reason-now">
                  {text.entity.riskNow(reason.now.toFixed(1), reason.points.toFixed(1))}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
