import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../bytes.ts'
import { decodeDelta, encodeDelta } from './codec.ts'
import { createDelta } from './delta.ts'
import {
  addRehearsal,
  dropIdentity,
  EXCHANGED,
  MOST_REHEARSALS,
  newest,
  pack,
  REHEARSAL_POINTS,
  type Rehearsal,
  readRehearsals,
  unpack,
  writeRehearsals,
} from './rehearsals.ts'

const hash = fc.integer({ min: 1, max: 2 ** 32 - 1 })
const packed = fc
  .array(fc.integer({ min: -128, max: 127 }), {
    minLength: REHEARSAL_POINTS,
    maxLength: REHEARSAL_POINTS,
  })
  .map((points) => Int8Array.from(points))
const rehearsal: fc.Arbitrary<Rehearsal> = fc.record({
  time: fc.integer({ min: 1_700_000_000, max: 1_700_000_050 }),
  identity: hash,
  lender: hash,
  values: fc
    .array(hash, { minLength: EXCHANGED, maxLength: EXCHANGED })
    .map((values) => Uint32Array.from(values)),
  hourBin: fc.nat(47),
  kind: fc.integer({ min: 1, max: 3 }),
  own: packed,
  strange: packed,
})

function inOrder(rehearsals: readonly Rehearsal[]): readonly Rehearsal[] {
  const kept: Rehearsal[] = []
  for (const one of rehearsals) addRehearsal(kept, one)
  return newest(kept)
}

/** A rehearsal of an identity at a second; everything else follows from both. */
function at(time: number, identity: number): Rehearsal {
  return {
    time,
    identity,
    lender: identity + 1,
    values: new Uint32Array(EXCHANGED).fill(identity),
    hourBin: time % 48,
    kind: 1,
    own: new Int8Array(REHEARSAL_POINTS),
    strange: new Int8Array(REHEARSAL_POINTS),
  }
}

describe('rehearsals', () => {
  test('come back from a delta’s bytes, about 80 bytes each', () => {
    fc.assert(
      fc.property(fc.array(rehearsal, { maxLength: 20 }), (rehearsals) => {
        const bytes = encodeDelta({ ...createDelta(), rehearsals })
        expect(decodeDelta(bytes).rehearsals).toEqual(inOrder(rehearsals))
        expect(bytes.length).toBeLessThanOrEqual(13 + 93 * rehearsals.length)
      }),
    )
  })

  test.each([1, 2])('of layouts before, with %i values fewer, are read past', (fewer) => {
    const before = { ...at(5, 1), values: new Uint32Array(EXCHANGED - fewer) }
    const points = new Int8Array(REHEARSAL_POINTS - fewer)
    const out = new ByteWriter()
    writeRehearsals(out, [{ ...before, own: points, strange: points }])
    const input = new ByteReader(out.finish(), 'rehearsals')
    expect(readRehearsals(input, EXCHANGED - fewer)).toEqual([])
    input.finish()
  })

  test('that are kept are the newest, in whatever order they come', () => {
    const all = Array.from({ length: 4000 }, (_, n) => at(1_700_000_000 + ((n * 37) % 2500), n))
    const kept: Rehearsal[] = []
    for (const one of all) addRehearsal(kept, one)
    const backwards: Rehearsal[] = []
    for (const one of all.toReversed()) addRehearsal(backwards, one)
    expect(newest(kept)).toHaveLength(MOST_REHEARSALS)
    expect(newest(kept)).toEqual(newest(backwards))
    expect(kept.length).toBeLessThanOrEqual(1.1 * MOST_REHEARSALS)
  })

  test('of an identity go, and those that borrowed from it', () => {
    const kept = [at(1, 5), at(2, 6), at(3, 4), at(4, 9)]
    dropIdentity(kept, 5, Number.POSITIVE_INFINITY)
    expect(kept.map(({ identity }) => identity)).toEqual([6, 9])
  })

  test('keep points within half a step', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -7.9, max: 7.9, noNaN: true })), (points) => {
        unpack(pack(points)).forEach((one, i) => {
          expect(Math.abs(one - (points[i] ?? 0))).toBeLessThanOrEqual(1 / 32)
        })
      }),
    )
    expect(unpack(pack([Number.NaN, 40, -40]))).toEqual(Float64Array.of(0, 127 / 16, -8))
  })
})
