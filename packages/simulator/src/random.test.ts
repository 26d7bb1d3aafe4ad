import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mix, randomOf, weighted, zipf } from './random.ts'

describe('a source of chance', () => {
  test('gives the same draws for the same keys and others for other keys', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const draws = (key: number) => {
          const random = randomOf(key, 1)
          return Array.from({ length: 5 }, () => random.next())
        }
        expect(draws(a)).toEqual(draws(a))
        if ((a | 0) !== (b | 0)) expect(draws(a)).not.toEqual(draws(b))
      }),
    )
  })

  test('draws uniform numbers whose mean and spread are right', () => {
    const random = randomOf(1)
    const draws = Array.from({ length: 50_000 }, () => random.next())
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0.5, 2)
    expect(variance).toBeCloseTo(1 / 12, 2)
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...draws)).toBeLessThan(1)
  })

  test('counts Poisson events with the mean that was asked for, small or large', () => {
    const random = randomOf(2)
    for (const mean of [0.3, 4, 60]) {
      let sum = 0
      for (let i = 0; i < 20_000; i++) sum += random.poisson(mean)
      expect(Math.abs(sum / 20_000 / mean - 1)).toBeLessThan(0.03)
    }
  })

  test('refuses to pick from nothing', () => {
    expect(() => randomOf(1).pick([])).toThrow('at least one item')
    expect(() => weighted([], () => 1)(randomOf(1))).toThrow('at least one item')
  })
})

describe('a weighted choice', () => {
  test('takes items in proportion to their weights', () => {
    const pick = weighted(['a', 'b', 'c'], (_, index) => index)
    const random = randomOf(3)
    const counts = { a: 0, b: 0, c: 0 }
    for (let i = 0; i < 30_000; i++) counts[pick(random) as 'a' | 'b' | 'c']++
    expect(counts.a).toBe(0)
    expect(counts.c / counts.b).toBeCloseTo(2, 1)
  })

  test('by rank halves from the first to the second at exponent one', () => {
    const pick = zipf([1, 2, 3, 4], 1)
    const random = randomOf(4)
    const draws = Array.from({ length: 40_000 }, () => pick(random))
    const share = (rank: number) => draws.filter((draw) => draw === rank).length
    expect(share(1) / share(2)).toBeCloseTo(2, 0)
  })
})

test('mixing never maps two numbers to one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      expect(mix(a) === mix(b)).toBe((a | 0) === (b | 0))
    }),
  )
})
