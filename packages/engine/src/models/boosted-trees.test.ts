import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitBoostedTrees, type Labelled, logisticLoss, logisticSlopes } from './boosted-trees.ts'
import { seededRandom } from './random.ts'
import { sumOfTrees } from './trees.ts'

const shape = { rounds: 40, depth: 3, rate: 0.1, restraint: 1, leaf: 5, monotone: [1, 0, -1] }

function made(count: number, seed: number): Labelled {
  const random = seededRandom(seed)
  const rows = Array.from({ length: count }, () => [
    4 * random(),
    random() < 0.2 ? Number.NaN : 4 * random(),
    4 * random(),
  ])
  const targets = rows.map(([a = 0, b = 0, c = 0]) => {
    const odds = 2 * a - 1.5 * c + (Number.isNaN(b) ? 2 : Math.sin(3 * b)) - 1
    return random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0
  })
  return { rows, targets, counts: rows.map(() => 1), before: rows.map(() => 0) }
}

describe('boosted trees', () => {
  const train = made(1500, 1)
  const trees = fitBoostedTrees(train, shape)

  test('follow the slopes that finite differences give', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), fc.nat(1), (odds, target) => {
        const at = (x: number) => logisticLoss([x], { targets: [target], counts: [1] })
        const [first, second] = logisticSlopes(odds, target)
        const step = 1e-4
        expect(first).toBeCloseTo((at(odds + step) - at(odds - step)) / (2 * step), 6)
        expect(second).toBeCloseTo(
          (at(odds + step) - 2 * at(odds) + at(odds - step)) / step ** 2,
          4,
        )
      }),
    )
  })

  test('tell samples apart that they never saw', () => {
    const test = made(1500, 2)
    const odds = test.rows.map((row) => sumOfTrees(trees, row))
    expect(logisticLoss(odds, test)).toBeLessThan(0.75 * logisticLoss(test.before, test))
  })

  test('never fall where a number that may only raise grows, nor rise where one may only lower', () => {
    const number = fc.double({ min: -1, max: 5, noNaN: true })
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.double({ min: 0, max: 4, noNaN: true }),
        (a, b, c, more) => {
          const odds = sumOfTrees(trees, [a, b, c])
          expect(sumOfTrees(trees, [a + more, b, c])).toBeGreaterThanOrEqual(odds - 1e-6)
          expect(sumOfTrees(trees, [a, b, c + more])).toBeLessThanOrEqual(odds + 1e-6)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('say nothing where all that is to be known is known before', () => {
    const before = train.targets as number[]
    const certain = { ...train, before: before.map((target) => (target === 1 ? 30 : -30)) }
    const none = fitBoostedTrees(certain, shape)
    for (const row of train.rows.slice(0, 50)) expect(sumOfTrees(none, row)).toBeCloseTo(0, 6)
  })

  test('are the same for the same samples', () => {
    expect(fitBoostedTrees(made(1500, 1), shape)).toEqual(trees)
    expect(() => fitBoostedTrees({ ...train, rows: [] }, shape)).toThrow(RangeError)
  })
})
