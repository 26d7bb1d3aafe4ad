import type { Interval } from '@gatewatch/engine/lab'
import { compare, LAB_RATES, signInUnits } from './compare.ts'
import type { LabTable } from './table.ts'
import { background, forestFrom, seenBetween, strangest, type TrainOptions } from './train.ts'

/** What a random forest from so many verdicts finds at 0.3 % false positives, shares 0-1. */
export interface VerdictsRow {
  readonly verdicts: number
  readonly attacks: number
  readonly alone: number
  readonly together: number
  readonly gain: { readonly gain: number; readonly interval: Interval }
  /** The same at a weight of 0.2. */
  readonly told: { readonly gain: number; readonly interval: Interval }
}

/** The learning curve of a random forest: an eighth, a quarter, half of the verdicts, all, and twice as many. */
export function learnFromVerdicts(
  table: LabTable,
  { seed, verdicts, hasLabels }: Pick<TrainOptions, 'seed' | 'verdicts' | 'hasLabels'>,
): readonly VerdictsRow[] {
  if (!hasLabels) return []
  const all = seenBetween(table, table.windows[0], table.windows[1])
  const at = LAB_RATES.indexOf(0.003)
  return [1 / 8, 1 / 4, 1 / 2, 1, 2].flatMap((part) => {
    const judged = strangest(all, Math.round(part * verdicts))
    const member = forestFrom(judged, background(all, judged), seed)
    if (member === null) return []
    const units = signInUnits(table, {
      name: 'random_forest',
      points: (vector) => member.points(vector),
    })
    const { recall, together, gain, told } = compare(
      'random_forest',
      'sign-ins',
      units,
      table.windows,
    )
    return [
      {
        verdicts: judged.length,
        attacks: judged.filter(({ label }) => label !== 'benign').length,
        alone: recall[at] ?? Number.NaN,
        together: together[at] ?? Number.NaN,
        gain,
        told,
      },
    ]
  })
}
