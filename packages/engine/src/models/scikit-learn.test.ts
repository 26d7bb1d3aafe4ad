import { describe, expect, test } from 'vitest'
import { rank, rocAuc } from '../lab/metrics.ts'
import { fitBoostedTrees, logisticLoss } from './boosted-trees.ts'
import { fitIsolationForest, isolationScore } from './isolation-forest.ts'
import reference from './scikit-learn.json' with { type: 'json' }
import { sumOfTrees } from './trees.ts'

const SEEDS = 10
const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length

function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)]
  const sum = (f: (x: number, y: number) => number) =>
    a.reduce((total, x, i) => total + f(x - ma, (b[i] ?? 0) - mb), 0)
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y))
}

const rows = (table: readonly (readonly (number | null)[])[]) =>
  table.map((row) => row.map((value) => value ?? Number.NaN))

/** The reference figures are of scikit-learn 1.9.1 (bench/reference/scikit-learn.py). */
describe('beside scikit-learn', () => {
  test('the isolation forest gives each sample the same score within the error of ten seeds', () => {
    const { rows: samples, mean: theirs, deviation } = reference.forest
    const mine = Array.from({ length: SEEDS }, (_, seed) => {
      const forest = fitIsolationForest(samples, seed + 1)
      return samples.map((sample) => isolationScore(forest, sample))
    })
    const means = samples.map((_, i) => mean(mine.map((scores) => scores[i] ?? 0)))
    expect(correlation(means, theirs)).toBeGreaterThan(0.998)
    const errors = means.map((one, i) => {
      const own = mine.map((scores) => ((scores[i] ?? 0) - one) ** 2)
      const variance = own.reduce((sum, x) => sum + x, 0) / (SEEDS - 1)
      return (one - (theirs[i] ?? 0)) / Math.sqrt((variance + (deviation[i] ?? 0) ** 2) / SEEDS)
    })
    // differences in standard errors: of many comparisons nearly all within three, none lopsided
    expect(errors.filter((one) => Math.abs(one) < 3).length).toBeGreaterThan(0.97 * errors.length)
    expect(Math.abs(mean(means) - mean(theirs))).toBeLessThan(0.003)
  })

  test('boosted trees tell as much apart as its histogram gradient boosting', () => {
    const { boosting } = reference
    const train = rows(boosting.trainRows)
    const share = mean(boosting.trainTargets)
    const start = Math.log(share / (1 - share))
    const trees = fitBoostedTrees(
      {
        rows: train,
        targets: boosting.trainTargets,
        counts: train.map(() => 1),
        before: train.map(() => start),
      },
      { rounds: 60, depth: 3, rate: 0.1, restraint: 1, leaf: 20, monotone: [1, 0, 0, 0] },
    )
    const odds = rows(boosting.testRows).map((row) => start + sumOfTrees(trees, row))
    const counts = odds.map(() => 1)
    const targets = boosting.testTargets
    const loss = logisticLoss(odds, { targets, counts })
    // the standard error of the paired difference of a thousand losses
    const pair = odds.map((one, i) => {
      const target = { targets: [targets[i] ?? 0], counts: [1] }
      return logisticLoss([one], target) - logisticLoss([boosting.odds[i] ?? 0], target)
    })
    const spread = Math.sqrt(mean(pair.map((one) => (one - mean(pair)) ** 2)) / pair.length)
    expect(Math.abs(loss - boosting.logLoss)).toBeLessThan(3 * spread + 0.001)
    const auc = rocAuc(rank(Float64Array.from(odds), Uint8Array.from(targets)))
    expect(Math.abs(auc - boosting.auc)).toBeLessThan(0.008)
    expect(correlation(odds, boosting.odds)).toBeGreaterThan(0.98)
  })
})
