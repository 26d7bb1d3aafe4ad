import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultPolicy } from '../decide.ts'
import { REMEMBERED } from '../features/catalogue.ts'
import { peek } from '../judge.ts'
import { gateWeight } from '../learn.ts'
import { defaultModels } from '../models/shipped.ts'
import { applyDelta, createDelta } from '../population/population.ts'
import { FIRST_SLOT, SLOTS } from '../profile/layout.ts'
import { isDoubted, isTrusted } from '../profile/slots.ts'
import { DAY, livedIn, MONDAY, STRANGER, signIn } from '../testing/lives.ts'
import { isProven, type Settled, settleScore, vouch } from './settle.ts'

const NEXT = MONDAY + 21 * DAY

test('a score counts whole once somebody says it was right, not at all once it was wrong, and as before once neither', () => {
  const life = livedIn(6, 14)
  const strange = signIn(NEXT, STRANGER)
  const { verdict } = life.live(strange)
  expect(verdict.risk).toBeGreaterThanOrEqual(63)
  const { population } = life
  const before = population.scores.slice()
  const accused = population.accused.slice()
  const riskNow = () => peek(strange, life.profile(), population, defaultModels, defaultPolicy).risk
  const say = (from: Settled, to: Settled) => {
    const delta = createDelta()
    settleScore(strange, verdict, from, to, delta)
    applyDelta(population, delta)
  }
  const unsaid = riskNow()
  say(null, 'safe')
  const safe = riskNow()
  expect(safe).toBeLessThan(unsaid)
  say('safe', 'safe')
  expect(riskNow()).toBe(safe)
  say('safe', 'compromised')
  expect(riskNow()).toBeGreaterThanOrEqual(unsaid)
  say('compromised', null)
  expect(population.scores).toEqual(before)
  expect(population.accused).toEqual(accused)
})

test('whatever is said in whatever order, only the last counts', () => {
  const life = livedIn(3, 7)
  const strange = signIn(NEXT, STRANGER)
  const { verdict } = life.live(strange)
  const said = fc.constantFrom<Settled>('safe', 'compromised', null)
  const after = (all: readonly Settled[]) => {
    const scores = new Map<number, number>()
    let before: Settled = null
    for (const one of all) {
      const delta = createDelta()
      settleScore(strange, verdict, before, one, delta)
      const { additions } = delta
      for (let i = 0; i < additions.length; i += 5) {
        const at = (additions[i] ?? 0) * 1e6 + (additions[i + 1] ?? 0)
        scores.set(at, (scores.get(at) ?? 0) + (additions[i + 4] ?? 0))
      }
      before = one
    }
    return [...scores].filter(([, amount]) => amount !== 0).sort(([a], [b]) => a - b)
  }
  fc.assert(
    fc.property(fc.array(said, { maxLength: 8 }), said, (all, last) => {
      expect(after([...all, last])).toEqual(after([last]))
    }),
  )
})

test('the weight that the gate gave is known again from the verdict', () => {
  const life = livedIn(3, 7)
  for (const but of [{}, STRANGER]) {
    const input = signIn(NEXT, but)
    const { verdict, learned } = life.live(input)
    expect(gateWeight(input, verdict)).toBe(learned)
  }
})

test('what was proven is trusted and out of doubt, and its owner stranger to nobody', () => {
  const life = livedIn(6, 14)
  const strange = signIn(NEXT, STRANGER)
  life.live(strange)
  const profile = life.profile()
  const slots = () => {
    const used: number[] = []
    for (let at = SLOTS; at < SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0); at += 3)
      if (profile.u32[at] !== 0) used.push(at)
    return used
  }
  const again = signIn(NEXT + DAY, STRANGER)
  const risk = () => peek(again, life.profile(), life.population, defaultModels, defaultPolicy).risk
  const before = risk()
  expect(slots().some((at) => isDoubted(profile, at))).toBe(true)
  vouch(strange, profile, life.population)
  expect(slots().some((at) => isDoubted(profile, at))).toBe(false)
  expect(slots().every((at) => isTrusted(profile, at))).toBe(true)
  expect(risk()).toBeLessThan(before)
})

test('a code or a prompt proves nothing, for both can be passed on', () => {
  const challenge = (outcome: 'passed' | 'failed', factor?: 'webauthn' | 'push') => ({
    challenge: { outcome, time: NEXT, ...(factor === undefined ? {} : { factor }) },
  })
  expect(isProven(challenge('passed', 'webauthn'))).toBe(true)
  expect(isProven(challenge('passed', 'push'))).toBe(false)
  expect(isProven(challenge('passed'))).toBe(false)
  expect(isProven(challenge('failed', 'webauthn'))).toBe(false)
  expect(isProven({})).toBe(false)
})
