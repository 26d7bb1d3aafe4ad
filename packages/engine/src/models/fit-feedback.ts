import {
  type JudgedSample,
  LABEL,
  type Samples,
  standing,
  unpackVector,
} from '../population/samples.ts'
import type { Member } from '../types.ts'
import { fitBoostedTrees, type Labelled, logisticSlopes } from './boosted-trees.ts'
import { feedbackMember } from './members.ts'
import { BACKGROUND, trustIn } from './said.ts'
import { SURPRISES, VECTOR } from './vector.ts'

/** Verdicts of either kind from which on feedback is fitted. */
const FEW = 5
const SHAPE = { rounds: 60, depth: 3, rate: 0.1, restraint: 4, leaf: 8, monotone: SURPRISES }
/** Log odds a nat of score is worth, at least and at most. */
const SLOPE = { least: 0.3, most: 2 }

/** Sign-ins that people judged, as their verdicts stand. */
export function judgedOf(samples: Samples): readonly JudgedSample[] {
  return standing(samples.judged).filter(({ vector }) => vector.length === VECTOR.length)
}

/** 1 for each that is an attack, else 0. */
export function targetsOf(judged: readonly JudgedSample[]): readonly number[] {
  return judged.map(({ label }) => (label === LABEL.compromised ? 1 : 0))
}

/**
 * Trees on people's verdicts, on top of the score that the sign-ins had: what they add is what the score did not know. The
 * score's own slope into log odds is fitted first, so that trees speak in its nats. None with fewer than five verdicts of either kind.
 */
export function fitFeedback(
  judged: readonly JudgedSample[],
  ordinary: readonly Float64Array[],
): readonly Member[] {
  const targets = targetsOf(judged)
  const attacks = targets.reduce((sum, one) => sum + one, 0)
  if (Math.max(attacks, judged.length - attacks) < FEW) return []
  const scores = judged.map(({ score }) => score)
  const { slope, offset } = fitSlope(scores, targets)
  const lowest = scores.reduce((least, one) => Math.min(least, one), 0)
  const labelled: Labelled = {
    rows: [...judged.map(({ vector }) => unpackVector(vector)), ...ordinary],
    targets: [...targets, ...ordinary.map(() => 0)],
    counts: [...judged.map(() => 1), ...ordinary.map(() => BACKGROUND / ordinary.length)],
    before: [
      ...scores.map((score) => slope * score + offset),
      ...ordinary.map(() => slope * lowest + offset),
    ],
  }
  const trees = fitBoostedTrees(labelled, SHAPE)
  return [feedbackMember(trees, trustIn(judged.length) / slope)]
}

/** Log odds of an attack by score among judged sign-ins (Platt 1999), by Newton steps, the slope within bounds. */
function fitSlope(scores: readonly number[], targets: readonly number[]) {
  const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length
  const share = (targets.reduce((sum, one) => sum + one, 0) + 1) / (targets.length + 2)
  let slope = 1
  let middle = Math.log(share / (1 - share))
  for (let step = 0; step < 30; step++) {
    let [a, b, aa, ab, bb] = [0.1 * (slope - 1), 0, 0.1, 0, 0.1]
    for (const [i, score] of scores.entries()) {
      const x = score - mean
      const [first, second] = logisticSlopes(slope * x + middle, targets[i] ?? 0)
      a += first * x
      b += first
      aa += second * x * x
      ab += second * x
      bb += second
    }
    const determinant = aa * bb - ab * ab
    slope -= (bb * a - ab * b) / determinant
    middle -= (aa * b - ab * a) / determinant
    slope = Math.max(SLOPE.least, Math.min(SLOPE.most, slope))
    middle = Math.max(-6, Math.min(6, middle))
  }
  return { slope, offset: middle - slope * mean }
}
