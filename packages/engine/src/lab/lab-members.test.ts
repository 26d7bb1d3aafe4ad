import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMember } from '../models/members.ts'
import { seededRandom } from '../models/random.ts'
import { VECTOR } from '../models/vector.ts'
import type { Member } from '../types.ts'
import { fitRandomForestMember, fitUnlabelled, UNLABELLED } from './fit-member.ts'

const LENGTH = VECTOR.length

/** Sign-ins whose numbers hang together by a hidden mood, some of them unknown. */
function ordinary(count: number, seed: number): Float64Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const mood = 2 * random() - 1
    return Float64Array.from({ length: LENGTH }, (_, k) =>
      random() < 0.05 ? Number.NaN : mood * (k % 3) + 0.5 * random(),
    )
  })
}

/** The same numbers without what holds them together. */
function strange(count: number, seed: number): Float64Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: LENGTH }, (_, k) => (k % 3) * (random() < 0.5 ? -1.5 : 1.5)),
  )
}

const [fitOn, compareWith] = [ordinary(400, 1), ordinary(400, 2)]
const judged = { vectors: [...strange(30, 3), ...ordinary(60, 4)], targets: [] as number[] }
judged.targets.push(...judged.vectors.map((_, i) => (i < 30 ? 1 : 0)))
const forest = () => {
  const member = fitRandomForestMember(judged, fitOn, 1)
  if (member === null) throw new Error('there are verdicts enough')
  return member
}
const members: readonly (readonly [string, () => Member])[] = [
  ...UNLABELLED.map((name) => [name, () => fitUnlabelled(name, fitOn, compareWith, 1)] as const),
  ['random_forest', forest],
]
const vectors = fc
  .array(fc.option(fc.double({ min: -7.9, max: 7.9, noNaN: true }), { freq: 5 }), {
    minLength: LENGTH,
    maxLength: LENGTH,
  })
  .map((numbers) => Float64Array.from(numbers, (one) => one ?? Number.NaN))

describe.each(members)('%s as a member of the ensemble', (_, fit) => {
  const member = fit()

  test('finds what does not hang together stranger than what does', () => {
    const sum = (those: readonly Float64Array[]) =>
      those.reduce((total, one) => total + member.points(one), 0) / those.length
    expect(sum(strange(200, 5))).toBeGreaterThan(sum(ordinary(200, 6)) + 1)
  })

  test('is told by shares that add up to its points', () => {
    const shares = new Float64Array(LENGTH)
    fc.assert(
      fc.property(vectors, (vector) => {
        const base = member.explain(vector, shares)
        const whole = shares.reduce((total, one) => total + one, base)
        expect(whole).toBeCloseTo(member.points(vector), 6)
      }),
      { numRuns: 60 },
    )
  })

  test('is the same from the same vectors and seed, and from its bytes', () => {
    const bytes = member.encode()
    expect(fit().encode()).toEqual(bytes)
    const read = decodeMember(bytes)
    expect(read.term).toBe(member.term)
    fc.assert(
      fc.property(vectors, (vector) => {
        expect(read.points(vector)).toBe(member.points(vector))
      }),
      { numRuns: 60 },
    )
  })

  test('refuses bytes that are damaged', () => {
    const bytes = member.encode()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const other = bytes.slice()
        other[at] = (other[at] as number) ^ by
        expect(() => decodeMember(other)).toThrow(RangeError)
        expect(() => decodeMember(bytes.subarray(0, at))).toThrow(RangeError)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a random forest on verdicts', () => {
  test('waits for five of either kind', () => {
    const few = { vectors: judged.vectors.slice(0, 4), targets: [1, 1, 1, 1] }
    expect(fitRandomForestMember(few, fitOn, 1)).toBeNull()
  })
})
