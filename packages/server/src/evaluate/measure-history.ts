import { type Ranking, thresholdAt } from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { SignInRow } from './trial.ts'

/** The ensemble on identities with so much history, at each rate's threshold common to all. */
export interface HistoryRow {
  readonly history: string
  readonly recall: readonly number[]
  readonly falsePositives: readonly number[]
}

const HISTORIES: readonly (readonly [name: string, below: number])[] = [
  ['under 3', 3],
  ['3 to 10', 10],
  ['10 to 30', 30],
  ['over 30', Number.POSITIVE_INFINITY],
]

/** How the ensemble (column 0, whose ranking is given) fares with identities of short and long history. */
export function recallByHistory(
  signIns: readonly SignInRow[],
  ranking: Ranking,
  rates: readonly number[],
): HistoryRow[] {
  const scores = signIns.map((row) => row.scores[0] ?? Number.NaN)
  const thresholds = rates.map((rate) => thresholdAt(ranking, scores, rate))
  return HISTORIES.map(([history, below], i) => {
    const from = HISTORIES[i - 1]?.[1] ?? 0
    const rows = signIns.filter((row) => row.history >= from && row.history < below)
    const above = (wanted: boolean) =>
      thresholds.map((threshold) => {
        const those = rows.filter((row) => isHostile(row) === wanted)
        return those.filter((row) => (row.scores[0] ?? 0) >= threshold).length / those.length
      })
    return { history, recall: above(true), falsePositives: above(false) }
  })
}
