import { DECISIONS, type Overview, SEVERITIES } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { DecisionMark, SeverityMark } from '../../components/marks.tsx'
import { formatChange, formatCount, formatShortCount } from '../../format.ts'
import { text } from '../../text.ts'
import './tiles.css'

/** The four counts at the top. */
export function Tiles({ overview }: { readonly overview: Overview }) {
  const open = SEVERITIES.toReversed().map(
    (severity) => [severity, overview.open_alerts[severity] ?? 0] as const,
  )
  const openTotal = open.reduce((total, [, count]) => total + count, 0)
  return (
    <div className="tiles">
      <Tile title={text.overview.openAlerts} value={formatCount(openTotal)}>
        {openTotal === 0 ? (
          <span className="dim">{text.overview.noOpenAlerts}</span>
        ) : (
          open
            .filter(([, count]) => count > 0)
            .map(([severity, count]) => (
              <Link key={severity} to="/alerts" search={{ severity }} className="tile-part num">
                <SeverityMark severity={severity} /> {formatCount(count)}
              </Link>
            ))
        )}
      </Tile>
      <Tile title={text.overview.events24h} value={formatCount(overview.events_24h)}>
        <span className="dim num">
          {text.overview.eventsTotal(formatShortCount(overview.events_total))}
        </span>
        <Compared overview={overview} />
      </Tile>
      <Tile title={text.overview.identities} value={formatCount(overview.entities_total)}>
        <span className="dim">{text.overview.identitiesNote}</span>
      </Tile>
      <Tile title={text.overview.decisions24h}>
        <ul className="tile-decisions">
          {DECISIONS.map((decision) => (
            <li key={decision}>
              <DecisionMark decision={decision} />
              <strong className="num">{formatCount(overview.decisions_24h[decision] ?? 0)}</strong>
            </li>
          ))}
        </ul>
      </Tile>
    </div>
  )
}

/** The last 24 hours beside those before, and beside the same a week before. */
function Compared({ overview }: { readonly overview: Overview }) {
  const { day_before, week_before } = overview.compared
  const strange = overview.hours.reduce((total, hour) => total + hour.high_risk, 0)
  return (
    <ul className="dim num">
      <li>{text.overview.dayBefore(formatChange(overview.events_24h, day_before.events))}</li>
      <li>{text.overview.weekBefore(formatChange(overview.events_24h, week_before.events))}</li>
      <li>
        {text.overview.strange(
          formatCount(strange),
          formatCount(day_before.high_risk),
          formatCount(week_before.high_risk),
        )}
      </li>
    </ul>
  )
}

interface TileProps {
  readonly title: string
  readonly value?: string
  readonly children: ReactNode
}

function Tile({ title, value, children }: TileProps) {
  return (
    <section className="tile">
      <h2>{title}</h2>
      {value !== undefined && <p className="tile-value num">{value}</p>}
      <div className="tile-parts">{children}</div>
    </section>
  )
}
