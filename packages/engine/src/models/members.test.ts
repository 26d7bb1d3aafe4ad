import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAssessment } from '../assess.ts'
import { attribute } from '../attribute.ts'
import { indexOf } from '../features/catalogue.ts'
import { EXCHANGED, pack, type Rehearsal, unpack } from '../population/rehearsals.ts'
import { LABEL, noSamples, packVector, unpackVector } from '../population/samples.ts'
import { REHEARSED } from './contrastive-head.ts'
import { fitMembers, type Training } from './fit-members.ts'
import { decodeMember, fillKnown } from './members.ts'
import { seededRandom } from './random.ts'
import { defaultModels } from './shipped.ts'
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

  test('are dealt out to the surprises that they read, and no point is lost or made', () => {
    const out = createAssessment()
    out.models = { ...defaultModels, members }
    fc.assert(
      fc.property(vectors, fc.boolean(), (vector, alerted) => {
        out.vector.set(vector)
        out.alerted = alerted
        out.points.fill(0)
        for (const [k, { term }] of VECTOR.entries()) {
          if (term >= 0 && !Number.isNaN(vector[k])) out.points[term] = vector[k] ?? 0
        }
        for (const member of members) {
          out.raw[member.term] = member.points(vector)
          out.points[member.term] = 2 * member.points(vector)
        }
        const { points, shares } = attribute(out)
        const sum = (values: Float64Array) => values.reduce((total, one) => total + one, 0)
        expect(sum(points)).toBeCloseTo(sum(out.points), 9)
        for (const [term, said] of shares) {
          const all = said.reduce((total, one) => total + one.points, out.points[term] ?? 0)
          expect(points[term]).toBeCloseTo(all, 9)
          expect(Number.isNaN(vector[VECTOR.findIndex((one) => one.term === term)])).toBe(false)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('say of a stranger that network and device are strange, against what is usual here', () => {
    const strangers = members.find(({ term }) => term === indexOf('rehearsal'))
    if (strangers === undefined) return expect.unreachable('no trees on rehearsals')
    const strange = new Float64Array(VECTOR.length)
    for (const [k, point] of unpack(
      collected(0).rehearsals[0]?.strange ?? new Int8Array(),
    ).entries()) {
      strange[VECTOR.findIndex(({ term }) => term === REHEARSED[k])] = point
    }
    const shares = new Float64Array(VECTOR.length)
    const base = strangers.explain(strange, shares)
    const loudest = [...shares.keys()]
      .sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0))
      .slice(0, 2)
    const known = REHEARSED.map((term) => VECTOR.findIndex((one) => one.term === term))
    expect(loudest.sort((a, b) => a - b)).toEqual(
      [known[3], known[9]].sort((a = 0, b = 0) => a - b),
    )
    // next to nothing is left that would be said of any sign-in
    expect(Math.abs(base)).toBeLessThan(0.1 * strangers.points(strange))
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
