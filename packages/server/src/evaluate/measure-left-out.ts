import { rank, recallsAt } from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { Trial } from './trial.ts'

/** A trained head that never met one type of attack, on that very type. */
export interface LeftOutRow {
  readonly type: string
  /** What was trained: the label-free head, whose rehearsals play types, or the oracle, which is told them. */
  readonly trained: string
  /** Recall of the type at each rate: trained on everything, and with the type left out. */
  readonly withIt: readonly number[]
  readonly without: readonly number[]
}

/** Recall of each type of attack by heads that were trained without it. */
export function measureLeftOut(trial: Trial, rates: readonly number[]): LeftOutRow[] {
  const { signIns, names } = trial
  const isAttack = Uint8Array.from(signIns, (row) => (isHostile(row) ? 1 : 0))
  const recallOf = (column: number, type: string) => {
    const mark = Uint8Array.from(signIns, ({ truth }) => (truth.label === type ? 1 : 0))
    const scores = signIns.map((row) => row.scores[column] ?? Number.NaN)
    return recallsAt(rank(scores, isAttack), [mark], rates)[0] ?? []
  }
  const present = new Set(signIns.map(({ truth }) => truth.label))
  return trial.leftOut
    .filter(({ type }) => present.has(type))
    .map(({ type, trained, column }) => ({
      type,
      trained,
      withIt: recallOf(names.indexOf(trained), type),
      without: recallOf(column, type),
    }))
}
