import {
  averagePrecision,
  firstOfEach,
  type Interval,
  type Marks,
  partialAuc,
  rank,
  recallIntervals,
  recallsAt,
  rocAuc,
} from '@gatewatch/engine/lab'
import { isHostile, numbered } from './rows.ts'
import type { Trial } from './trial.ts'

/** A share found at each rate, with its 95 % interval from resampling identities 1,000 times. */
export interface RecallAtRates {
  readonly recall: readonly number[]
  readonly interval: readonly Interval[]
}

/** What one contender finds, all attacks together and type by type, at each rate. */
export interface ContenderResult extends RecallAtRates {
  readonly name: string
  readonly byType: Readonly<Record<string, RecallAtRates>>
  /** Distinct victims of sign-in attacks with at least one of them flagged. */
  readonly victims: RecallAtRates
  readonly victimsByType: Readonly<Record<string, RecallAtRates>>
  readonly auc: number
  /** Up to 1 % false positives, 0.5 chance, 1 perfect. */
  readonly partialAuc: number
  /** Average precision if one sign-in in 1,000, and in 10,000, were an attack. */
  readonly averagePrecision: readonly [number, number]
  /** Recall at each share of `CURVE`. */
  readonly curve: readonly number[]
}

/** Shares of benign events flagged at which curves are drawn: 1 in 10,000 to all, ten steps a power of ten. */
export const CURVE: readonly number[] = Array.from({ length: 41 }, (_, i) => 10 ** (i / 10 - 4))

/** One edge that a contender must stay below for the world to count as hard. */
export interface Band {
  readonly name: string
  readonly recall: number
  readonly atMost: number
  readonly holds: boolean
}

const BANDS: readonly (readonly [name: string, atMost: number])[] = [
  ['rules', 0.45],
  ['isolation forest', 0.45],
  ['Freeman without prior', 0.25],
]

/** Measures every column of a trial. */
export function measureContenders(trial: Trial, rates: readonly number[]): ContenderResult[] {
  const { signIns, names } = trial
  const isAttack = Uint8Array.from(signIns, (row) => (isHostile(row) ? 1 : 0))
  const types = [...new Set(signIns.filter(isHostile).map(({ truth }) => truth.label))].sort()
  const cluster = numbered(signIns.map(({ truth }) => truth.victim))
  const ofType = types.map((type) =>
    Uint8Array.from(signIns, ({ truth }) => (truth.label === type ? 1 : 0)),
  )
  return names.map((name, column) => {
    const scores = Float64Array.from(signIns, (row) => row.scores[column] ?? Number.NaN)
    const ranking = rank(scores, isAttack)
    const victimOf = (row: number) => signIns[row]?.truth.victim ?? ''
    const marks: Marks[] = [
      isAttack,
      firstOfEach(ranking, victimOf),
      ...ofType,
      ...ofType.map((mark) => firstOfEach(ranking, (row) => (mark[row] ? victimOf(row) : null))),
    ]
    const recalls = recallsAt(ranking, marks, rates)
    const intervals = recallIntervals(ranking, marks, cluster, rates)
    const told = (m: number): RecallAtRates => ({
      recall: recalls[m] ?? [],
      interval: intervals[m] ?? [],
    })
    return {
      name,
      ...told(0),
      victims: told(1),
      byType: Object.fromEntries(types.map((type, t) => [type, told(2 + t)])),
      victimsByType: Object.fromEntries(types.map((type, t) => [type, told(2 + types.length + t)])),
      auc: rocAuc(ranking),
      partialAuc: partialAuc(ranking, 0.01),
      averagePrecision: [averagePrecision(ranking, 1e-3), averagePrecision(ranking, 1e-4)],
      curve: recallsAt(ranking, [isAttack], CURVE)[0] ?? [],
    }
  })
}

/** Is the world hard? What simple ways of looking may find at most at 0.3 % false positives. */
export function bandsOf(results: readonly ContenderResult[], rates: readonly number[]): Band[] {
  return BANDS.map(([name, atMost]) => {
    const result = results.find((one) => one.name === name)
    const recall = result?.recall[rates.indexOf(0.003)] ?? Number.NaN
    return { name, recall, atMost, holds: recall <= atMost }
  })
}
