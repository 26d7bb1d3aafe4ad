import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { teach } from '../learn.ts'
import { createDelta } from '../population/population.ts'
import { DAY, type Difference, HOUR, livedIn, MONDAY, signIn } from '../testing/lives.ts'
import { changeOf, takeBackChange } from './change.ts'
import { encodeProfile } from './codec.ts'
import { settleLandmark } from './decay.ts'
import { HISTORY, HOURS, SLOTS, TOTAL_WORDS } from './layout.ts'
import { copyProfile, type Profile } from './profile.ts'

const life = livedIn(3, 21)
const places: readonly Difference[] = [
  {},
  { network: { prefix: '203.0.113.0/24', asn: 64_511 } },
  { network: { prefix: '203.0.114.0/24', asn: 64_512 }, client: { os: 'Linux' } },
  { event: { device: { uid: 'phone' } } },
]
const lesson = fc.record({
  place: fc.constantFrom(...places),
  hour: fc.integer({ min: 0, max: 120 }),
  weight: fc.constantFrom(-1, -0.4, 0.6, 1),
})
const lessons = fc.array(lesson, { minLength: 1, maxLength: 12 })
type Lessons = readonly { place: Difference; hour: number; weight: number }[]

function taught(profile: Profile, some: Lessons, from: number): Profile {
  const copy = copyProfile(profile)
  for (const { place, hour, weight } of some) {
    teach(signIn(from + hour * HOUR, place), weight, copy, createDelta(), life.population)
  }
  return copy
}

/** Long memory by what it says: sums, and counts by value. */
function sums({ f32, u32 }: Profile): Map<string, number> {
  const all = new Map([['history', f32[HISTORY] ?? 0]])
  for (let i = 0; i < 48; i++) all.set(`hour ${i}`, f32[HOURS + i] ?? 0)
  for (let at = SLOTS; at < TOTAL_WORDS; at += 3) {
    if (u32[at] !== 0) all.set(`value ${u32[at]}`, f32[at + 1] ?? 0)
  }
  return all
}

describe('what lessons changed of a profile', () => {
  test('is taken back to the bit where nothing came between, however much of it was clamped or forgotten', () => {
    fc.assert(
      fc.property(lessons, lessons, (before, said) => {
        const never = taught(
          life.profile(),
          before.map((one) => ({ ...one, weight: 1 })),
          MONDAY + 21 * DAY,
        )
        const after = taught(never, said, MONDAY + 21 * DAY)
        takeBackChange(after, changeOf(never, after))
        expect(Buffer.from(encodeProfile(after))).toEqual(Buffer.from(encodeProfile(never)))
      }),
    )
  })

  test('is taken back after others were learned as if it had never been, and the landmark had moved', () => {
    fc.assert(
      fc.property(lessons, fc.integer({ min: 0, max: 700 }), (said, later) => {
        const before = taught(
          life.profile(),
          [{ place: places[1] ?? {}, hour: 1, weight: 1 }],
          MONDAY + 21 * DAY,
        )
        const after = taught(
          before,
          said.map((one) => ({ ...one, weight: -1 })),
          MONDAY + 21 * DAY,
        )
        const change = changeOf(before, after)
        const news = [0, 1, 2].map((hour) => ({ place: {}, hour, weight: 1 }))
        const at = MONDAY + (30 + later) * DAY
        const [never, undone] = [before, after].map((one) => {
          const copy = copyProfile(one)
          settleLandmark(copy, Math.floor(at / DAY), 60)
          return taught(copy, news, at)
        })
        if (never === undefined || undone === undefined) throw new Error('two were made')
        takeBackChange(undone, change)
        const expected = sums(never)
        const most = Math.max(...expected.values())
        for (const [name, one] of sums(undone)) {
          expect(Math.abs(one - (expected.get(name) ?? Number.NaN)), name).toBeLessThan(1e-4 * most)
        }
        expect(sums(undone).size).toBe(expected.size)
      }),
    )
  })

  test('a busy day counts as the three events that a day may bring, also where it goes on after the verdict', () => {
    const visit = (count: number, weight: number): Lessons =>
      Array.from({ length: count }, (_, i) => ({ place: places[1] ?? {}, hour: i % 5, weight }))
    const day = MONDAY + 21 * DAY
    const before = taught(life.profile(), visit(9, 1), day)
    const after = taught(before, visit(9, -1), day)
    const change = changeOf(before, after)
    const undone = taught(after, visit(2, 1), day)
    takeBackChange(undone, change)
    const expected = sums(taught(before, visit(2, 1), day))
    for (const [name, one] of sums(undone)) {
      if (name.startsWith('value')) expect(one, name).toBeCloseTo(expected.get(name) ?? -1, 4)
    }
  })

  test('bytes that are no change are refused', () => {
    const profile = life.profile()
    const change = changeOf(profile, taught(profile, [{ place: {}, hour: 1, weight: 1 }], MONDAY))
    expect(() => takeBackChange(copyProfile(profile), change.slice(1))).toThrow(RangeError)
    expect(() => takeBackChange(copyProfile(profile), encodeProfile(profile))).toThrow(RangeError)
  })
})
