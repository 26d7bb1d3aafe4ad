import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tailSurprise } from './spray-evidence.ts'

/** -ln P(X >= seen) of a Poisson variable, summed term by term. */
function exactSurprise(seen: number, mean: number): number {
  let term = Math.exp(-mean)
  let below = 0
  for (let k = 0; k < seen; k++) {
    below += term
    term *= mean / (k + 1)
  }
  return -Math.log(1 - below)
}

describe('the surprise of a count', () => {
  test('never claims more than the exact Poisson tail allows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0.5, max: 6, noNaN: true }),
        (seen, mean) => {
          expect(tailSurprise(seen, mean, 1)).toBeLessThanOrEqual(exactSurprise(seen, mean) + 1e-6)
        },
      ),
    )
  })

  test('grows with the count, shrinks with the usual and with scatter', () => {
    expect(tailSurprise(9, 1, 1)).toBeGreaterThan(tailSurprise(8, 1, 1))
    expect(tailSurprise(9, 2, 1)).toBeLessThan(tailSurprise(9, 1, 1))
    expect(tailSurprise(9, 1, 2)).toBe(tailSurprise(9, 1, 1) / 2)
  })

  test('is nothing at the usual count or below, and takes a small usual where it is unknown', () => {
    expect(tailSurprise(3, 3, 1)).toBe(0)
    expect(tailSurprise(1, 3, 1)).toBe(0)
    expect(tailSurprise(5, Number.NaN, 1)).toBe(tailSurprise(5, 0, 1))
    expect(tailSurprise(Number.NaN, 1, 1)).toBeNaN()
  })
})
