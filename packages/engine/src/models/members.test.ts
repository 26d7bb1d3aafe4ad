import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LABEL, noSamples, packVector, type Samples } from '../population/samples.ts'
import { fitMembers } from './fit-members.ts'
import { decodeMember } from './members.ts'
import { seededRandom } from './random.ts'
import { fitTail, tailNats } from './tail-table.ts'
import { VECTOR } from './vector.ts'

/** Sign-ins of people who rarely surprise, and of attackers of whom some surprise by device and network together. */
function collected(judged: number): Samples {
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
  return {
    ...noSamples(),
    ordinary: Array.from({ length: 1600 }, (_, n) => sample(n, 0)),
    judged: Array.from({ length: judged }, (_, n) => {
      const isAttack = n % 2 === 0
      const label = isAttack ? LABEL.compromised : LABEL.safe
      return { ...sample(n, isAttack ? 0.5 : 0.1), score: 4 + random(), label, settled: n }
    }),
  }
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

  test('are a forest, an autoencoder and what feedback taught, where there is enough to fit them on', () => {
    expect(members).toHaveLength(3)
    expect(fitMembers(collected(4), 5)).toHaveLength(2)
    expect(fitMembers(noSamples(), 5)).toEqual([])
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
