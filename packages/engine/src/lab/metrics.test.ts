import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../models/random.ts'
import { calibrationError } from './calibration.ts'
import {
  averagePrecision,
  falseAlertsPerDay,
  type Ranking,
  rank,
  recallAt,
  rocAuc,
  thresholdAt,
} from './metrics.ts'
import { type Interval, recallIntervals } from './recall.ts'

/** Ten benign events scored 0-9 and two attacks. */
const scores = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8.5, 4.5]
const truth = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
const ranking = rank(scores, truth)

describe('recall at a fixed rate', () => {
  test('counts the attacks above the benign events that may be flagged', () => {
    expect(recallAt(ranking, 0)).toBe(0)
    expect(recallAt(ranking, 0.1)).toBe(0.5)
    expect(recallAt(ranking, 0.5)).toBe(1)
  })

  test('gives a coarse score what choosing among its ties at random would give', () => {
    const coarse = rank([1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0])
    expect(recallAt(coarse, 0.25)).toBe(0.5)
    expect(recallAt(coarse, 0.5)).toBe(1)
  })

  test('is unknown without attacks', () => {
    expect(recallAt(rank([1, 2], [0, 0]), 0.1)).toBeNaN()
  })

  test('never falls as the rate rises, and ends at one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ noNaN: true }), fc.boolean()), {
          minLength: 2,
          maxLength: 60,
        }),
        (events) => {
          const drawn = rank(
            events.map(([score]) => score),
            events.map(([, attack]) => (attack ? 1 : 0)),
          )
          fc.pre(drawn.attacks > 0 && drawn.benign > 0)
          const recalls = [0, 0.1, 0.3, 0.6, 1].map((rate) => recallAt(drawn, rate))
          expect(recalls).toEqual([...recalls].sort((a, b) => a - b))
          expect(recalls.at(-1)).toBe(1)
        },
      ),
    )
  })

  test('ranks unknown scores last and refuses a missing truth', () => {
    expect([...rank([Number.NaN, 1], [1, 0]).order]).toEqual([1, 0])
    expect(() => rank([1, 2], [0])).toThrow('one truth')
  })
})

describe('the threshold of a rate', () => {
  test('flags no more benign events than allowed', () => {
    expect(thresholdAt(ranking, scores, 0.1)).toBe(8.5)
    expect(thresholdAt(ranking, scores, 0.2)).toBe(8)
    expect(thresholdAt(ranking, scores, 0.05)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the area under the curve', () => {
  test('is the share of pairs in the right order, counted one by one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), {
          minLength: 2,
          maxLength: 40,
        }),
        (events) => {
          const bad = events.filter(([, attack]) => attack).map(([score]) => score)
          const good = events.filter(([, attack]) => !attack).map(([score]) => score)
          fc.pre(bad.length > 0 && good.length > 0)
          let pairs = 0
          for (const a of bad) for (const b of good) pairs += a > b ? 1 : a === b ? 0.5 : 0
          const drawn = rank(
            events.map(([score]) => score),
            events.map(([, attack]) => (attack ? 1 : 0)),
          )
          expect(rocAuc(drawn)).toBeCloseTo(pairs / bad.length / good.length, 12)
        },
      ),
    )
  })
})

describe('average precision', () => {
  test('at the prevalence of the data is the usual one', () => {
    // strangest first: benign 9, attack 8.5, ..., attack 4.5 after six benign ones
    const expected = (1 / 2 + 2 / 7) / 2
    expect(averagePrecision(ranking, 2 / 12)).toBeCloseTo(expected, 12)
  })

  test('falls with the prevalence and is one for a perfect score', () => {
    expect(averagePrecision(ranking, 0.001)).toBeLessThan(averagePrecision(ranking, 0.1))
    expect(averagePrecision(rank([3, 2, 1], [1, 0, 0]), 0.0001)).toBe(1)
  })
})

describe('the bootstrap interval', () => {
  test('holds the true recall about as often as it says', () => {
    const random = seededRandom(11)
    let held = 0
    const worlds = 60
    for (let world = 0; world < worlds; world++) {
      const drawn = Array.from({ length: 600 }, (_, i) => ({
        attack: i % 3 === 0 ? 1 : 0,
        user: i % 200,
      }))
      // attacks are uniform on 0.5-1.5, benign on 0-1: at 10 % false positives recall is 0.6
      const values = drawn.map(({ attack }) => random() + attack * 0.5)
      const truths = drawn.map(({ attack }) => attack)
      const [low, high] = intervalAt(
        rank(values, truths),
        truths,
        drawn.map(({ user }) => user),
        0.1,
        { rounds: 100, seed: world },
      )
      if (low <= 0.6 && 0.6 <= high) held++
    }
    expect(held / worlds).toBeGreaterThan(0.8)
  })

  test('is wider when all attacks are one user’s', () => {
    const random = seededRandom(3)
    const truths = Array.from({ length: 400 }, (_, i) => (i < 40 ? 1 : 0))
    const values = truths.map((attack, i) => random() + (attack ? (i < 20 ? 1 : -0.5) : 0))
    const drawn = rank(values, truths)
    const alone = intervalAt(
      drawn,
      truths,
      truths.map((_, i) => i),
      0.05,
    )
    const together = intervalAt(
      drawn,
      truths,
      truths.map((attack, i) => (attack ? (i < 20 ? 0 : 1) : i)),
      0.05,
    )
    expect(together[1] - together[0]).toBeGreaterThan(alone[1] - alone[0])
  })
})

describe('calibration error', () => {
  const honest = Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : 0.5))
  const truths = honest.map((p, i) => (p > 0 && i % 2 === 0 ? 1 : 0))

  test('is nothing for honest probabilities and the gap for dishonest ones', () => {
    expect(calibrationError(honest, truths)).toBeCloseTo(0, 12)
    const shifted = honest.map((p) => p + 0.3)
    expect(calibrationError(shifted, truths)).toBeCloseTo(0.3, 12)
    expect(calibrationError([], [])).toBeNaN()
  })

  test('takes attacks for as rare as they are said to be', () => {
    const rare = honest.map((p) => (p === 0 ? 0 : 0.01 / 1.01))
    expect(calibrationError(rare, truths, { attackWeight: 0.01 })).toBeCloseTo(0, 3)
  })
})

test('false alerts are counted for a day and a thousand people', () => {
  expect(falseAlertsPerDay(96, 48, 2000)).toBe(1)
})

function intervalAt(
  ranking: Ranking,
  truths: readonly number[],
  users: readonly number[],
  rate: number,
  options?: { rounds: number; seed: number },
): Interval {
  const [byRate] = recallIntervals(ranking, [Uint8Array.from(truths)], users, [rate], options)
  return byRate?.[0] ?? [Number.NaN, Number.NaN]
}
