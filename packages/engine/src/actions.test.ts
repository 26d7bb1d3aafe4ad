import { expect, test } from 'vitest'
import { teachActions } from './actions.ts'
import { createAssessment } from './assess.ts'
import { defaultPolicy } from './decide.ts'
import { actionClass, SEQUENCE } from './features/action-class.ts'
import { judge } from './judge.ts'
import { defaultModels } from './models/shipped.ts'
import { encodePopulation } from './population/codec.ts'
import { applyDelta, createDelta, createPopulation } from './population/population.ts'
import { decodeProfile, encodeProfile } from './profile/codec.ts'
import { ACTIONS } from './profile/layout.ts'
import { createProfile } from './profile/profile.ts'
import { call, HOUR, MONDAY, signIn } from './testing/lives.ts'
import type { Models } from './types.ts'

const OPERATIONS = ['ListBuckets', 'GetObject', 'PutObject', 'DescribeInstances']
const following: Models = { ...defaultModels, followsActions: true }

/** What an identity and its organisation know after so many calls, with a pause before the last three. */
function acted(count: number, models: Models) {
  const profile = createProfile()
  const population = createPopulation(new Uint8Array(16))
  for (let n = 0; n < count; n++) {
    const time = MONDAY + n * 60_000 + (n >= count - 3 ? 3 * HOUR : 0)
    const event = call(time, OPERATIONS[n % OPERATIONS.length] ?? '')
    const delta = createDelta()
    judge(event, profile, population, models, defaultPolicy, delta)
    applyDelta(population, delta)
  }
  return { profile, population }
}

test('the last actions are kept in order, come back from bytes, and begin anew after a pause', () => {
  const { profile } = acted(30, following)
  const bytes = encodeProfile(profile)
  expect(bytes.length).toBeLessThan(2_000)
  const back = decodeProfile(bytes)
  expect(encodeProfile(back)).toEqual(bytes)
  const newest = (n: number) => actionClass(call(MONDAY, OPERATIONS[n % OPERATIONS.length] ?? ''))
  const word = back.u32[ACTIONS] ?? 0
  expect([word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]).toEqual([
    newest(29),
    newest(28),
    newest(27),
    0,
  ])
  expect(new Set(OPERATIONS.map((_, n) => newest(n))).size).toBe(OPERATIONS.length)
  expect(actionClass(signIn(MONDAY))).toBe(1)
})

test('eight actions fill both words, the newest first', () => {
  const profile = createProfile()
  const out = createAssessment()
  out.actions.set([1, 2, 3, 4, 5, 6, 7, 255])
  expect(out.actions).toHaveLength(SEQUENCE)
  teachActions(out, profile)
  expect([profile.u32[ACTIONS], profile.u32[ACTIONS + 1]]).toEqual([0x050607ff, 0x01020304])
})

test('where they are not followed nothing is kept, of the identity nor of the organisation', () => {
  const [on, off] = [acted(40, following), acted(40, defaultModels)]
  expect(off.profile.u32[ACTIONS]).toBe(0)
  expect(off.population.samples.sequences).toEqual([])
  expect(on.population.samples.sequences.length).toBeGreaterThan(0)
  expect(encodeProfile(on.profile).length).toBe(encodeProfile(off.profile).length + 8)
  expect(encodePopulation(off.population).length).toBeLessThan(
    encodePopulation(on.population).length,
  )
})
