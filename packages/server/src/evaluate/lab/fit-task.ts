import {
  decodeMember,
  encodeLstm,
  fitLstm,
  fitRandomForestMember,
  fitUnlabelled,
  type Judged,
  type LearningStep,
  rank,
  rocAuc,
  type Unlabelled,
} from '@gatewatch/engine/lab'
import type { Names } from './sequences.ts'

/** Sign-ins whose truth is known: 1 for an attack, else 0. */
export interface Marked {
  readonly vectors: readonly Float64Array[]
  readonly isAttack: readonly number[]
}

/** What one model is fitted on. Plain data: it goes to a thread. */
export type FitTask = UnlabelledTask | ForestTask | SequenceTask

/** Half of the samples fit the model, the other half say what is usual. */
export interface UnlabelledTask {
  readonly name: Unlabelled
  readonly seed: number
  readonly fitOn: readonly Float64Array[]
  readonly compareWith: readonly Float64Array[]
  /** What its area under the ROC curve is told of. */
  readonly toldOf?: readonly Marked[]
}

/** Verdicts, and ordinary sign-ins beside them. */
export interface ForestTask {
  readonly name: 'random_forest'
  readonly seed: number
  readonly judged: Judged
  readonly ordinary: readonly Float64Array[]
}

interface SequenceTask {
  readonly name: 'lstm'
  readonly seed: number
  readonly sequences: readonly Uint16Array[]
  readonly names: Names
}

/** A fitted model as bytes, or why it could not be fitted. */
export type FitOutcome =
  | {
      readonly bytes: Uint8Array
      readonly seconds: number
      /** Of the model of sequences: its loss round by round. */
      readonly curve: readonly LearningStep[]
      /** Areas under the ROC curve, in the order of `toldOf`. */
      readonly auc: readonly number[]
    }
  | { readonly why: string }

/** Fits one model. `progress` hears the share done, 0-1. */
export function runFit(task: FitTask, progress: (share: number) => void): FitOutcome {
  const begun = performance.now()
  try {
    const { bytes, curve = [] } = fit(task, progress)
    const seconds = (performance.now() - begun) / 1000
    const auc = 'toldOf' in task ? (task.toldOf ?? []).map((told) => aucOf(bytes, told)) : []
    return { bytes, seconds, curve, auc }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { why: error.message }
  } finally {
    progress(1)
  }
}

function fit(
  task: FitTask,
  progress: (share: number) => void,
): { readonly bytes: Uint8Array; readonly curve?: readonly LearningStep[] } {
  const { seed } = task
  switch (task.name) {
    case 'random_forest': {
      const member = fitRandomForestMember(task.judged, task.ordinary, seed, progress)
      if (member !== null) return { bytes: member.encode() }
      const { length } = task.judged.vectors
      throw new RangeError(`fewer than five of the ${length} strangest sign-ins are attacks`)
    }
    case 'lstm': {
      const { sequences, names } = task
      const { model, curve } = fitLstm(sequences, names.length, seed, {}, progress)
      return { bytes: encodeLstm(model, names), curve }
    }
    default: {
      const { name, fitOn, compareWith } = task
      return { bytes: fitUnlabelled(name, fitOn, compareWith, seed).encode() }
    }
  }
}

/** The area under the ROC curve of a member on some sign-ins; NaN where they hold no attack. */
export function aucOf(bytes: Uint8Array, { vectors, isAttack }: Marked): number {
  const member = decodeMember(bytes)
  return rocAuc(
    rank(
      vectors.map((vector) => member.points(vector)),
      isAttack,
    ),
  )
}
