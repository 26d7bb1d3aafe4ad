import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../bytes.ts'
import {
  decodeIsolationForest,
  encodeIsolationForest,
  expectedPath,
  fitIsolationForest,
  isolationScore,
} from './isolation-forest.ts'
import { type Random, seededRandom } from './random.ts'

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function cloud(count: number, seed: number): Float64Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () =>
    Float64Array.of(gaussian(random), gaussian(random), gaussian(random)),
  )
}

/** The paper's algorithms 1-3 written once more, recursively over plain arrays, without any shared code but the dice. */
function plainScore(
  samples: number[][],
  probe: number[],
  trees: number,
  size: number,
  random: Random,
): number {
  const harmonic = (n: number): number => (n === 0 ? 0 : 1 / n + harmonic(n - 1))
  const c = (n: number) => (n < 2 ? 0 : 2 * harmonic(n - 1) - (2 * (n - 1)) / n)
  const path = (rows: number[][], depth: number): number => {
    if (depth >= Math.ceil(Math.log2(size)) || rows.length <= 1) return depth + c(rows.length)
    const q = Math.floor(random() * probe.length)
    const column = rows.map((row) => row[q] as number)
    const low = Math.min(...column)
    const split = low + random() * (Math.max(...column) - low)
    const side = (row: number[]) => (row[q] as number) < split
    return path(
      rows.filter((row) => side(row) === side(probe)),
      depth + 1,
    )
  }
  let total = 0
  for (let tree = 0; tree < trees; tree++) {
    const rest = [...samples]
    const drawn = Array.from(
      { length: size },
      () => rest.splice(Math.floor(random() * rest.length), 1)[0] ?? [],
    )
    total += path(drawn, 0)
  }
  return 2 ** (-total / trees / c(size))
}

describe('the expected path', () => {
  test('is the mean depth of random isolation, by its recursion', () => {
    const depth = [0, 0]
    for (let n = 2; n <= 60; n++) {
      let sum = 0
      for (let left = 1; left < n; left++) {
        sum += (left / n) * (depth[left] as number) + ((n - left) / n) * (depth[n - left] as number)
      }
      depth[n] = 1 + sum / (n - 1)
      expect(expectedPath(n)).toBeCloseTo(depth[n] as number, 10)
    }
  })

  test('has its known values', () => {
    expect(expectedPath(0)).toBe(0)
    expect(expectedPath(1)).toBe(0)
    expect(expectedPath(2)).toBe(1)
    expect(expectedPath(256)).toBeCloseTo(10.2487, 3)
  })
})

describe('an isolation forest', () => {
  const samples = cloud(600, 5)
  const forest = fitIsolationForest(samples, 7)

  test('finds a far point stranger than the middle, and the order holds on the way out', () => {
    const scores = [0, 1.5, 3, 6].map((distance) =>
      isolationScore(forest, [distance, distance, distance]),
    )
    expect(scores).toEqual([...scores].sort((a, b) => a - b))
    expect(scores[0]).toBeLessThan(0.5)
    expect(scores[3]).toBeGreaterThan(0.7)
  })

  test('scores as the published algorithm does, written again without shared code', () => {
    const plain = samples.map((sample) => [...sample])
    for (const probe of [
      [0, 0, 0],
      [1, -1, 0.5],
      [2.5, 0, -2],
      [5, 5, 5],
    ]) {
      const mine = Array.from({ length: 6 }, (_, seed) =>
        isolationScore(fitIsolationForest(samples, seed + 100), probe),
      )
      const theirs = Array.from({ length: 6 }, (_, seed) =>
        plainScore(plain, probe, 100, 256, seededRandom(seed + 900)),
      )
      expect(Math.abs(mean(mine) - mean(theirs))).toBeLessThan(
        4 * Math.hypot(error(mine), error(theirs)) + 0.002,
      )
    }
  })

  test('is the same for the same seed and another for another', () => {
    expect(encodeIsolationForest(fitIsolationForest(samples, 7))).toEqual(
      encodeIsolationForest(forest),
    )
    expect(encodeIsolationForest(fitIsolationForest(samples, 8))).not.toEqual(
      encodeIsolationForest(forest),
    )
  })

  test('scores between 0 and 1 whatever comes, unknown values included', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (sample) => {
        const score = isolationScore(forest, sample)
        expect(score).toBeGreaterThan(0)
        expect(score).toBeLessThan(1)
      }),
    )
  })

  test('grows on samples with unknown values, on equal samples and on a single one', () => {
    const holes = samples.map((sample, i) => [i % 3 === 0 ? Number.NaN : (sample[0] as number), 1])
    expect(isolationScore(fitIsolationForest(holes, 1), [9, 1])).toBeGreaterThan(0.5)
    expect(isolationScore(fitIsolationForest([[1], [1], [1]], 1), [4])).toBeCloseTo(0.5)
    expect(isolationScore(fitIsolationForest([[1]], 1), [4])).toBe(0.5)
  })

  test('says which sample does not fit', () => {
    expect(() => fitIsolationForest([], 1)).toThrow('at least one sample')
    expect(() => fitIsolationForest([[1, 2], [1]], 1)).toThrow('one has 1')
    expect(() => isolationScore(forest, [1])).toThrow('must have 3 values, not 1')
  })
})

describe('the codec of a forest', () => {
  const forest = fitIsolationForest(cloud(80, 2), 3, { trees: 8, sampleSize: 32 })
  const bytes = encodeIsolationForest(forest)

  test('gives back the same forest', () => {
    const back = decodeIsolationForest(bytes)
    expect(encodeIsolationForest(back)).toEqual(bytes)
    expect(isolationScore(back, [1, 2, 3])).toBe(isolationScore(forest, [1, 2, 3]))
  })

  test('refuses other bytes, other versions and cut ones with a reason', () => {
    const other = new ByteWriter()
    other.u8(7)
    expect(() => decodeIsolationForest(other.finish())).toThrow('not an isolation forest')
    const later = new ByteWriter()
    later.u8(bytes[0] ?? 0)
    later.u8(9)
    expect(() => decodeIsolationForest(later.finish())).toThrow('version 9')
    expect(() => decodeIsolationForest(bytes.subarray(0, bytes.length - 1))).toThrow('damaged')
  })

  test('never yields a forest that loops, whatever byte is damaged', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 5), fc.nat(255), (at, value) => {
        // the checksum made anew, as if the damage had been there when it was written
        const damaged = new ByteWriter()
        const content = bytes.subarray(0, -4)
        for (const [i, byte] of content.entries()) damaged.u8(i === at ? value : byte)
        try {
          const back = decodeIsolationForest(damaged.finish())
          isolationScore(back, new Float64Array(back.trees.dimensions))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard error of the mean. */
function error(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0)) / values.length
}
