import { describe, expect, test } from 'vitest'
import { logisticLoss } from '../models/boosted-trees.ts'
import { momentsOf } from '../models/standardise.ts'
import { findRegions, fitDbscan } from './dbscan.ts'
import { fitKMeans, settleCentres } from './k-means.ts'
import { rank, rocAuc } from './metrics.ts'
import { fitPca, pcaError } from './pca.ts'
import { pointsOf } from './points.ts'
import { fitRandomForest, forestShare } from './random-forest.ts'
import reference from './scikit-learn.json' with { type: 'json' }

const { rows } = reference
const moments = momentsOf(rows)
const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length

/** The reference figures are of scikit-learn 1.9.1 (bench/reference/lab.py). */
describe('beside scikit-learn', () => {
  test('principal components have the same variances, directions and errors', () => {
    const all = fitPca(rows, 1)
    for (const [k, variance] of reference.pca.variances.entries())
      expect(all.variances[k]).toBeCloseTo(variance, 5)
    for (const [k, theirs] of reference.pca.components.entries()) {
      const mine = Array.from(all.components.subarray(5 * k, 5 * k + 5))
      const along = mine.reduce((sum, one, i) => sum + one * (theirs[i] ?? 0), 0)
      expect(Math.abs(along)).toBeCloseTo(1, 5)
    }
    const two = { ...all, components: all.components.slice(0, 10) }
    for (const [i, row] of rows.entries())
      expect(pcaError(two, row)).toBeCloseTo(reference.pca.errors[i] ?? Number.NaN, 4)
  })

  test('k-means ends in the same centres from the same beginning, and finds as good a beginning', () => {
    const points = pointsOf(rows, moments)
    const { centres, inertia } = settleCentres(
      points,
      Float64Array.from(reference.kMeans.start.flat()),
      300,
    )
    for (const [i, one] of reference.kMeans.centres.flat().entries())
      expect(centres[i]).toBeCloseTo(one, 5)
    expect(inertia).toBeCloseTo(reference.kMeans.inertia, 3)
    const own = fitKMeans(rows, 1, { groups: 4, starts: 20, rounds: 300 })
    expect(own.inertia).toBeLessThan(reference.kMeans.best * 1.001)
  })

  test('DBSCAN finds the same cores, regions and noise', () => {
    const points = pointsOf(rows, moments)
    const { labels, isCore } = findRegions(points, 0.55, 6)
    const cores = [...isCore.keys()].filter((i) => isCore[i] === 1)
    expect(cores).toEqual(reference.dbscan.cores)
    expect(Array.from(labels)).toEqual(reference.dbscan.labels)
    const model = fitDbscan(rows, 1, { reach: 0.55, neighbours: 6 })
    expect(model.cores.length).toBe(5 * cores.length)
    expect(model.clusters).toBe(1 + Math.max(...reference.dbscan.labels))
  })

  const { forest } = reference
  const counts = forest.trainRows.map(() => 1)
  const samples = { rows: forest.trainRows, targets: forest.trainTargets, counts }

  test('one tree on everything says the same', () => {
    const { forest: tree } = fitRandomForest(samples, 1, {
      trees: 1,
      depth: 4,
      leaf: 10,
      choices: 4,
      draw: 'all',
    })
    const off = forest.testRows.map((row, i) => forestShare(tree, row) - (forest.tree[i] ?? 0))
    expect(off.filter((one) => Math.abs(one) < 1e-4).length / off.length).toBeGreaterThan(0.97)
  })

  test('a random forest gives each sample the same share within the error of ten seeds', () => {
    const each = Array.from({ length: 10 }, (_, seed) => {
      const { forest: one } = fitRandomForest(samples, seed + 1, { choices: 2 })
      return forest.testRows.map((row) => forestShare(one, row))
    })
    const mine = forest.testRows.map((_, i) => mean(each.map((one) => one[i] ?? 0)))
    const errors = mine.map((one, i) => {
      const own = each.map((shares) => ((shares[i] ?? 0) - one) ** 2)
      const variance = own.reduce((sum, x) => sum + x, 0) / 9
      return (
        (one - (forest.mean[i] ?? 0)) / Math.sqrt((variance + (forest.deviation[i] ?? 0) ** 2) / 10)
      )
    })
    expect(errors.filter((one) => Math.abs(one) < 4).length).toBeGreaterThan(0.97 * errors.length)
    const odds = mine.map((share) => Math.log(share / (1 - share)))
    const loss = logisticLoss(odds, {
      targets: forest.testTargets,
      counts: odds.map(() => 1),
    })
    expect(Math.abs(loss - forest.logLoss)).toBeLessThan(0.01)
    const auc = rocAuc(rank(Float64Array.from(mine), Uint8Array.from(forest.testTargets)))
    expect(Math.abs(auc - forest.auc)).toBeLessThan(0.005)
  })
})
