import { confusionAt } from '@gatewatch/engine/lab'
import type { Evaluation } from './measure.ts'
import { summarise } from './summary.ts'

/** The share of attacks at which the claims are usually made. */
export const CLAIMED_PREVALENCE = 0.068

/** Our own measurement of one kind of world, taken to the prevalence that claims are made at. */
export interface ClaimSide {
  readonly accuracy: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly falsePositives: number
  /** Share of attacks that plain rules miss at the same false positives. */
  readonly rulesMiss: number
  /** The same precision where one sign-in in 10,000 is an attack. */
  readonly precisionInLife: number
}

/** Easy worlds beside hard ones. */
export interface Claims {
  readonly easy: ClaimSide
  readonly hard: ClaimSide
}

/** A claim often made for such systems, in our words, and what it leaves out. */
export const CLAIMS: readonly { readonly claim: string; readonly note: string }[] = [
  {
    claim: '98.7 % accuracy with fewer than 0.3 % false positives',
    note: 'Where one event in 10,000 is an attack, flagging nothing at all is 99.99 % accurate.',
  },
  {
    claim:
      '99.98 % accuracy with 99 % precision, recall and F1, for a random forest at 6.8 % attacks',
    note: 'Precision follows from the share of attacks in the set: the same recall and false positives at one attack in 10,000 give the precision in the last line.',
  },
  {
    claim: 'rules miss 67 % of attacks',
    note: 'How much rules miss depends on the attackers: few of the naive, most of the careful.',
  },
  {
    claim: 'an answer within 50 ms',
    note: 'Judging and learning one event takes microseconds here; the rest of an answer is network and storage.',
  },
]

/** Measures the claims on easy and on hard worlds at the same prevalence, 0.3 % false positives. */
export function measureClaims(easy: readonly Evaluation[], hard: readonly Evaluation[]): Claims {
  return { easy: sideOf(easy), hard: sideOf(hard) }
}

function sideOf(evaluations: readonly Evaluation[]): ClaimSide {
  const falsePositives = 0.003
  const found = (name: string) =>
    summarise(
      evaluations.map(({ contenders, rates }) => {
        const one = contenders.find((contender) => contender.name === name)
        return one?.recall[rates.indexOf(falsePositives)] ?? Number.NaN
      }),
    ).mean
  const recall = found('gatewatch')
  const { accuracy, precision, f1 } = confusionAt(recall, falsePositives, CLAIMED_PREVALENCE)
  return {
    accuracy,
    precision,
    recall,
    f1,
    falsePositives,
    rulesMiss: 1 - found('rules'),
    precisionInLife: confusionAt(recall, falsePositives, 1e-4).precision,
  }
}
