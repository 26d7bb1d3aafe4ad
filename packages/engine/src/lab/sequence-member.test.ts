import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTION_CLASSES, SEQUENCE } from '../features/action-class.ts'
import { fitMembers } from '../models/fit-members.ts'
import { decodeMember } from '../models/members.ts'
import { seededRandom } from '../models/random.ts'
import { noSamples } from '../population/samples.ts'
import { fitSequenceMember } from './sequence-member.ts'

/** Work with a rhythm: from each class mostly to the next of twelve, at times back to the first. */
function work(count: number, seed: number): Float64Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    let at = Math.floor(12 * random())
    const known = 3 + Math.floor(6 * random())
    return Float64Array.from({ length: SEQUENCE }, (_, k) => {
      if (k < SEQUENCE - known) return 0
      at = random() < 0.1 ? 0 : (at + 1) % 12
      return 20 + 19 * at
    })
  })
}
const member = fitSequenceMember(work(1600, 1), 3)
const sequences = fc
  .array(fc.nat(ACTION_CLASSES - 1), { minLength: SEQUENCE, maxLength: SEQUENCE })
  .map((classes) => Float64Array.from(classes))

describe('the order of actions as a member of the ensemble', () => {
  test('finds the same actions in another order stranger', () => {
    const sum = (those: readonly Float64Array[]) =>
      those.reduce((total, one) => total + member.points(one), 0) / those.length
    const usual = work(300, 2)
    const turned = usual.map((one) => Float64Array.from([...one].toReversed()))
    expect(sum(usual)).toBeLessThan(1.5)
    expect(sum(turned)).toBeGreaterThan(sum(usual) + 2)
  })

  test('is told by shares that add up to its points, whatever was done', () => {
    const shares = new Float64Array(SEQUENCE)
    fc.assert(
      fc.property(sequences, (actions) => {
        const base = member.explain(actions, shares)
        const all = shares.reduce((sum, one) => sum + one, base)
        expect(all).toBeCloseTo(member.points(actions), 9)
        expect(all).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('comes back from its bytes to the bit, and damaged bytes do not', () => {
    const bytes = member.encode()
    expect(bytes.length).toBeLessThan(20_000)
    const back = decodeMember(bytes)
    expect(back.reads).toBe('actions')
    for (const actions of work(50, 4)) expect(back.points(actions)).toBe(member.points(actions))
    for (const at of [0, 5, 60, 900, bytes.length - 1]) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 0x55
      expect(() => decodeMember(damaged)).toThrow(RangeError)
    }
  })

  test('is fitted where it is switched on and enough is kept, the same from the same', () => {
    const kept = work(1100, 5).map((one, n) => ({
      time: n,
      identity: n,
      vector: Int8Array.from(one),
    }))
    const fit = (count: number) => {
      const left: string[] = []
      const samples = { ...noSamples(), sequences: kept.slice(0, count) }
      const members = fitMembers({ samples, rehearsals: [] }, 1, ['lstm'], (_, why) =>
        left.push(why),
      )
      return { members: members.map((one) => one.encode()), left }
    }
    expect(fit(1_000)).toEqual({
      members: [],
      left: ['it waits for 1024 actions, 1000 are kept'],
    })
    expect(fit(1_100).members).toHaveLength(1)
    expect(fit(1_100).members).toEqual(fit(1_100).members)
  })
})
