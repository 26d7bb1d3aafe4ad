import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REMEMBERED } from '../features/catalogue.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import { teach } from '../learn.ts'
import { applyDelta, createDelta, type Population } from '../population/population.ts'
import {
  HISTORY,
  HOURS,
  NOVELTY,
  NUMERIC,
  NUMERIC_SUMS,
  SLOTS,
  TOTAL_WORDS,
} from '../profile/layout.ts'
import { copyProfile, type Profile } from '../profile/profile.ts'
import { call, DAY, type Difference, HOUR, livedIn, MONDAY, signIn } from '../testing/lives.ts'

/** Every sum of a profile's long memory by where it lies, and every value's count. */
function sums({ f32, u32 }: Profile): Map<string, number> {
  const all = new Map([['history', f32[HISTORY] ?? 0]])
  for (let i = 0; i < 3 * NUMERIC; i++) all.set(`number ${i}`, f32[NUMERIC_SUMS + i] ?? 0)
  for (let i = 0; i < HOUR_BINS; i++) all.set(`hour ${i}`, f32[HOURS + i] ?? 0)
  for (let i = 0; i < 2 * REMEMBERED; i++) all.set(`novelty ${i}`, f32[NOVELTY + i] ?? 0)
  for (let at = SLOTS; at < TOTAL_WORDS; at += 3) {
    if (u32[at] !== 0) all.set(`value ${u32[at]}`, f32[at + 1] ?? 0)
  }
  return all
}

const valuesOf = (profile: Profile) =>
  [...sums(profile).keys()].filter((name) => name.startsWith('value'))

function populationSums(population: Population): number[] {
  const { novelty, hours, numbers } = population
  const values = population.values.flatMap((counts) => [...counts.values()].sort((a, b) => a - b))
  return [...novelty, ...hours, ...numbers, ...population.zones.values(), ...values]
}

const place = fc.record({
  network: fc.option(
    fc.integer({ min: 1, max: 3 }).map((n) => ({ prefix: `203.0.${n}.0/24`, asn: 64_600 + n })),
    { nil: undefined },
  ),
  client: fc.constantFrom({}, { os: 'Linux' }, { browser: 'Chrome' }),
  hour: fc.integer({ min: 0, max: 23 }),
  weight: fc.constantFrom(0.4, 1),
  bytes: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
})

describe('unlearning', () => {
  test('right after learning leaves profile and organisation as they were, to one in ten thousand', () => {
    const life = livedIn(3, 21)
    fc.assert(
      fc.property(place, ({ network, client, hour, weight, bytes }) => {
        const but: Difference = {
          client,
          ...(network === undefined ? {} : { network }),
          event: bytes === undefined ? {} : { traffic: { bytes_out: bytes, bytes_in: 2 * bytes } },
        }
        const time = MONDAY + 21 * DAY + hour * HOUR
        const input = bytes === undefined ? signIn(time, but) : call(time, 'GetObject', but)
        const profile = copyProfile(life.profile())
        // a day on which the identity is active is not taken back
        const opened = createDelta()
        teach(signIn(time - HOUR), 1, profile, opened, life.population)
        applyDelta(life.population, opened)
        const before = sums(profile)
        const population = populationSums(life.population)
        const delta = createDelta()
        teach(input, weight, profile, delta, life.population)
        expect(sums(profile)).not.toEqual(before)
        teach(input, -weight, profile, delta, life.population)
        applyDelta(life.population, delta)
        const after = sums(profile)
        expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
        for (const [name, one] of after) {
          const difference = Math.abs(one - (before.get(name) ?? Number.NaN))
          expect(difference, name).toBeLessThan(1e-4 * Math.max(1, one))
        }
        populationSums(life.population).forEach((one, i) => {
          expect(one).toBeCloseTo(population[i] ?? 0, 6)
        })
      }),
      { numRuns: 60 },
    )
  })

  test('of an attacker’s busy day takes all of it, although a day’s weight is bounded', () => {
    const life = livedIn(1, 21)
    const strange: Difference = { network: { prefix: '203.0.113.0/24', asn: 64_511 } }
    const visits = Array.from({ length: 9 }, (_, i) =>
      signIn(MONDAY + 21 * DAY + i * HOUR, strange),
    )
    const profile = life.profile()
    const before = valuesOf(profile)
    for (const one of visits) teach(one, 1, profile, createDelta(), life.population)
    expect(valuesOf(profile).length).toBeGreaterThan(before.length)
    for (const one of visits) teach(one, -1, profile, createDelta(), life.population)
    expect(valuesOf(profile)).toEqual(before)
  })
})
