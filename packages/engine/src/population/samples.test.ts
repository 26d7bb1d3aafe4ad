import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeDelta, decodePopulation, encodeDelta, encodePopulation } from './codec.ts'
import { ADD, add, createDelta } from './delta.ts'
import { applyDelta, createPopulation } from './population.ts'
import {
  addSamples,
  findStrange,
  LABEL,
  MOST_SAMPLES,
  noSamples,
  packVector,
  standing,
  unpackVector,
} from './samples.ts'

const SECRET = new Uint8Array(16).fill(7)
const base = fc.record({
  time: fc.integer({ min: 1, max: 2_000_000_000 }),
  identity: fc.integer({ min: 1, max: 9 }),
  vector: fc.int8Array({ minLength: 6, maxLength: 6 }),
})
const score = fc.float({ min: -20, max: 60, noNaN: true })
const strange = fc.tuple(base, score).map(([one, s]) => ({ ...one, score: s }))
const judged = fc
  .tuple(strange, fc.nat(2), fc.nat(1e9))
  .map(([one, label, settled]) => ({ ...one, label, settled }))
const samples = fc.record({
  ordinary: fc.array(base, { maxLength: 12 }),
  strange: fc.array(strange, { maxLength: 6 }),
  judged: fc.array(judged, { maxLength: 6 }),
})

test('a vector comes back within half a step, and what is unknown stays unknown', () => {
  const vector = Float64Array.of(0, -7.9, 2.71, Number.NaN, 7.9)
  const back = unpackVector(packVector(vector))
  for (const [k, value] of vector.entries()) {
    if (Number.isNaN(value)) expect(back[k]).toBeNaN()
    else expect(Math.abs((back[k] ?? 9) - value)).toBeLessThanOrEqual(1 / 32)
  }
})

test('samples of deltas in any order make the same population, and come back from its bytes', () => {
  fc.assert(
    fc.property(fc.array(samples, { maxLength: 4 }), (all) => {
      const deltas = all.map((some) => ({ ...createDelta(), samples: some }))
      const [forth, back] = [createPopulation(SECRET), createPopulation(SECRET)]
      for (const delta of deltas) applyDelta(forth, decodeDelta(encodeDelta(delta)))
      for (const delta of deltas.toReversed()) applyDelta(back, delta)
      const bytes = encodePopulation(forth)
      expect(encodePopulation(back)).toEqual(bytes)
      expect(encodePopulation(decodePopulation(bytes, SECRET))).toEqual(bytes)
    }),
  )
})

test('an identity that is erased leaves none of its samples', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 9 }), (some, identity) => {
      const population = createPopulation(SECRET)
      applyDelta(population, { ...createDelta(), samples: some })
      const forget = createDelta()
      add(forget, ADD.forget, 0, identity, 0, 1)
      applyDelta(population, forget)
      const left = Object.values(population.samples).flat()
      expect(left.some((one) => one.identity === identity)).toBe(false)
      const others = Object.values(some).flat()
      expect(left).toHaveLength(others.filter((one) => one.identity !== identity).length)
    }),
  )
})

test('memory is bounded: the newest stay', () => {
  const kept = noSamples()
  const vector = new Int8Array(6)
  for (let time = 1; time <= 9000; time++) {
    addSamples(kept, { ...noSamples(), ordinary: [{ time, identity: 1, vector }] })
  }
  expect(kept.ordinary.length).toBeLessThanOrEqual(MOST_SAMPLES.ordinary * 1.1)
  expect(kept.ordinary.at(-1)?.time).toBe(9000)
})

test('of one sign-in the last verdict stands, and one that was taken back does not', () => {
  const one = { time: 5, identity: 3, vector: new Int8Array(6), score: 1 }
  const said = (label: number, settled: number) => ({ ...one, label, settled })
  expect(standing([said(LABEL.compromised, 8), said(LABEL.safe, 9)])).toEqual([said(LABEL.safe, 9)])
  expect(standing([said(LABEL.none, 10), said(LABEL.safe, 9)])).toEqual([])
  expect(findStrange({ ...noSamples(), strange: [one] }, 3, 5)).toEqual(one)
  expect(findStrange({ ...noSamples(), strange: [one] }, 3, 6)).toBeUndefined()
})
