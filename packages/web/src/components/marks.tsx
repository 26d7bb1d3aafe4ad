import type { Decision, Rarity, Severity } from '@gatewatch/schema'
import { type Band, riskBand, severityBand, wholeRisk } from '../risk.ts'
import { text } from '../text.ts'
import { CheckIcon, CrossIcon, QuestionIcon } from './icons.tsx'
import './marks.css'

/** Outlines of the four bands in a 16 x 16 box: circle, diamond, triangle, octagon. Told apart without colour. */
export const BAND_PATHS: readonly [string, string, string, string] = [
  'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z',
  'M8 2l6 6-6 6-6-6z',
  'M8 1.7l6.8 12.3H1.2z',
  'M5.2 1.3h5.6l3.9 3.9v5.6l-3.9 3.9H5.2l-3.9-3.9V5.2z',
]

/** The symbol of a band. The top band is filled with a bar, as a second sign besides its shape. */
export function BandGlyph({ band }: { readonly band: Band }) {
  return (
    <svg className={`glyph band-${band}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={BAND_PATHS[band]} className={band === 0 ? 'glyph-open' : 'glyph-full'} />
      {band === 3 && <path d="M8 4.3v4.6M8 11.3v.2" className="glyph-bang" />}
    </svg>
  )
}

/** Symbol and whole number of a risk 0-100. */
export function RiskMark({ risk }: { readonly risk: number }) {
  const band = riskBand(risk)
  return (
    <span className={`mark num band-${band}`}>
      <BandGlyph band={band} />
      <span className="visually-hidden">
        {text.risk.name} {text.risk.bands[band]},{' '}
      </span>
      {wholeRisk(risk)}
    </span>
  )
}

/** Symbol and word of a severity. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const band = severityBand(severity)
  return (
    <span className={`mark band-${band}`}>
      <BandGlyph band={band} />
      {text.severities[severity]}
    </span>
  )
}

const decisionIcons = { allow: CheckIcon, challenge: QuestionIcon, deny: CrossIcon } as const

/** Symbol and word of a decision. */
export function DecisionMark({ decision }: { readonly decision: Decision }) {
  const DecisionIcon = decisionIcons[decision]
  return (
    <span className={`decision decision-${decision}`} title={text.decisionMeaning[decision]}>
      <DecisionIcon />
      {text.decisions[decision]}
    </span>
  )
}

const rarityLevels = { frequent: 3, infrequent: 2, rare: 1, unseen: 0 } as const

/** How common a value is, as three bars and a word, with whose point of view it is. */
export function RarityMark({ rarity, where }: { readonly rarity: Rarity; readonly where: string }) {
  const level = rarityLevels[rarity]
  return (
    <span className={`rarity rarity-${rarity}`}>
      <svg viewBox="0 0 14 12" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={bar * 5}
            y={8 - bar * 4}
            width="3.5"
            height={4 + bar * 4}
            rx="0.8"
            className={bar < level ? 'rarity-on' : 'rarity-off'}
          />
        ))}
      </svg>
      <span>
        {text.rarities[rarity]} <span className="dim">{where}</span>
      </span>
    </span>
  )
}
