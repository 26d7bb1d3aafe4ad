import { type LabModel, UNLABELLED, VECTOR } from '@gatewatch/engine/lab'
import { aucOf, type UnlabelledTask } from './fit-task.ts'
import type { VerdictsRow } from './learn-verdicts.ts'
import { markedOf, measuredOn, some } from './seen.ts'
import type { LabTable } from './table.ts'
import { fitAll, halves, learnedFrom, type TrainedAll, type TrainOptions } from './train.ts'

/** How well a model does by how much it learned from. */
export interface LearningCurve {
  readonly name: LabModel
  /** What is counted along the curve, and what is told. */
  readonly by: 'sign-ins' | 'verdicts' | 'rounds'
  readonly told: 'area under the ROC curve' | 'found at 0.3 %' | 'nats a token'
  readonly lines: readonly {
    readonly name: string
    readonly points: readonly (readonly [by: number, told: number])[]
  }[]
}

/** Shares of the sign-ins that models are fitted on beside all of them. */
const PARTS = [1 / 16, 1 / 8, 1 / 4, 1 / 2] as const

/**
 * The learning curve of every model that was trained: of those without labels the area under the ROC curve by the sign-ins learned
 * from, on days learned from and on days judged; of the random forest attacks found by verdicts; of the LSTM its loss by rounds.
 */
export async function learningCurves(
  table: LabTable,
  trained: TrainedAll,
  verdicts: readonly VerdictsRow[],
  options: TrainOptions,
): Promise<readonly LearningCurve[]> {
  const unlabelled = options.hasLabels ? await curvesOfUnlabelled(table, trained, options) : []
  const { curve } = trained
  const rounds = (read: (step: (typeof curve)[number]) => number) =>
    curve.map((step, i) => [i + 1, read(step)] as const)
  const byVerdicts = (read: (row: VerdictsRow) => number) =>
    verdicts.map((row) => [row.verdicts, read(row)] as const)
  const others: readonly LearningCurve[] = [
    {
      name: 'random_forest',
      by: 'verdicts',
      told: 'found at 0.3 %',
      lines: [
        { name: 'with the ensemble', points: byVerdicts((row) => row.together) },
        { name: 'alone', points: byVerdicts((row) => row.alone) },
      ],
    },
    {
      name: 'lstm',
      by: 'rounds',
      told: 'nats a token',
      lines: [
        { name: 'sequences held back', points: rounds(({ held }) => held) },
        { name: 'sequences learned from', points: rounds(({ fitted }) => fitted) },
      ],
    },
  ]
  return [...unlabelled, ...others].filter(({ lines: [line] }) => (line?.points.length ?? 0) > 1)
}

async function curvesOfUnlabelled(
  table: LabTable,
  trained: TrainedAll,
  options: TrainOptions,
): Promise<readonly LearningCurve[]> {
  const [from, until, test, to] = table.windows
  const those = learnedFrom(table, options)
  const toldOf = [measuredOn(table, test, to), measuredOn(table, from, until)].map(markedOf)
  const parts = PARTS.map((part) => some(those, Math.floor(part * those.length))).filter(
    ({ length }) => length > VECTOR.length,
  )
  const { seed } = options
  const tasks = UNLABELLED.flatMap((name) =>
    parts.map((part): UnlabelledTask => ({ name, seed, ...halves(part), toldOf })),
  )
  const outcomes = await fitAll(tasks, options.progress)
  return UNLABELLED.map((name) => {
    const points = parts.flatMap((part, p) => {
      const outcome = outcomes[UNLABELLED.indexOf(name) * parts.length + p]
      return outcome === undefined || 'why' in outcome ? [] : [[part.length, outcome.auc] as const]
    })
    const whole = trained.models.find((one) => one.name === name)
    if (whole !== undefined) {
      const auc = toldOf.map((told) => aucOf(whole.bytes, told))
      points.push([whole.samples, auc])
    }
    const line = (at: number) =>
      points.map(([samples, auc]) => [samples, auc[at] ?? Number.NaN] as const)
    return {
      name,
      by: 'sign-ins',
      told: 'area under the ROC curve',
      lines: [
        { name: 'days judged', points: line(0) },
        { name: 'days learned from', points: line(1) },
      ],
    }
  })
}
