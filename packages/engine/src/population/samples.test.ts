import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from '../bytes.ts'
import { REMEMBERED } from '../features/catalogue.ts'
import { decodeDelta, decodePopulation, encodeDelta, encodePopulation } from './codec.ts'
import { ADD, add, createDelta } from './delta.ts'
import {
  applyDelta,
  BINS,
  createPopulation,
  SESSION_HISTOGRAM,
  sessionsCell,
} from './population.ts'
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
  uncommon: fc.array(base, { maxLength: 6 }),
  strange: fc.array(strange, { maxLength: 6 }),
  judged: fc.array(judged, { maxLength: 6 }),
  sequences: fc.array(base, { maxLength: 6 }),
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

test('an identity that is erased leaves none of its samples, whoever hears of what first, and begins anew', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 9 }), fc.nat(), (some, identity, dice) => {
      const all = Object.values(some).flat()
      const until = all[dice % Math.max(1, all.length)]?.time ?? 1
      const forget = createDelta()
      add(forget, ADD.forget, 0, identity, until, 1)
      const sampled = { ...createDelta(), samples: some }
      const [late, early] = [createPopulation(SECRET), createPopulation(SECRET)]
      for (const delta of [sampled, forget]) applyDelta(late, delta)
      for (const delta of [forget, sampled]) applyDelta(early, decodeDelta(encodeDelta(delta)))
      const bytes = encodePopulation(late)
      expect(encodePopulation(early)).toEqual(bytes)
      expect(encodePopulation(decodePopulation(bytes, SECRET))).toEqual(bytes)
      const left = Object.values(late.samples).flat()
      const staying = all.filter((one) => one.identity !== identity || one.time > until)
      expect(left).toHaveLength(staying.length)
    }),
  )
})

test('an erased identity is in no failing count, change or campaign mark any more', () => {
  const population = createPopulation(SECRET)
  const period = 1_000
  const seconds = (period * 2_700_000) / 1000
  const before = createDelta()
  for (const identity of [5, 6]) {
    add(before, ADD.failing, 0, 77, period, identity)
    add(before, ADD.change, 0, identity, seconds, 1)
    add(before, ADD.mark, 3, identity, period, 9)
  }
  const forget = createDelta()
  add(forget, ADD.forget, 0, 5, seconds + 1, 1)
  for (const delta of [before, forget, before]) applyDelta(population, delta)
  expect([...(population.campaigns[0]?.get(77)?.ids?.keys() ?? [])]).toEqual([6])
  expect([...population.changes[0].keys()]).toEqual([6])
  expect([...(population.marks[3]?.keys() ?? [])]).toEqual([6])
  const after = createDelta()
  add(after, ADD.change, 0, 5, seconds + 2, 1)
  applyDelta(population, after)
  expect([...population.changes[0].keys()].sort()).toEqual([5, 6])
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

/** A population's bytes as a version before wrote them: without the (empty) values of the newest feature, and less at the end. */
function asBefore(bytes: Uint8Array, version: number, lists: number): Uint8Array {
  const body = [...bytes.slice(2, -4 - lists)]
  // no values of any feature: as many zeros in a row as there are features
  const values = body.findIndex((_, at) =>
    body.slice(at, at + REMEMBERED).every((byte) => byte === 0),
  )
  const out = new ByteWriter()
  out.u8(bytes[0] ?? 0)
  out.u8(version)
  out.bytes(Uint8Array.from(body.toSpliced(values, 1)))
  return out.finish()
}

test('populations as the versions before wrote them, without uncommon sign-ins and erased identities, are read', () => {
  const bytes = encodePopulation(createPopulation(SECRET))
  const older = (version: number, lists: number) => asBefore(bytes, version, lists)
  expect(encodePopulation(decodePopulation(older(5, 1), SECRET))).toEqual(bytes)
  expect(encodePopulation(decodePopulation(older(4, 2), SECRET))).toEqual(bytes)
  expect(encodePopulation(decodePopulation(older(7, 0), SECRET))).toEqual(bytes)
  expect(encodePopulation(decodePopulation(older(6, 0), SECRET))).toEqual(bytes)
  expect(() => decodePopulation(older(3, 2), SECRET)).toThrow(/version 3 cannot be read/)
})

test('of what the version before learned of sessions nothing is taken over, for it measured them otherwise', () => {
  const delta = createDelta()
  const people = sessionsCell(0)
  add(delta, ADD.number, people, 0, 20_000, 7)
  add(delta, ADD.number, 0, 0, 20_000, 7)
  add(delta, ADD.score, SESSION_HISTOGRAM * BINS + 3, 0, 20_000, 5)
  add(delta, ADD.accused, SESSION_HISTOGRAM, 0, 20_000, 1)
  const as = (bytes: Uint8Array, version: number) => {
    const out = new ByteWriter()
    out.u8(bytes[0] ?? 0)
    out.u8(version)
    out.bytes(bytes.slice(2, -4))
    return out.finish()
  }
  expect(decodeDelta(as(encodeDelta(delta), 5)).additions).toEqual([ADD.number, 0, 0, 20_000, 7])
  const population = createPopulation(SECRET)
  applyDelta(population, delta)
  const before = decodePopulation(asBefore(encodePopulation(population), 6, 0), SECRET)
  expect(before.numbers[0]).toBe(population.numbers[0])
  expect(before.numbers[people]).toBe(0)
  expect([...before.scores, ...before.coarse, ...before.accused].every((sum) => sum === 0)).toBe(
    true,
  )
  expect(decodePopulation(encodePopulation(population), SECRET).numbers[people]).toBeGreaterThan(0)
})
