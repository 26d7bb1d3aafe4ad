import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOUR_BINS, hourSurprise } from './time-of-week.ts'

const week = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), {
  minLength: HOUR_BINS,
  maxLength: HOUR_BINS,
})
const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0)

describe('the surprise of an hour', () => {
  test('does not depend on the scale in which decayed counts are kept', () => {
    const scale = fc.constantFrom(0.25, 0.5, 2, 64)
    const bin = fc.integer({ min: 0, max: HOUR_BINS - 1 })
    fc.assert(
      fc.property(week, week, bin, scale, scale, (own, tenant, at, ownScale, tenantScale) => {
        const of = (a: readonly number[], b: readonly number[]) =>
          hourSurprise(a, 0, sum(own), b, 0, sum(tenant), at)
        const scaled = of(
          own.map((count) => count * ownScale),
          tenant.map((count) => count * tenantScale),
        )
        expect(scaled).toBeCloseTo(of(own, tenant), 9)
      }),
    )
  })

  test('is high at an hour at which nobody is there, and low at one at which everybody is', () => {
    const office = Array.from({ length: HOUR_BINS }, (_, bin) => (bin >= 8 && bin < 18 ? 50 : 0))
    const nobody = Array.from({ length: HOUR_BINS }, () => 0)
    const at = (bin: number) => hourSurprise(nobody, 0, 0, office, 0, 500, bin)
    expect(at(24 + 3)).toBeGreaterThan(1)
    expect(at(10)).toBeLessThan(-0.5)
  })
})
