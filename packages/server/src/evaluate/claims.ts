import { confusionAt } from '@gatewatch/engine/lab'
import { meanOf } from './cells.ts'
import type { Evaluation } from './measure.ts'
import { CURVE } from './measure-contenders.ts'

/** The share of attacks at which the claims are usually made. */
export const CLAIMED_PREVALENCE = 0.068

/** Our own measurement of one contender in one kind of world, taken to the prevalence that claims are made at. */
export interface ClaimSide {
  readonly name: string
  readonly accuracy: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly falsePositives: number
  /** The same precision where one sign-in in 10,000 is an attack. */
  readonly precisionInLife: number
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
    note: 'Precision follows from the share of attacks in the set: the same recall and false positives at one attack in 10,000 give the precision in the last column.',
  },
  {
    claim: 'rules miss 67 % of attacks',
    note: 'How much rules miss depends on the attackers: less of the naive, most of the careful; it is 100 % less their recall.',
  },
  {
    claim: 'an answer within 50 ms',
    note: 'Judging and learning one event takes microseconds here; the rest of an answer is network and storage.',
  },
]

const CONTENDERS = ['gatewatch', 'oracle with labels', 'rules']

/**
 * Measures contenders on easy and on hard worlds at the same prevalence, each at the false positives that give it the best
 * F1 there: picked on the very data that is judged, as such claims are made.
 */
export function measureClaims(
  easy: readonly Evaluation[],
  hard: readonly Evaluation[],
): readonly ClaimSide[] {
  const sides = [
    { where: 'easy', evaluations: easy },
    { where: 'hard', evaluations: hard },
  ]
  return sides.flatMap(({ where, evaluations }) =>
    CONTENDERS.map((name) => best(`${where} world, ${name}`, name, evaluations)),
  )
}

function best(title: string, contender: string, evaluations: readonly Evaluation[]): ClaimSide {
  const sides = CURVE.map((falsePositives, i): ClaimSide => {
    const recall = meanOf(
      evaluations,
      ({ contenders }) => contenders.find(({ name }) => name === contender)?.curve[i],
    )
    const { accuracy, precision, f1 } = confusionAt(recall, falsePositives, CLAIMED_PREVALENCE)
    const precisionInLife = confusionAt(recall, falsePositives, 1e-4).precision
    return { name: title, accuracy, precision, recall, f1, falsePositives, precisionInLife }
  })
  return sides.reduce((top, one) => (one.f1 > top.f1 ? one : top))
}
