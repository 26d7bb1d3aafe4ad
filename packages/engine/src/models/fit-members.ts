import {
  fitRandomForestMember,
  fitUnlabelled,
  type OptionalMember,
  UNLABELLED,
  type Unlabelled,
} from '../lab/fit-member.ts'
import type { Population } from '../population/population.ts'
import {
  LABEL,
  newestSamples,
  type Samples,
  standing,
  unpackVector,
} from '../population/samples.ts'
import type { Member } from '../types.ts'
import { fitBoostedTrees, type Labelled, logisticSlopes } from './boosted-trees.ts'
import { fitStrangers } from './fit-strangers.ts'
import { feedbackMember } from './members.ts'
import { BACKGROUND, trustIn } from './said.ts'
import { SURPRISES, VECTOR } from './vector.ts'

/** Ordinary sign-ins from which on there is a forest and an autoencoder. */
const ENOUGH = 512
/** Of the models that learn what is usual, those that ship switched on. */
const SHIPPED: readonly Unlabelled[] = ['isolation_forest', 'autoencoder']
/** Verdicts of either kind from which on feedback is fitted. */
const FEW = 5
const SHAPE = { rounds: 60, depth: 3, rate: 0.1, restraint: 4, leaf: 8, monotone: SURPRISES }
/** Log odds a nat of score is worth, at least and at most. */
const SLOPE = { least: 0.3, most: 2 }

/** What members are fitted on. */
export type Training = Pick<Population, 'samples' | 'rehearsals'>

/**
 * Fits every member that there is enough to fit on; the same samples and seed give the same. Half of the ordinary samples
 * fit forest and autoencoder, the other half say what is usual (split conformal). `optional` names members that do not ship
 * switched on.
 */
export function fitMembers(
  training: Training,
  seed: number,
  optional: readonly OptionalMember[] = [],
): readonly Member[] {
  const samples = newestSamples(training.samples)
  const ordinary = samples.ordinary
    .filter(({ vector }) => vector.length === VECTOR.length)
    .map(({ vector }) => unpackVector(vector))
  return [
    ...fitUsual(
      ordinary,
      seed,
      UNLABELLED.filter((name) => SHIPPED.includes(name) || optional.some((one) => one === name)),
    ),
    ...fitStrangers(training.rehearsals, samples.uncommon, ordinary),
    ...fitFeedback(samples, ordinary),
    ...(optional.includes('random_forest') ? fitForest(samples, ordinary, seed) : []),
  ]
}

function fitUsual(
  ordinary: readonly Float64Array[],
  seed: number,
  names: readonly Unlabelled[],
): readonly Member[] {
  if (ordinary.length < ENOUGH) return []
  const half = (which: number) => ordinary.filter((_, i) => i % 2 === which)
  const [fitOn, compareWith] = [half(0), half(1)]
  return names.map((name) => fitUnlabelled(name, fitOn, compareWith, seed))
}

function fitForest(
  samples: Samples,
  ordinary: readonly Float64Array[],
  seed: number,
): readonly Member[] {
  const judged = judgedOf(samples)
  const member = fitRandomForestMember(
    {
      vectors: judged.map(({ vector }) => unpackVector(vector)),
      targets: judged.map(({ label }) => (label === LABEL.compromised ? 1 : 0)),
    },
    ordinary,
    seed,
  )
  return member === null ? [] : [member]
}

function judgedOf(samples: Samples) {
  return standing(samples.judged).filter(({ vector }) => vector.length === VECTOR.length)
}

/**
 * Trees on people's verdicts, on top of the score that the sign-ins had: what they add is what the score did not know. The
 * score's own slope into log odds is fitted first, so that trees speak in its nats.
 */
function fitFeedback(samples: Samples, ordinary: readonly Float64Array[]): readonly Member[] {
  const judged = judgedOf(samples)
  const attacks = judged.filter(({ label }) => label === LABEL.compromised).length
  if (Math.max(attacks, judged.length - attacks) < FEW) return []
  const targets = judged.map(({ label }) => (label === LABEL.compromised ? 1 : 0))
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
