import { holdToBars } from './bars.ts'
import { number, percent, type Section } from './cells.ts'
import { CLAIMED_PREVALENCE, CLAIMS, type ClaimSide } from './claims.ts'
import type { Evaluation } from './measure.ts'

/** What is asked of Gatewatch, and what the worlds show. */
export function tellBars(evaluations: readonly Evaluation[]): Section {
  return {
    title: 'Bars:',
    lines: ['The mean has to meet the bar; the worst world may lie at most 6 points beyond it.'],
    table: [
      ['', 'bar', 'mean', 'worst', 'sd', 'worlds', 'met'],
      ...holdToBars(evaluations).map((one) => [
        one.name,
        `${one.side} ${one.bar} ${one.unit}`,
        number(one.mean, 2),
        number(one.worst, 2),
        number(one.sd, 2),
        String(one.worlds),
        one.isMet === null ? '-' : one.isMet ? 'met' : 'NOT met',
      ]),
    ],
  }
}

/** Claims often made, beside our own measurement where they hold and where they do not. */
export function tellClaims(sides: readonly ClaimSide[]): Section {
  return {
    title: 'Claims often made, measured on an easy and on a hard world:',
    lines: [
      `All at ${percent(CLAIMED_PREVALENCE)} % attacks, each at the threshold with the best F1 on the data that is judged, as such claims are made. In the easy world every attacker comes from anywhere on a machine of their own. The oracle was told the labels.`,
      ...CLAIMS.map(({ claim, note }) => `"${claim}": ${note}`),
    ],
    table: [
      [
        '%',
        'accuracy',
        'precision',
        'recall',
        'F1',
        'false positives',
        'precision at 1 attack in 10,000',
      ],
      ...sides.map((side) => [
        side.name,
        ...(
          ['accuracy', 'precision', 'recall', 'f1', 'falsePositives', 'precisionInLife'] as const
        ).map((key) => percent(side[key], 2)),
      ]),
    ],
  }
}
