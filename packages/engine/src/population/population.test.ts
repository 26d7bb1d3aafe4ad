import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, livedIn, MONDAY, STRANGER, signIn } from '../testing/lives.ts'
import {
  addCounts,
  addFailing,
  createEntry,
  failingAt,
  failuresAt,
  periodOf,
  SLOT_MS,
  successesAt,
  usualAt,
  usualFastAt,
} from './campaign.ts'
import { decodeDelta, decodePopulation, encodeDelta, encodePopulation } from './codec.ts'
import { ADD } from './delta.ts'
import {
  applyDelta,
  BINS,
  createDelta,
  createPopulation,
  HISTOGRAMS,
  mergeDelta,
  organisationZone,
  type Population,
  type PopulationDelta,
  shrink,
  shrinkScores,
} from './population.ts'

const SECRET = Uint8Array.from({ length: 16 }, (_, i) => i)
const today = Math.floor(MONDAY / DAY)
const now = periodOf(MONDAY)

const hash = fc.integer({ min: 1, max: 30 })
const day = fc.integer({ min: today, max: today + 200 })
const period = fc.integer({ min: now, max: now + 6000 })
const amount = fc.integer({ min: 1, max: 5 })
const row = fc.oneof(
  fc.tuple(fc.constant(ADD.value), fc.nat(4), hash, fc.constant(0), fc.constantFrom(1, -1)),
  fc.tuple(fc.constant(ADD.novelty), fc.nat(200), fc.constant(0), day, amount),
  fc.tuple(fc.constant(ADD.hour), fc.nat(95), fc.constant(0), day, amount),
  fc.tuple(fc.constant(ADD.score), fc.nat(BINS * HISTOGRAMS - 1), fc.constant(0), day, amount),
  fc.tuple(fc.constantFrom(ADD.success, ADD.failure, ADD.slow), fc.nat(5), hash, period, amount),
  fc.tuple(
    fc.constant(ADD.failing),
    fc.nat(3),
    hash,
    period,
    fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  ),
  fc.tuple(fc.constant(ADD.number), fc.nat(20), fc.constant(0), day, fc.nat(1e6)),
  fc.tuple(fc.constant(ADD.zone), fc.nat(400), fc.constant(0), day, amount),
  fc.tuple(
    fc.constantFrom(ADD.judged, ADD.accused),
    fc.nat(HISTOGRAMS - 1),
    fc.constant(0),
    day,
    fc.constant(1),
  ),
  fc.tuple(
    fc.constant(ADD.change),
    fc.nat(1),
    hash,
    fc.integer({ min: now * 2700, max: now * 2700 + 1e6 }),
    fc.constant(0),
  ),
)
const anyDelta = fc
  .array(row, { maxLength: 80 })
  .map((rows): PopulationDelta => ({ ...createDelta(), additions: rows.flat() }))

const grown = (deltas: readonly PopulationDelta[]): Population => {
  const population = createPopulation(SECRET)
  for (const delta of deltas) applyDelta(population, delta)
  return population
}

/** Every number of a population that a judgement reads, by name, decayed to its newest day and period. */
function readings(population: Population): Map<string, number> {
  const all = new Map<string, number>([['events', population.events]])
  const left = shrink(population)
  const sums = {
    novelty: population.novelty,
    hours: population.hours,
    numbers: population.numbers,
    judged: population.judged,
  }
  for (const [name, values] of Object.entries(sums)) {
    values.forEach((value, i) => {
      if (value !== 0) all.set(`${name} ${i}`, value * left)
    })
  }
  population.scores.forEach((value, i) => {
    if (value !== 0) all.set(`scores ${i}`, value * shrinkScores(population, Math.floor(i / BINS)))
  })
  population.values.forEach((counts, feature) => {
    for (const [key, count] of counts) all.set(`value ${feature} ${key}`, count)
  })
  population.campaigns.forEach((entries, kind) => {
    for (const [key, entry] of entries) {
      const what = `campaign ${kind} ${key}`
      all.set(`${what} failures`, failuresAt(entry, population.period))
      all.set(`${what} successes`, successesAt(entry, population.period))
      all.set(`${what} failing`, failingAt(entry, population.period))
    }
  })
  return all
}

