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
import type { SignInRow, Trial } from './trial.ts'

/** A share found at each rate, with its 95 % interval from resampling identities 1,000 times. */
export interface RecallAtRates {
  readonly recall: readonly number[]
  readonly interval: readonly Interval[]
}

/** Some of the attack sign-ins, all types together and type by type, and how many there are. */
export interface Visits extends RecallAtRates {
  readonly count: number
  readonly byType: Readonly<Record<string, RecallAtRates & { readonly count: number }>>
}

/** What one contender finds, all attacks together and type by type, at each rate. */
export interface ContenderResult extends RecallAtRates {
  readonly name: string
  readonly byType: Readonly<Record<string, RecallAtRates>>
  /** Distinct victims of sign-in attacks with at least one of them flagged. */
  readonly victims: RecallAtRates
  readonly victimsByType: Readonly<Record<string, RecallAtRates>>
  /** Each attacker's first sign-in at each victim, and the ones after it. */
  readonly firstVisits: Visits
  readonly laterVisits: Visits
  /** Sign-ins of attackers who are judged by their actions, at the same thresholds; in no sum. */
  readonly ofActivity: Readonly<Record<string, RecallAtRates>>
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
  const { signIns, activitySignIns, names } = trial
  // what is no attack sign-in and no benign one lies behind them, and counts only where it is marked
  const rows = [...signIns, ...activitySignIns]
  const isAttack = Uint8Array.from(signIns, (row) => (isHostile(row) ? 1 : 0))
  const isNotBenign = Uint8Array.from(rows, (row) => (isHostile(row) ? 1 : 0))
  const cluster = numbered(rows.map(({ truth }) => truth.victim))
  const types = typesOf(signIns.filter(isHostile))
  const activities = typesOf(activitySignIns)
  const markOf = (test: (row: SignInRow) => boolean): Marks =>
    Uint8Array.from(rows, (row, i) => (isAttack[i] === 1 && test(row) ? 1 : 0))
  const all = markOf(() => true)
  const ofType = new Map(types.map((type) => [type, markOf(({ truth }) => truth.label === type)]))
  const both = (one: Marks, other: Marks) => one.map((mark, i) => mark & (other[i] ?? 0))
  const first = markOf(({ isFirstVisit }) => isFirstVisit)
  const later = markOf(({ isFirstVisit }) => !isFirstVisit)
  const victimOf = (row: number) => rows[row]?.truth.victim ?? ''

  return names.map((name, column) => {
    const scores = Float64Array.from(rows, (row) => row.scores[column] ?? Number.NaN)
    const ranking = rank(scores, isNotBenign)
    const signInRanking = rank(scores.subarray(0, signIns.length), isAttack)
    const marks: Marks[] = []
    const note = (mark: Marks) => marks.push(mark) - 1
    const noteEach = (of: Iterable<readonly [string, Marks]>) =>
      [...of].map(([type, mark]) => [type, note(mark)] as const)
    const victims = (mark: Marks) =>
      firstOfEach(ranking, (row) => (mark[row] ? victimOf(row) : null))
    const places = {
      all: note(all),
      victims: note(victims(all)),
      byType: noteEach(ofType),
      victimsByType: noteEach([...ofType].map(([type, mark]) => [type, victims(mark)])),
      first: note(first),
      firstByType: noteEach([...ofType].map(([type, mark]) => [type, both(mark, first)])),
      later: note(later),
      laterByType: noteEach([...ofType].map(([type, mark]) => [type, both(mark, later)])),
      ofActivity: noteEach(
        activities.map((type) => [
          type,
          Uint8Array.from(rows, ({ truth }) => (truth.label === type ? 1 : 0)),
        ]),
      ),
    }
    const recalls = recallsAt(ranking, marks, rates)
    const intervals = recallIntervals(ranking, marks, cluster, rates)
    const told = (m: number): RecallAtRates => ({
      recall: recalls[m] ?? [],
      interval: intervals[m] ?? [],
    })
    const counted = (m: number) => ({
      ...told(m),
      count: (marks[m] ?? all).reduce((sum, mark) => sum + mark, 0),
    })
    const each = <T>(of: readonly (readonly [string, number])[], tell: (m: number) => T) =>
      Object.fromEntries(of.map(([type, m]) => [type, tell(m)]))
    return {
      name,
      ...told(places.all),
      victims: told(places.victims),
      byType: each(places.byType, told),
      victimsByType: each(places.victimsByType, told),
      firstVisits: { ...counted(places.first), byType: each(places.firstByType, counted) },
      laterVisits: { ...counted(places.later), byType: each(places.laterByType, counted) },
      ofActivity: each(places.ofActivity, told),
      auc: rocAuc(signInRanking),
      partialAuc: partialAuc(signInRanking, 0.01),
      averagePrecision: [
        averagePrecision(signInRanking, 1e-3),
        averagePrecision(signInRanking, 1e-4),
      ],
      curve: recallsAt(signInRanking, [isAttack], CURVE)[0] ?? [],
    }
  })
}

function typesOf(rows: readonly SignInRow[]): string[] {
  return [...new Set(rows.map(({ truth }) => truth.label))].sort()
}

/** Is the world hard? What simple ways of looking may find at most at 0.3 % false positives. */
export function bandsOf(results: readonly ContenderResult[], rates: readonly number[]): Band[] {
  return BANDS.map(([name, atMost]) => {
    const result = results.find((one) => one.name === name)
    const recall = result?.recall[rates.indexOf(0.003)] ?? Number.NaN
    return { name, recall, atMost, holds: recall <= atMost }
  })
}
