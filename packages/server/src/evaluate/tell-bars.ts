import { holdToBars } from './bars.ts'
import { number, percent, type Section } from './cells.ts'
import { CLAIMED_PREVALENCE, CLAIMS, type Claims } from './claims.ts'
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
export function tellClaims({ easy, hard }: Claims): Section {
  const at = `${percent(CLAIMED_PREVALENCE)} %`
  return {
    title: 'Claims often made, measured on an easy and on a hard world:',
    lines: [
      `Both at ${at} attacks and 0.3 % of benign sign-ins flagged. In the easy world every attacker comes from anywhere on a machine of their own.`,
      ...CLAIMS.map(({ claim, note }) => `"${claim}": ${note}`),
    ],
    table: [
      ['', 'easy world', 'hard world'],
      ...(
        [
          ['accuracy', 'accuracy'],
          ['precision', 'precision'],
          ['recall', 'recall'],
          ['F1', 'f1'],
          ['false positives', 'falsePositives'],
          ['attacks that rules miss', 'rulesMiss'],
          ['precision at one attack in 10,000', 'precisionInLife'],
        ] as const
      ).map(([name, key]) => [`${name}, %`, percent(easy[key], 2), percent(hard[key], 2)]),
    ],
  }
}