describe('a population', () => {
  test('does not depend on the order in which additions come', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyDelta, { minLength: 1, maxLength: 6 })
          .chain((deltas) =>
            fc.tuple(
              fc.constant(deltas),
              fc.shuffledSubarray(deltas, { minLength: deltas.length }),
            ),
          ),
        ([deltas, shuffled]) => {
          const a = readings(grown(deltas))
          const b = readings(grown(shuffled))
          for (const name of new Set([...a.keys(), ...b.keys()])) {
            // what has decayed to nothing may have been dropped on one way and not on the other
            const [x, y] = [a.get(name) ?? 0, b.get(name) ?? 0]
            expect(Math.abs(x - y)).toBeLessThanOrEqual(
              1e-9 * Math.max(Math.abs(x), Math.abs(y)) + 0.06,
            )
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('learns the same from one merged delta as from many', () => {
    fc.assert(
      fc.property(fc.array(anyDelta, { maxLength: 5 }), (deltas) => {
        const merged = createDelta()
        for (const delta of deltas) mergeDelta(merged, delta)
        const a = readings(grown([decodeDelta(encodeDelta(merged))]))
        const b = readings(grown([merged]))
        expect([...a.keys()].sort()).toEqual([...b.keys()].sort())
        for (const [name, value] of a) expect(value).toBeCloseTo(b.get(name) ?? Number.NaN, 6)
      }),
    )
  })

  test('and its deltas come back from their bytes, and equal content gives equal bytes', () => {
    fc.assert(
      fc.property(anyDelta, fc.array(anyDelta, { maxLength: 4 }), (delta, deltas) => {
        const bytes = encodeDelta(delta)
        expect(encodeDelta(decodeDelta(bytes))).toEqual(bytes)
        const population = grown(deltas)
        const record = encodePopulation(population)
        const again = decodePopulation(record, SECRET)
        expect(encodePopulation(again)).toEqual(record)
        expect(readings(again)).toEqual(readings(population))
      }),
    )
  })

  test('refuses damaged records', () => {
    const record = encodePopulation(livedIn(2, 7).population)
    const damaged = record.slice()
    damaged[30] = (damaged[30] ?? 0) ^ 1
    expect(() => decodePopulation(damaged, SECRET)).toThrow(/damaged/)
    expect(() => decodePopulation(encodeDelta(createDelta()), SECRET)).toThrow(/not a population/)
    expect(() => decodeDelta(record)).toThrow(/not a population delta/)
  })

  test('knows the clock most of the organisation lives by', () => {
    expect(organisationZone(livedIn(2, 7).population)).toBeGreaterThan(0)
    expect(organisationZone(createPopulation(SECRET))).toBe(0)
  })

  test('of another secret hashes values otherwise', () => {
    expect(() => createPopulation(new Uint8Array(8))).toThrow(/16 random bytes/)
  })
})

describe('campaign counters', () => {
  test('halve in six hours', () => {
    const entry = createEntry(now)
    addCounts(entry, now, 4, 16, 0)
    expect(failuresAt(entry, now + 8)).toBeCloseTo(8)
    expect(successesAt(entry, now + 16)).toBeCloseTo(1)
  })

  test('count distinct failing identities exactly up to 64, and about right above', () => {
    const entry = createEntry(now)
    let state = 1
    for (let i = 1; i <= 2000; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      addFailing(entry, now, state)
      addFailing(entry, now, state)
      if (i === 40) expect(failingAt(entry, now)).toBe(40)
    }
    expect(failingAt(entry, now)).toBeGreaterThan(1200)
    expect(failingAt(entry, now)).toBeLessThan(3200)
    expect(entry.ids?.size).toBeLessThanOrEqual(64)
    expect(failingAt(entry, now + 8)).toBe(0)
  })

  test('know what is usual after a day, and nothing before', () => {
    const entry = createEntry(now)
    for (let i = 0; i < 32 * 20; i++) {
      if (i === 20) expect(usualAt(entry, now + i)).toBeNaN()
      addCounts(entry, now + i, 3, 0, 3)
    }
    const later = now + 32 * 20
    expect(usualAt(entry, later)).toBeGreaterThan(24 * 0.9)
    expect(usualAt(entry, later)).toBeLessThan(24 * 1.1)
    expect(usualFastAt(entry, later) / successesAt(entry, later)).toBeGreaterThan(0.8)
    expect(usualFastAt(entry, later) / successesAt(entry, later)).toBeLessThan(1.2)
  })

  test('of a spray show in the signals of the next event', () => {
    const life = livedIn(3, 14)
    const start = MONDAY + 15 * DAY
    for (let i = 0; i < 30; i++) {
      const key = `user:guess${i}@example.com`
      life.live(
        signIn(start + i * 20_000, {
          ...STRANGER,
          event: { status_id: 2, failure_class: 'bad_credentials' },
          entity: { key, name: key },
        }),
      )
    }
    const { verdict } = life.live(signIn(start + HOUR, STRANGER))
    expect(verdict.reasons.some(({ code }) => code === 'prefix_failures')).toBe(true)
    expect(verdict.reasons.some(({ code }) => code === 'spray_success')).toBe(true)
  })
})

test('a delta of 500 events is about ten thousand bytes', () => {
  const life = livedIn(1, 3)
  const all = createDelta()
  const before = life.population.period
  expect(before * SLOT_MS).toBeLessThan(MONDAY + 4 * DAY)
  for (let i = 0; i < 500; i++) {
    for (let kind = 0; kind < 6; kind++) {
      all.additions.push(
        ADD.success,
        kind,
        (i % ([150, 50, 20, 1, 400, 60][kind] ?? 1)) + 1,
        now,
        1,
      )
    }
    for (let feature = 0; feature < 12; feature++) {
      all.additions.push(ADD.novelty, (feature * 7 + (i % 7)) * 2, 0, today, 5)
    }
    all.additions.push(ADD.score, (i * 37) % BINS, 0, today, 5, ADD.hour, i % 48, 0, today, 5)
  }
  expect(encodeDelta(all).length).toBeLessThan(12_000)
})
