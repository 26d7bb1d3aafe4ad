import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexOf } from '../features/catalogue.ts'
import { EXCHANGED, pack, type Rehearsal, unpack } from '../population/rehearsals.ts'
import { LABEL, noSamples, packVector, unpackVector } from '../population/samples.ts'
import { REHEARSED } from './contrastive-head.ts'
import { fitMembers, type Training } from './fit-members.ts'
import { decodeMember, fillKnown } from './members.ts'
import { seededRandom } from './random.ts'
import { fitTail, tailNats } from './tail-table.ts'
import { SURPRISES, VECTOR } from './vector.ts'

/** Sign-ins of people who rarely surprise, and of attackers of whom some surprise by device and network together. */
function collected(judged: number): Training {
  const random = seededRandom(2)
  const vector = (strange: number) =>
    packVector(
      Float64Array.from(VECTOR, (_, k) =>
        k === 11 ? Number.NaN : k < 10 && random() < 0.1 + strange ? 4 * random() : 0.5 * random(),
      ),
    )
  const sample = (time: number, strange: number) => ({
    time,
    identity: 1 + (time % 40),
    vector: vector(strange),
  })
  const rehearsal = (n: number): Rehearsal => ({
    time: n,
    identity: 1 + (n % 40),
    lender: 1 + ((n + 1) % 40),
    values: new Uint32Array(EXCHANGED),
    hourBin: 0,
    kind: 1,
    own: pack(REHEARSED.map(() => 0)),
    // strangers surprise by network and device at once
    strange: pack(REHEARSED.map((_, k) => (k === 3 || k === 9 ? 4 + random() : random()))),
  })
  const samples = {
    ...noSamples(),
    ordinary: Array.from({ length: 1600 }, (_, n) => sample(n, 0)),
    uncommon: Array.from({ length: 400 }, (_, n) => sample(n, 0.3)),
    judged: Array.from({ length: judged }, (_, n) => {
      const isAttack = n % 2 === 0
      const label = isAttack ? LABEL.compromised : LABEL.safe
      return { ...sample(n, isAttack ? 0.5 : 0.1), score: 4 + random(), label, settled: n }
    }),
  }
  return { samples, rehearsals: Array.from({ length: 300 }, (_, n) => rehearsal(n)) }
}

const number = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -7.9, max: 7.9, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)
const vectors = fc
  .array(number, { minLength: VECTOR.length, maxLength: VECTOR.length })
  .map((numbers) => Float64Array.from(numbers))

describe('members of the ensemble', () => {
  const members = fitMembers(collected(120), 5)

  test('are a forest, an autoencoder, what strangers show and what feedback taught, where there is enough to fit them on', () => {
    expect(members).toHaveLength(4)
    expect(fitMembers(collected(4), 5)).toHaveLength(3)
    expect(fitMembers({ ...collected(4), rehearsals: [] }, 5)).toHaveLength(2)
    expect(fitMembers({ samples: noSamples(), rehearsals: [] }, 5)).toEqual([])
  })

  test('tell strangers from what is uncommon here, say about nothing of the ordinary, and never fall where a surprise grows', () => {
    const strangers = members.find(({ term }) => term === indexOf('rehearsal'))
    if (strangers === undefined) return expect.unreachable('no trees on rehearsals')
    const { samples, rehearsals } = collected(0)
    const usual = samples.ordinary.map(({ vector }) => strangers.points(unpackVector(vector)))
    expect(Math.abs(usual.reduce((sum, one) => sum + one, 0) / usual.length)).toBeLessThan(1e-6)
    const strange = new Float64Array(VECTOR.length)
    for (const [k, point] of unpack(rehearsals[0]?.strange ?? new Int8Array()).entries()) {
      strange[VECTOR.findIndex(({ term }) => term === REHEARSED[k])] = point
    }
    const trip = strange.with(3, 0)
    expect(strangers.points(strange)).toBeGreaterThan(strangers.points(trip) + 1)
    fc.assert(
      fc.property(
        vectors,
        fc.nat(VECTOR.length - 1),
        fc.double({ min: 0, max: 8, noNaN: true }),
        (vector, which, more) => {
          fc.pre(SURPRISES[which] === 1)
          const larger = vector.with(which, (fillKnown(vector)[which] ?? 0) + more)
          expect(strangers.points(larger)).toBeGreaterThanOrEqual(strangers.points(vector) - 1e-9)
        },
      ),
    )
  })

  test('explain their points by number, exactly', () => {
    const shares = new Float64Array(VECTOR.length)
    fc.assert(
      fc.property(vectors, (vector) => {
        for (const member of members) {
          const base = member.explain(vector, shares)
          const total = shares.reduce((sum, one) => sum + one, base)
          expect(Math.abs(total - member.points(vector))).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 25 },
    )
  })

  test('come back from their bytes to the bit, and damaged bytes do not', () => {
    for (const member of members) {
      const bytes = member.encode()
      const back = decodeMember(bytes)
      fc.assert(
        fc.property(vectors, (vector) => {
          expect(back.points(vector)).toBe(member.points(vector))
        }),
        { numRuns: 25 },
      )
      for (const at of [0, 1, 5, 60, bytes.length - 1]) {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] ?? 0) ^ 0x55
        expect(() => decodeMember(damaged)).toThrow(RangeError)
      }
    }
  })

  test('are the same for the same samples and seed, byte by byte', () => {
    const bytes = (seed: number) => fitMembers(collected(120), seed).map((one) => one.encode())
    expect(bytes(5)).toEqual(members.map((one) => one.encode()))
    expect(bytes(6)[0]).not.toEqual(members[0]?.encode())
  })
})

describe('the tail of ordinary scores', () => {
  test('is the share of scores as high, and never falls', () => {
    const random = seededRandom(3)
    const scores = Array.from({ length: 2000 }, () => -Math.log(1 - random()))
    const table = fitTail(scores)
    // of exponential scores the tail is the score itself
    for (const score of [0.5, 1, 2, 4, 6]) {
      expect(Math.abs(tailNats(table, score) - score)).toBeLessThan(0.25 + 0.12 * score)
    }
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        expect(tailNats(table, Math.max(a, b))).toBeGreaterThanOrEqual(
          tailNats(table, Math.min(a, b)),
        )
      }),
    )
  })
})
