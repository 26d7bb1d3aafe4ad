import { catalogue } from '@gatewatch/engine'
import { rank, recallsAt } from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { SignInRow } from './trial.ts'

/** What one term does for the ensemble's score of sign-ins. */
export interface TermImportance {
  readonly term: string
  readonly label: string
  readonly group: string
  /** Mean points it gives attacks beyond what it gives benign sign-ins, nats: its additive share of the distance. */
  readonly distance: number
  /** Recall lost at 0.3 % false positives when its points are dealt out anew among all sign-ins (permutation). */
  readonly permutation: number
}

/** What is left when one part of the score is silent. */
export interface AblationRow {
  readonly without: string
  /** Recall at each rate. */
  readonly recall: readonly number[]
}

/** What each part of the score is worth on sign-ins. */
export interface ImportanceSection {
  readonly terms: readonly TermImportance[]
  /** The first row is the whole score. */
  readonly ablation: readonly AblationRow[]
}

const AT_RATE = 0.003
const JOINT = ['together', 'late_together']

/**
 * Importance and ablation of the ensemble by scoring anew what was stored: the score is a sum, so a part is taken out
 * exactly. What was learned under the whole score is not played again, so the learning gate is as it was.
 */
export function measureImportance(
  signIns: readonly SignInRow[],
  rates: readonly number[],
  seed: number,
): ImportanceSection {
  const isAttack = Uint8Array.from(signIns, (row) => (isHostile(row) ? 1 : 0))
  const whole = Float64Array.from(signIns, (row) => row.scores[0] ?? Number.NaN)
  const recall = (scores: Float64Array) =>
    recallsAt(rank(scores, isAttack), [isAttack], rates)[0] ?? []
  const reference = recall(whole)
  const at = rates.indexOf(AT_RATE)
  const order = shuffled(signIns.length, seed)
  const attacks = isAttack.reduce((sum, one) => sum + one, 0)

  const terms = [...catalogue.entries()].flatMap(([i, { name, label, group }]) => {
    const points = Float64Array.from(signIns, (row) => row.points[i] ?? 0)
    if (!points.some((one) => one !== 0)) return []
    const dealt = whole.map(
      (score, row) => score - (points[row] ?? 0) + (points[order[row] ?? 0] ?? 0),
    )
    let distance = 0
    for (const [row, one] of points.entries())
      distance += isAttack[row] ? one / attacks : -one / (points.length - attacks)
    const permutation = (reference[at] ?? Number.NaN) - (recall(dealt)[at] ?? Number.NaN)
    return [{ term: name, label, group, distance, permutation }]
  })
  const without = (name: string, part: (row: SignInRow) => number): AblationRow => ({
    without: name,
    recall: recall(Float64Array.from(signIns, (row, i) => (whole[i] ?? 0) - part(row))),
  })
  const sumOf = (test: (name: string, group: string) => boolean) => {
    const indexes = [...catalogue.entries()].flatMap(([i, { name, group }]) =>
      test(name, group) ? [i] : [],
    )
    return ({ points }: SignInRow) => indexes.reduce((sum, i) => sum + (points[i] ?? 0), 0)
  }
  const groups = [...new Set(terms.map(({ group }) => group))].filter((one) => one !== 'ensemble')
  const members = terms.filter(({ group }) => group === 'ensemble')
  return {
    terms: terms.sort((a, b) => b.permutation - a.permutation || b.distance - a.distance),
    ablation: [
      { without: 'nothing', recall: reference },
      ...groups.map((group) =>
        without(
          // a joint pattern of a silent part is silent too
          group === 'network' || group === 'device' ? `${group} (and what joins it)` : group,
          sumOf(
            (name, of) =>
              (of === group && !JOINT.includes(name)) ||
              ((group === 'network' || group === 'device') && JOINT.includes(name)),
          ),
        ),
      ),
      without(
        'joint patterns',
        sumOf((name) => JOINT.includes(name)),
      ),
      without('rules', ({ named }) => named),
      ...members.map(({ term, label }) =>
        without(
          label,
          sumOf((name) => name === term),
        ),
      ),
    ],
  }
}

/** A permutation of 0 to size - 1, wholly determined by the seed. */
function shuffled(size: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, i) => i)
  let dice = (seed + 1) >>> 0
  for (let i = size - 1; i > 0; i--) {
    dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0
    const j = Math.floor((dice / 2 ** 32) * (i + 1))
    const other = order[j] ?? 0
    order[j] = order[i] ?? 0
    order[i] = other
  }
  return order
}
