import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ADD } from '../population/delta.ts'
import {
  amountCell,
  applyDelta,
  createDelta,
  createPopulation,
  sessionsCell,
} from '../population/population.ts'
import { createProfile } from '../profile/profile.ts'
import { AMOUNT, ownSurprise, rarity, shareOf } from './session-amounts.ts'

const DAY = 20_300

/** An organisation whose sessions read so many objects each; 0: none. */
function sessions(reads: readonly number[]) {
  const population = createPopulation(new Uint8Array(16))
  const delta = createDelta()
  for (const count of reads) {
    delta.additions.push(ADD.number, sessionsCell(0), 0, DAY, 1)
    if (count === 0) continue
    const x = Math.round(Math.log1p(count) * 32)
    const cell = amountCell(0, AMOUNT.reads)
    for (const [i, sum] of [1, x, x * x].entries())
      delta.additions.push(ADD.number, cell + i, 0, DAY, sum)
  }
  applyDelta(population, delta)
  return population
}

describe('how rare an amount is among the sessions of an organisation', () => {
  // log1p of the reads of those with any: mean 2, deviation 0.5
  const some = Array.from({ length: 1000 }, (_, i) => Math.expm1(i % 2 === 0 ? 1.5 : 2.5))
  const population = sessions([...some, ...Array(9000).fill(0)])

  test('is -ln of the share that has so much: the share that has any, and a lognormal tail', () => {
    expect(rarity(population, 0, AMOUNT.reads, Math.expm1(2))).toBeCloseTo(-Math.log(0.1 / 2), 1)
    // 1 - Phi(2) = 0.02275
    expect(rarity(population, 0, AMOUNT.reads, Math.expm1(3))).toBeCloseTo(-Math.log(0.002275), 0.5)
    expect(rarity(population, 0, AMOUNT.reads, Math.expm1(6))).toBe(10)
    expect(rarity(population, 0, AMOUNT.reads, 0)).toBe(0)
  })

  test('never falls with the amount, and is 10 nats at most', () => {
    const amount = fc.double({ min: 0, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(amount, amount, fc.constantFrom(...Object.values(AMOUNT)), (a, b, which) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((one) =>
          rarity(population, 0, which, one),
        )
        expect(more).toBeGreaterThanOrEqual(less ?? Number.NaN)
        expect(more).toBeLessThanOrEqual(10)
      }),
    )
  })
})

test('beyond the own sessions an amount is between 0 and 12 nats, and 0 where there is none', () => {
  const population = sessions([1, 2, 3])
  const profile = createProfile()
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (amount) => {
      const nats = ownSurprise(profile, population, 0, AMOUNT.bytes, amount, 1)
      expect(nats).toBeGreaterThanOrEqual(0)
      expect(nats).toBeLessThanOrEqual(12)
      if (amount === 0) expect(nats).toBe(0)
    }),
  )
})

test('as many refusals say less in a longer session', () => {
  expect(shareOf(6, 6)).toBeGreaterThan(shareOf(6, 60))
  expect(shareOf(0, 5)).toBe(0)
})
