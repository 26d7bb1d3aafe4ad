import type { Verdict } from '@gatewatch/schema'
import { BandGlyph, DecisionMark } from '../components/marks.tsx'
import { formatCount, formatProbability } from '../format.ts'
import { oneInHowMany, riskBand, wholeRisk } from '../risk.ts'
import { text } from '../text.ts'
import './risk-summary.css'

/** The judgement at a glance: risk with what it means, decision, probability. */
export function RiskSummary({ verdict }: { readonly verdict: Verdict }) {
  const band = riskBand(verdict.risk)
  return (
    <div className={`risk-summary band-${band}`}>
      <p className="risk-number num">
        <BandGlyph band={band} />
        <span>{wholeRisk(verdict.risk)}</span>
        <small>{text.risk.of100}</small>
      </p>
      <div className="risk-words">
        <p className="risk-band">
          {text.risk.bands[band]} <DecisionMark decision={verdict.decision} />
        </p>
        <p>{riskMeaning(verdict.risk)}</p>
        <p className="dim" title={text.risk.probabilityNote}>
          {text.risk.probability(formatProbability(verdict.probability))}
        </p>
        {verdict.amended && (
          <p>
            {text.risk.amended[verdict.amended.why]}{' '}
            {text.risk.amendedFrom(
              wholeRisk(verdict.amended.risk),
              text.decisions[verdict.amended.decision].toLowerCase(),
            )}
          </p>
        )}
      </div>
    </div>
  )
}

/** What a calibrated risk says about rarity, as a sentence. */
function riskMeaning(risk: number): string {
  if (risk >= 100) return text.risk.meaningTop
  const n = oneInHowMany(risk)
  return n < 2 ? text.risk.meaningNone : text.risk.meaning(formatCount(n))
}
