import { decodeMember, type Interval } from '@gatewatch/engine/lab'
import { compare, LAB_RATES, signInUnits } from './compare.ts'
import { seenBetween } from './seen.ts'
import type { LabTable } from './table.ts'
import { fitAll, forestTask, type TrainOptions } from './train.ts'

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
export async function learnFromVerdicts(
  table: LabTable,
  { seed, verdicts, hasLabels }: Pick<TrainOptions, 'seed' | 'verdicts' | 'hasLabels'>,
): Promise<readonly VerdictsRow[]> {
  if (!hasLabels) return []
  const all = seenBetween(table, table.windows[0], table.windows[1])
  const at = LAB_RATES.indexOf(0.003)
  const tasks = [1 / 8, 1 / 4, 1 / 2, 1, 2].map((part) =>
    forestTask(all, Math.round(part * verdicts), seed),
  )
  const outcomes = await fitAll(tasks)
  return tasks.flatMap(({ judged }, i) => {
    const outcome = outcomes[i]
    if (outcome === undefined || 'why' in outcome) return []
    const member = decodeMember(outcome.bytes)
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
        verdicts: judged.vectors.length,
        attacks: Array.from(judged.targets).filter((one) => one === 1).length,
        alone: recall[at] ?? Number.NaN,
        together: together[at] ?? Number.NaN,
        gain,
        told,
      },
    ]
  })
}
