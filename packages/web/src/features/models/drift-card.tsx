import type { DriftReport } from '@gatewatch/schema'
import { Card } from '../../components/card.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { Meter } from '../../components/meter.tsx'
import { formatCount, formatProbability } from '../../format.ts'
import { text } from '../../text.ts'
import './models.css'

const { drift } = text.models
/** From this population stability index on a number has moved. */
const MOVED = 0.25
const SHOWN = 8

/** What an operator should know of first, then promised against real, then the numbers that moved most. */
export function DriftCard({ report }: { readonly report: DriftReport }) {
  const moved = report.features
    .flatMap(({ name, psi }) => (psi === null ? [] : [{ name, psi }]))
    .toSorted((a, b) => b.psi - a.psi)
    .slice(0, SHOWN)
  const isYoung = moved.length === 0 && report.score_psi === null
  return (
    <Card title={drift.title} note={drift.lead}>
      <div className="drift">
        {report.findings.length === 0 && (
          <p className="drift-calm">{isYoung ? drift.young : drift.calm}</p>
        )}
        {report.findings.length > 0 && (
          <ul className="drift-findings">
            {report.findings.map((finding) => (
              <li key={`${finding.code} ${finding.subject}`}>
                <SeverityMark severity={finding.severity} /> {finding.text}
              </li>
            ))}
          </ul>
        )}
        <Promises report={report} />
        {moved.length > 0 && (
          <section>
            <h3>{drift.features}</h3>
            <p className="card-note">
              {drift.psi} {drift.compared(formatCount(report.sign_ins))}
            </p>
            <ul className="drift-rows">
              {report.score_psi !== null && <Moved name={drift.score} psi={report.score_psi} />}
              {moved.map(({ name, psi }) => (
                <Moved key={name} name={name.replaceAll('_', ' ')} psi={psi} />
              ))}
            </ul>
          </section>
        )}
      </div>
    </Card>
  )
}

function Promises({ report }: { readonly report: DriftReport }) {
  const rows = [
    ...report.calibration.map(({ line, promised, realised }) => ({
      name: drift.lines[line],
      promised: drift.promised(formatProbability(promised)),
      realised,
    })),
    ...(report.labels === null
      ? []
      : [{ name: drift.labels, promised: '', realised: report.labels }]),
  ]
  return (
    <section>
      <h3>{drift.calibration}</h3>
      <p className="card-note">{drift.calibrationNote}</p>
      <dl className="drift-promises">
        {rows.map(({ name, promised, realised }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">
              {promised}
              {promised && ', '}
              {realised === null
                ? drift.unknown
                : drift.realised(
                    formatProbability(realised.share),
                    formatProbability(realised.interval[0]),
                    formatProbability(realised.interval[1]),
                  )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Moved({ name, psi }: { readonly name: string; readonly psi: number }) {
  return (
    <li className={psi >= MOVED ? 'drift-row drift-moved' : 'drift-row'}>
      <span>{name}</span>
      <Meter share={psi / (2 * MOVED)} />
      <span className="num">{psi.toFixed(2)}</span>
    </li>
  )
}
