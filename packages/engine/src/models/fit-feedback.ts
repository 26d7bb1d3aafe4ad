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
import { raised, sumOfTrees } from './trees.ts'
import { SURPRISES, VECTOR } from './vector.ts'

/** Verdicts of either kind from which on feedback is fitted. */
const FEW = 5
const SHAPE = { rounds: 60, depth: 3, rate: 0.1, restraint: 4, leaf: 8, monotone: SURPRISES }
/** Log odds a nat of score is worth, at least and at most. */
const SLOPE = { least: 0.3, most: 2 }
/** Most log odds, either way, at the mean score. */
const MIDDLE = 6
/** Most log odds of an attack that ordinary sign-ins start with: where people judged what is strange alone, a flat slope says nothing of them. */
const RARE = -6
/** How strongly the slope is held to 1. */
const RESTRAINT = 0.1
/** Steps after which bounds are a millionth of a nat apart. */
const HALVINGS = 24

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
 * score's own slope into log odds is fitted first, so that trees speak in its nats. Over ordinary sign-ins they say nothing in the
 * mean. None with fewer than five verdicts of either kind.
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
      ...ordinary.map(() => Math.min(RARE, slope * lowest + offset)),
    ],
  }
  const trees = fitBoostedTrees(labelled, SHAPE)
  const usual = ordinary.reduce((sum, one) => sum + sumOfTrees(trees, one), 0)
  // what is said of every sign-in alike is no knowledge, and would mute the score until risk had followed it
  const centred = raised(trees, -usual / Math.max(1, ordinary.length))
  return [feedbackMember(centred, trustIn(judged.length) / slope)]
}

/**
 * Log odds of an attack by score among judged sign-ins (Platt 1999, with his targets a little inside 0 and 1), the slope held
 * towards 1 and within bounds. Where verdicts contradict the score, Newton steps run from one bound to the other; the loss
 * is convex, so halving finds where its derivatives vanish whatever people said.
 */
function fitSlope(scores: readonly number[], targets: readonly number[]) {
  const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length
  const attacks = targets.reduce((sum, one) => sum + one, 0)
  const inside = [1 / (targets.length - attacks + 2), (attacks + 1) / (attacks + 2)] as const
  const rising = (slope: number, middle: number, isBySlope: boolean) =>
    scores.reduce((sum, score, i) => {
      const x = score - mean
      const [first] = logisticSlopes(slope * x + middle, inside[targets[i] === 1 ? 1 : 0])
      return sum + first * (isBySlope ? x : 1)
    }, 0)
  const middleAt = (slope: number) =>
    zeroOf((middle) => rising(slope, middle, false), -MIDDLE, MIDDLE)
  const slope = zeroOf(
    (one) => RESTRAINT * (one - 1) + rising(one, middleAt(one), true),
    SLOPE.least,
    SLOPE.most,
  )
  return { slope, offset: middleAt(slope) - slope * mean }
}

/** Where a function that never falls passes 0 between two bounds, by halving; the bound itself where it does not. */
function zeroOf(rising: (x: number) => number, low: number, high: number): number {
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2
    if (rising(middle) > 0) high = middle
    else low = middle
  }
  return (low + high) / 2
}
