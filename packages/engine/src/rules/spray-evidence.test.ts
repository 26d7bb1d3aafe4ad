import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tailSurprise } from './spray-evidence.ts'

/** -ln P(X >= seen) of a negative binomial variable, summed from zero up. */
function exactSurprise(seen: number, mean: number, shape: number): number {
  const q = mean / (mean + shape)
  let term = (1 - q) ** shape
  let below = 0
  for (let x = 0; x < seen; x++) {
    below += term
    term *= (q * (shape + x)) / (x + 1)
  }
  return -Math.log(1 - below)
}

describe('the surprise of a count', () => {
  test('is the tail of a Poisson count whose rate is gamma distributed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 15 }),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        (seen, mean, shape) => {
          const exact = exactSurprise(seen, mean, shape)
          // summed from below, a tiny tail drowns in rounding
          fc.pre(exact < 20 && seen > mean)
          expect(tailSurprise(seen, mean, shape)).toBeCloseTo(exact, 4)
        },
      ),
    )
  })

  test('grows with the count, shrinks with the usual and with what is known of it', () => {
    expect(tailSurprise(9, 1, 1)).toBeGreaterThan(tailSurprise(8, 1, 1))
    expect(tailSurprise(9, 2, 1)).toBeLessThan(tailSurprise(9, 1, 1))
    expect(tailSurprise(9, 1, 20)).toBeGreaterThan(tailSurprise(9, 1, 1))
    expect(tailSurprise(5000, 1, 1)).toBeGreaterThan(100)
  })

  test('is nothing at the usual count or below, and unknown where a number is', () => {
    expect(tailSurprise(3, 3, 1)).toBe(0)
    expect(tailSurprise(1, 3, 1)).toBe(0)
    expect(tailSurprise(Number.NaN, 1, 1)).toBeNaN()
  })
})
