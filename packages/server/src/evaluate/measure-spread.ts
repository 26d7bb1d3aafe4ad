import { isHostile } from './rows.ts'
import type { SignInRow } from './trial.ts'

/** Shares of sign-ins by the ensemble's score, in steps of equal width; what lies beyond an end is in its last step. */
export interface Spread {
  readonly from: number
  readonly step: number
  readonly benign: readonly number[]
  readonly attacks: readonly number[]
}

const FROM = -15
const STEP = 1.5
const STEPS = 40

/** How the ensemble's scores (column 0) are spread, benign and attacks apart. */
export function spreadOf(signIns: readonly SignInRow[]): Spread {
  const shares = (wanted: boolean) => {
    const counts = new Array<number>(STEPS).fill(0)
    const those = signIns.filter((row) => isHostile(row) === wanted)
    for (const { scores } of those) {
      const step = Math.floor(((scores[0] ?? 0) - FROM) / STEP)
      const at = Math.max(0, Math.min(STEPS - 1, step))
      counts[at] = (counts[at] ?? 0) + 1 / those.length
    }
    return counts
  }
  return { from: FROM, step: STEP, benign: shares(false), attacks: shares(true) }
}
