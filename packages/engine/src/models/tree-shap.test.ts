import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitIsolationForest } from './isolation-forest.ts'
import { seededRandom } from './random.ts'
import { treeShap } from './tree-shap.ts'
import { sumOfTrees, type Trees } from './trees.ts'

/** What the trees say where only some features are known, by the definition: others go both ways, by cover. */
function known(trees: Trees, sample: readonly number[], set: ReadonlySet<number>): number {
  const below = (node: number): number => {
    const split = trees.feature[node] as number
    if (split < 0) return trees.threshold[node] as number
    const [low, high] = [trees.child[node] as number, (trees.child[node] as number) + 1]
    if (set.has(split)) {
      const value = sample[split] as number
      if (Number.isNaN(value)) return below(low + (trees.heavy[node] as number))
      return below(value > (trees.threshold[node] as number) ? high : low)
    }
    const [a, b] = [trees.cover[low] as number, trees.cover[high] as number]
    return (a * below(low) + b * below(high)) / (a + b)
  }
  return trees.roots.reduce((sum, root) => sum + below(root), 0)
}

/** Shapley values by their definition, over all subsets. */
function bruteForce(trees: Trees, sample: readonly number[]): number[] {
  const n = sample.length
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1))
  return sample.map((_, feature) => {
    let share = 0
    for (let mask = 0; mask < 1 << n; mask++) {
      if ((mask >> feature) & 1) continue
      const set = new Set(sample.map((_, i) => i).filter((i) => (mask >> i) & 1))
      const weight = (factorial(set.size) * factorial(n - set.size - 1)) / factorial(n)
      const without = known(trees, sample, set)
      share += weight * (known(trees, sample, set.add(feature)) - without)
    }
    return share
  })
}

const random = seededRandom(4)
const row = () =>
  Array.from({ length: 4 }, (_, k) => (k === 3 && random() < 0.3 ? Number.NaN : random() ** 2))
const value = fc.oneof(fc.double({ min: -1, max: 2, noNaN: true }), fc.constant(Number.NaN))

test('shares are Shapley values by their definition, unknown values included', () => {
  const forest = fitIsolationForest(Array.from({ length: 60 }, row), 3, {
    trees: 4,
    sampleSize: 24,
  })
  const shares = new Float64Array(4)
  fc.assert(
    fc.property(fc.tuple(value, value, value, value), (sample) => {
      const expected = treeShap(forest.trees, sample, shares)
      expect(expected).toBeCloseTo(known(forest.trees, sample, new Set()), 9)
      for (const [k, share] of bruteForce(forest.trees, sample).entries()) {
        expect(shares[k]).toBeCloseTo(share, 9)
      }
    }),
    { numRuns: 60 },
  )
})

test('shares of a whole forest add up to what it says', () => {
  const forest = fitIsolationForest(Array.from({ length: 600 }, row), 3)
  const shares = new Float64Array(4)
  fc.assert(
    fc.property(fc.tuple(value, value, value, value), (sample) => {
      const expected = treeShap(forest.trees, sample, shares)
      const total = shares.reduce((sum, one) => sum + one, expected)
      expect(Math.abs(total - sumOfTrees(forest.trees, sample))).toBeLessThan(1e-9)
    }),
    { numRuns: 40 },
  )
})
