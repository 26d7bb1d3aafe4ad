import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ADD } from '../population/delta.ts'
import {
  applyDelta,
  BINS,
  createDelta,
  createPopulation,
  type Population,
  SESSION_HISTOGRAM,
} from '../population/population.ts'
import { call, MONDAY, signIn } from '../testing/lives.ts'
import { binOf, histogramOf, riskOf, scoresIn, sessionTail, tailProbability } from './calibrate.ts'

const DAY = Math.floor(MONDAY / 86_400_000)

/** A population whose sign-ins scored as given. */
function scored(scores: readonly number[]): Population {
  const population = createPopulation(new Uint8Array(16))
  const delta = createDelta()
  for (const score of scores) {
    delta.additions.push(ADD.score, binOf(score), 0, DAY, 5, ADD.judged, 0, 0, DAY, 1)
  }
  applyDelta(population, delta)
  return population
}

/** Quantiles of an exponential distribution from -5 on, evenly spaced in probability. */
const exponential = (n: number) => Array.from({ length: n }, (_, i) => -5 - Math.log((i + 0.5) / n))

/** A population of whose people's sessions the highest scores were as given. */
function sessions(scores: readonly number[]): Population {
  const population = createPopulation(new Uint8Array(16))
  const delta = createDelta()
  for (const score of scores) {
    delta.additions.push(ADD.score, SESSION_HISTOGRAM * BINS + binOf(score), 0, DAY, 5)
  }
  applyDelta(population, delta)
  return population
}

/** The score from which a session is one of 1,000. */
function oneInThousand(population: Population): number {
  let score = 0
  while (sessionTail(population, 0, score) > 1e-3) score += 0.1
  return score
}

describe('the tail of sessions', () => {
  const quiet = (n: number) => Array.from({ length: n }, (_, i) => -2 * Math.log((i + 0.5) / n))

  test('is the shipped one in a small organisation, and a few that nobody noticed hardly move it', () => {
    const small = oneInThousand(sessions(quiet(600)))
    const intruded = oneInThousand(sessions([...quiet(600), ...Array(20).fill(25)]))
    expect(small).toBeGreaterThan(13)
    expect(small).toBeLessThan(17)
    expect(intruded - small).toBeGreaterThan(0)
    expect(intruded - small).toBeLessThan(2.5)
  })

  test('becomes the own one with many sessions', () => {
    const wild = oneInThousand(sessions(quiet(40_000).map((score) => 1.6 * score)))
    const calm = oneInThousand(sessions(quiet(40_000).map((score) => 0.6 * score)))
    // by themselves, one in 1,000 would lie at 22.1 and 8.3
    expect(wild).toBeGreaterThan(20)
    expect(calm).toBeLessThan(10)
  })

  test('never rises with the score, and is a share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 2000 }),
        fc.array(fc.double({ min: -5, max: 70, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (seen, asked) => {
          const population = sessions(seen)
          let before = 1
          for (const score of asked.toSorted((a, b) => a - b)) {
            const p = sessionTail(population, 0, score)
            expect(p).toBeGreaterThan(0)
            expect(p).toBeLessThanOrEqual(before + 1e-12)
            before = p
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('calibration', () => {
  test('gives the share of events at least as strange', () => {
    const population = scored(exponential(10_000))
    expect(scoresIn(population, 0)).toBeCloseTo(10_000)
    for (const p of [0.5, 0.1, 0.01, 0.003]) {
      expect(tailProbability(population, 0, -5 - Math.log(p)) / p).toBeCloseTo(1, 0)
    }
    expect(riskOf(0.01)).toBe(50)
    expect(riskOf(1e-4)).toBe(100)
    expect(riskOf(1)).toBe(0)
  })

  test('continues the tail beyond what was seen', () => {
    const population = scored(exponential(10_000))
    for (const p of [1e-3, 1e-4, 1e-5]) {
      const ratio = tailProbability(population, 0, -5 - Math.log(p)) / p
      expect(ratio).toBeGreaterThan(0.4)
      expect(ratio).toBeLessThan(2.5)
    }
  })

  test('never rises with the score', () => {
    const score = fc.double({ min: -25, max: 70, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(score, { maxLength: 3000 }),
        fc.array(score, { minLength: 2, maxLength: 50 }),
        (seen, asked) => {
          const population = scored(seen)
          const sorted = asked.toSorted((a, b) => a - b)
          let before = 1
          for (const one of sorted) {
            const p = tailProbability(population, 0, one)
            expect(p).toBeGreaterThan(0)
            expect(p).toBeLessThanOrEqual(before + 1e-12)
            before = p
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('leans on the shipped tails as long as an organisation is young', () => {
    const empty = createPopulation(new Uint8Array(16))
    expect(tailProbability(empty, 0, -10)).toBeGreaterThan(0.8)
    expect(riskOf(tailProbability(empty, 0, 30))).toBeGreaterThan(90)
    expect(riskOf(tailProbability(scored(Array(60).fill(-3)), 0, 0))).toBeLessThan(60)
  })

  test('compares alike with alike', () => {
    const known = { history: 9, activeDays: 9 }
    const kinds = [
      histogramOf(signIn(0), known),
      histogramOf(call(0, 'x'), known),
      histogramOf(signIn(0, { event: { status_id: 2 } }), known),
      histogramOf(signIn(0, { entity: { class: 'service' } }), known),
      histogramOf(signIn(0), { history: 9, activeDays: 2 }),
    ]
    expect(new Set(kinds).size).toBe(5)
    const population = scored(exponential(5000))
    expect(scoresIn(population, 1)).toBe(0)
    expect(binOf(Number.POSITIVE_INFINITY)).toBe(BINS - 1)
    expect(binOf(-1e9)).toBe(0)
  })
})
