import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ADD } from '../population/delta.ts'
import { applyDelta, createDelta, createPopulation } from '../population/population.ts'
import { MONDAY } from '../testing/lives.ts'
import type { Finding } from '../types.ts'
import { entryWeight, isAccused } from './entry.ts'

const DAY = Math.floor(MONDAY / 86_400_000)
const NAMED: Finding[] = [
  { code: 'impossible_travel', points: 3, severity: 'high', techniques: [], facts: {} },
]
const CAMPAIGN = NAMED.map((finding) => ({ ...finding, code: 'spray_success' }))

/** An organisation of so many judged sign-ins, of which so many were accused. */
function organisation(judged: number, accused: number) {
  const population = createPopulation(new Uint8Array(16))
  const delta = createDelta()
  delta.additions.push(ADD.judged, 0, 0, DAY, judged, ADD.accused, 0, 0, DAY, accused)
  applyDelta(population, delta)
  return population
}

describe('what is ordinary', () => {
  test('everything is, whole, where findings name nobody', () => {
    const calm = organisation(10_000, 0)
    for (const risk of [0, 50, 63, 75, 100]) expect(entryWeight(calm, 0, risk, [])).toBe(1)
    expect(entryWeight(createPopulation(new Uint8Array(16)), 0, 100, [])).toBe(1)
  })

  test('strange events without a name count less the more findings name beside them', () => {
    const attacked = organisation(10_000, 10)
    expect(entryWeight(attacked, 0, 0, [])).toBeGreaterThan(0.999)
    expect(entryWeight(attacked, 0, 50, [])).toBeCloseTo(1 / 1.035, 3)
    expect(entryWeight(attacked, 0, 75, [])).toBeCloseTo(1 / 1.35, 3)
  })

  test('of accused events two in five enter, none of a campaign, most where a rule accuses the ordinary', () => {
    expect(isAccused({ findings: NAMED, risk: 62 })).toBe(false)
    expect(isAccused({ findings: [], risk: 90 })).toBe(false)
    expect(isAccused({ findings: NAMED, risk: 63 })).toBe(true)
    expect(entryWeight(organisation(10_000, 20), 0, 90, NAMED)).toBe(0.4)
    expect(entryWeight(organisation(10_000, 500), 0, 90, NAMED)).toBeCloseTo(0.9, 2)
    expect(entryWeight(organisation(10_000, 500), 0, 90, CAMPAIGN)).toBe(0)
  })

  test('no event counts more for being stranger, nor less than two thirds for what others were accused of', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(2000),
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 20 }),
        (judged, accused, risks) => {
          const population = organisation(judged, accused)
          let before = 1
          for (const risk of risks.toSorted((a, b) => a - b)) {
            const weight = entryWeight(population, 0, risk, [])
            expect(weight).toBeLessThanOrEqual(before)
            expect(weight).toBeGreaterThanOrEqual(2 / 3)
            before = weight
          }
        },
      ),
    )
  })
})
