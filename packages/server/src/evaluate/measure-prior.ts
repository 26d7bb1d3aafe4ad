import { rank, recallsAt, wilsonInterval } from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { Trial } from './trial.ts'

/** Sign-ins of identities that had signed in before, as published evaluations of sign-in risk count them. */
export interface PriorSection {
  readonly signIns: number
  readonly attacks: number
  readonly rates: readonly number[]
  /** For each contender and rate the share found, with its 95 % Wilson interval. */
  readonly contenders: readonly {
    readonly name: string
    readonly found: readonly number[]
    readonly interval: readonly (readonly [number, number])[]
  }[]
}

const RATES = [0.05, 0.01, 0.003]

/** Successful sign-ins only, in order of time, each of an identity with at least one before. */
export function measurePrior({ signIns, names }: Trial): PriorSection {
  const rows = signIns.filter(({ history }) => history > 0)
  const isAttack = Uint8Array.from(rows, (row) => (isHostile(row) ? 1 : 0))
  const attacks = isAttack.reduce((sum, one) => sum + one, 0)
  return {
    signIns: rows.length,
    attacks,
    rates: RATES,
    contenders: names.map((name, column) => {
      const scores = rows.map((row) => row.scores[column] ?? Number.NaN)
      const found = recallsAt(rank(scores, isAttack), [isAttack], RATES)[0] ?? []
      return {
        name,
        found,
        interval: found.map((share) => wilsonInterval(share * attacks, attacks)),
      }
    }),
  }
}
