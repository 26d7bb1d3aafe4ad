import type { EnrichedEvent } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { assess, createAssessment } from './assess.ts'
import { defaultPolicy } from './decide.ts'
import { indexOf, REMEMBERED } from './features/catalogue.ts'
import { peek } from './judge.ts'
import { learn, learningWeight, teach } from './learn.ts'
import { withdraw } from './learning/unteach.ts'
import { defaultModels } from './models/shipped.ts'
import { applyDelta, createDelta, usersOf } from './population/population.ts'
import { encodeProfile } from './profile/codec.ts'
import { FIRST_SLOT, HISTORY, SLOTS } from './profile/layout.ts'
import { createProfile, profileLastTime } from './profile/profile.ts'
import { isDoubted } from './profile/slots.ts'
import {
  call,
  createLife,
  DAY,
  HOUR,
  type Life,
  livedIn,
  MONDAY,
  STRANGER,
  signIn,
} from './testing/lives.ts'

const NEXT = MONDAY + 21 * DAY

function assessed(life: Life, input = signIn(NEXT)) {
  const out = createAssessment()
  assess(input, life.profile(), life.population, defaultModels, out)
  return out
}

const slotWords = (life: Life) =>
  life.profile().u32.slice(SLOTS, SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0))

describe('the gate', () => {
  test('learns whole below risk 50, .4 at an alert, nothing of a denied sign-in, a little of a call that was made', () => {
    const life = livedIn(1, 7)
    const out = assessed(life)
    const at = (risk: number) => {
      out.risk = risk
      return learningWeight(signIn(NEXT), out)
    }
    expect(at(49)).toBe(1)
    expect(at(62)).toBeCloseTo(0.8)
    // .35, rounded up to whole fifths
    expect(at(75)).toBeCloseTo(0.4)
    expect(at(100)).toBeCloseTo(0.4)
    out.decision = 'deny'
    expect(at(0)).toBe(0)
    out.risk = 100
    expect(learningWeight(call(NEXT, 'List'), out)).toBeCloseTo(0.4)
  })

  test('lets nothing of a failed sign-in into the slots, but remembers that it failed', () => {
    const life = livedIn(1, 14)
    const before = slotWords(life)
    const failing = { ...STRANGER, event: { ...STRANGER.event, status_id: 2 as const } }
    for (let i = 0; i < 5; i++) {
      expect(life.live(signIn(NEXT + i * 1000, failing)).learned).toBe(0)
    }
    expect(slotWords(life)).toEqual(before)
    expect(assessed(life, signIn(NEXT + 6000)).signals.failures10m).toBe(5)
  })

  test('a refused call teaches which errors are usual, and nothing else', () => {
    const life = createLife()
    life.live(call(MONDAY, 'GetObject', { event: { status_id: 2, status_code: 'AccessDenied' } }))
    let used = 0
    for (let at = SLOTS; at < SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0); at += 3) {
      if (life.profile().u32[at] !== 0) used++
    }
    expect(used).toBe(1)
    expect(assessed(life, call(MONDAY + 1000, 'PutObject')).signals.denied60m).toBe(1)
  })
})

describe('trust', () => {
  test('is not earned by a value in one day, however often it comes', () => {
    const life = livedIn(1, 40)
    const points = (time: number) => {
      const verdict = peek(
        signIn(time, { event: { device: { uid: 'new' } } }),
        life.profile(),
        life.population,
        defaultModels,
        defaultPolicy,
      )
      return verdict.reasons.find(({ code }) => code === 'device')?.points ?? 0
    }
    const first = points(MONDAY + 42 * DAY)
    for (let i = 0; i < 30; i++) {
      life.live(signIn(MONDAY + 42 * DAY + i * 60_000, { event: { device: { uid: 'new' } } }))
    }
    const sameDay = points(MONDAY + 42 * DAY + HOUR)
    expect(sameDay).toBeGreaterThanOrEqual(0)
    expect(sameDay).toBeLessThan(first)
    life.live(signIn(MONDAY + 43 * DAY, { event: { device: { uid: 'new' } } }))
    expect(points(MONDAY + 43 * DAY + HOUR)).toBeLessThan(0)
  })

  describe('of a device that came once', () => {
    const fresh = (time: number) => signIn(time, { event: { device: { uid: 'new' } } })
    const reason = (life: Life, event: EnrichedEvent) =>
      peek(event, life.profile(), life.population, defaultModels, defaultPolicy).reasons.find(
        ({ code }) => code === 'device',
      )
    const devicePoints = (life: Life, event: EnrichedEvent) => reason(life, event)?.points ?? 0
    const cameOnce = () => {
      const life = livedIn(1, 40)
      const first = devicePoints(life, fresh(MONDAY + 42 * DAY))
      life.live(fresh(MONDAY + 42 * DAY))
      return { life, first }
    }

    test('is hardly earned by coming again while the others are used', () => {
      const { life, first } = cameOnce()
      for (let n = 0; n < 8; n++) life.live(signIn(MONDAY + 42 * DAY + (n + 1) * 6 * HOUR))
      const again = devicePoints(life, fresh(MONDAY + 44 * DAY + HOUR))
      expect(again).toBeGreaterThan(first / 4)
      const later = reason(life, fresh(MONDAY + 44 * DAY + HOUR))
      expect(later?.text).toContain('first seen 2 days ago and hardly came since')
    })

    test('is earned by taking the place of the others', () => {
      const { life } = cameOnce()
      for (let day = 43; day < 46; day++) life.live(fresh(MONDAY + day * DAY))
      expect(devicePoints(life, fresh(MONDAY + 46 * DAY))).toBeLessThan(0)
    })
  })

  describe('of a device that came in a new place', () => {
    const thief = (time: number) =>
      signIn(time, {
        event: { device: { uid: 'thief' } },
        network: { prefix: '203.0.113.0/24', asn: 64_999 },
      })
    const devicePoints = (life: Life, event: EnrichedEvent) =>
      peek(event, life.profile(), life.population, defaultModels, defaultPolicy).reasons.find(
        ({ code }) => code === 'device',
      )?.points ?? 0

    test('is not earned by coming again with nothing trusted', () => {
      const life = livedIn(1, 40)
      for (let day = 42; day < 45; day++) life.live(thief(MONDAY + day * DAY))
      expect(devicePoints(life, thief(MONDAY + 45 * DAY))).toBeGreaterThan(1)
    })

    test('is not earned by calls, which show no device', () => {
      const life = livedIn(1, 40)
      const asn = indexOf('asn')
      const inDoubt = () => {
        const at = assessed(life, thief(MONDAY + 43 * DAY)).known.slots[asn] ?? -1
        return at >= 0 && isDoubted(life.profile(), at)
      }
      for (let day = 20; day < 40; day++) life.live(call(MONDAY + day * DAY + HOUR, 'GetObject'))
      life.live(thief(MONDAY + 42 * DAY))
      expect(inDoubt()).toBe(true)
      const { network } = thief(0).context
      for (let n = 1; n < 9; n++)
        life.live(call(MONDAY + 42 * DAY + n * 60_000, 'GetObject', { network: network ?? null }))
      expect(inDoubt()).toBe(true)
      life.live(
        signIn(MONDAY + 42 * DAY + HOUR, {
          network: { prefix: '203.0.113.0/24', asn: 64_999 },
        }),
      )
      expect(inDoubt()).toBe(false)
    })

    test('is earned where the identity always is', () => {
      const life = livedIn(1, 40)
      life.live(thief(MONDAY + 42 * DAY))
      const home = (time: number) => signIn(time, { event: { device: { uid: 'thief' } } })
      for (let day = 43; day < 45; day++) life.live(home(MONDAY + day * DAY))
      expect(devicePoints(life, thief(MONDAY + 45 * DAY))).toBeLessThan(0)
    })
  })

  test('is earned at once by strong authentication', () => {
    const life = livedIn(1, 40)
    const strong = {
      event: {
        device: { uid: 'new' },
        auth: { stage: 'primary' as const, is_mfa: true, factors: ['passkey' as const] },
      },
    }
    life.live(signIn(MONDAY + 42 * DAY, strong))
    const verdict = peek(
      signIn(MONDAY + 42 * DAY + HOUR, { event: { device: { uid: 'new' } } }),
      life.profile(),
      life.population,
      defaultModels,
      defaultPolicy,
    )
    expect(verdict.reasons.find(({ code }) => code === 'device')?.points).toBeLessThan(0)
  })

  test('cannot be bought with volume: a value gains at most three events’ worth a day', () => {
    const life = createLife()
    for (let i = 0; i < 200; i++) life.live(signIn(MONDAY + i * 60_000))
    const { u32, f32 } = life.profile()
    for (let at = SLOTS; at < SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0); at += 3) {
      if (u32[at] !== 0) expect(f32[at + 1]).toBeLessThanOrEqual(3.0001)
    }
  })

  test('a value counts in the organisation only from identities with three active days', () => {
    const life = createLife()
    const hash = () => assessed(life).values[2] ?? 0
    life.live(signIn(MONDAY))
    life.live(signIn(MONDAY + DAY))
    expect(usersOf(life.population, 2, hash())).toBe(0)
    life.live(signIn(MONDAY + 2 * DAY))
    expect(usersOf(life.population, 2, hash())).toBe(1)
    life.live(signIn(MONDAY + 3 * DAY))
    expect(usersOf(life.population, 2, hash())).toBe(1)
  })

  test('a value that leaves a profile is taken back from the organisation', () => {
    const life = livedIn(1, 10)
    for (let i = 0; i < 60; i++) {
      life.live(
        signIn(MONDAY + (10 + i) * DAY, {
          network: { asn: 64_600 + i, prefix: `203.0.${i}.0/24` },
        }),
      )
    }
    let inProfile = 0
    const { u32 } = life.profile()
    for (
      let at = SLOTS + 3 * (FIRST_SLOT[2] ?? 0);
      at < SLOTS + 3 * (FIRST_SLOT[3] ?? 0);
      at += 3
    ) {
      if (u32[at] !== 0) inProfile++
    }
    expect(life.population.values[2]?.size).toBe(inProfile)
    expect(life.population.valueTotals[2]).toBe(inProfile)
  })
})

test('an identity that is erased leaves no trace in what the organisation knows together', () => {
  const life = livedIn(1, 20)
  expect(life.population.valueTotals[0]).toBe(1)
  const delta = createDelta()
  withdraw(life.profile(), delta)
  applyDelta(life.population, delta)
  for (const counts of life.population.values) expect(counts.size).toBe(0)
})

test('absurd numbers do no lasting harm', () => {
  const life = livedIn(1, 20)
  const absurd = { bytes_out: 1e308, bytes_in: 1e308 }
  for (let i = 0; i < 3; i++) {
    life.live(signIn(NEXT + i * DAY, { event: { traffic: absurd, count: 9e15 } }))
  }
  life.live(signIn(NEXT, { event: { observed_time: 9e13, time: 9e13 } }))
  const { verdict } = life.live(signIn(NEXT + 4 * DAY, { event: { traffic: { bytes_out: 3 } } }))
  expect(Number.isFinite(verdict.score)).toBe(true)
  for (let i = 0; i < SLOTS; i++) expect(life.profile().f32[i]).not.toBeNaN()
})

describe('time', () => {
  test('that runs backwards teaches long memory, moves no clock, and is said to be late', () => {
    const life = livedIn(1, 14)
    const clock = profileLastTime(life.profile())
    const history = life.profile().f32[HISTORY] ?? 0
    const { verdict } = life.live(signIn(MONDAY + 3 * DAY, { event: { device: { uid: 'late' } } }))
    expect(verdict.not_assessed).toContain('late')
    expect(profileLastTime(life.profile())).toBe(clock)
    expect(life.profile().f32[HISTORY]).toBeGreaterThan(history)
    expect(
      assessed(life, signIn(NEXT, { event: { device: { uid: 'late' } } })).signals.newDevice,
    ).toBe(false)
  })

  test('more than a day ahead of its receipt moves no clock and teaches nothing', () => {
    const life = livedIn(1, 14)
    const before = encodeProfile(life.profile())
    const { verdict, learned } = life.live(
      signIn(MONDAY + 900 * DAY, { event: { observed_time: MONDAY + 14 * DAY } }),
    )
    expect(verdict.not_assessed).toContain('future_time')
    expect(learned).toBe(0)
    expect(encodeProfile(life.profile())).toEqual(before)
    expect(life.population.day).toBeLessThan((MONDAY + 15 * DAY) / DAY)
  })
})

describe('unlearning', () => {
  test('takes back what an event taught, in profile and organisation', () => {
    const life = livedIn(1, 30)
    const input = signIn(MONDAY + 30 * DAY, STRANGER)
    const history = life.profile().f32[HISTORY] ?? 0
    const { learned } = life.live(input)
    expect(learned).toBeGreaterThan(0)
    expect(assessed(life, signIn(NEXT + 20 * DAY, STRANGER)).signals.newCountry).toBe(false)
    const delta = createDelta()
    teach(input, -learned, life.profile(), delta, life.population)
    applyDelta(life.population, delta)
    const after = assessed(life, signIn(NEXT + 20 * DAY, STRANGER))
    expect(after.signals.newCountry).toBe(true)
    expect(after.signals.newDevice).toBe(true)
    expect(after.signals.countryUsers).toBe(0)
    expect(life.profile().f32[HISTORY]).toBeCloseTo(history, 3)
  })

  test('of an event that was never learned goes below nothing', () => {
    const life = livedIn(1, 5)
    for (let i = 0; i < 40; i++) {
      teach(signIn(MONDAY), -1, life.profile(), createDelta(), life.population)
    }
    for (let at = SLOTS; at < SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0); at += 3) {
      expect(life.profile().f32[at + 1]).toBeGreaterThanOrEqual(0)
    }
  })

  test('teaching at full weight makes a value known', () => {
    const life = livedIn(1, 10)
    teach(signIn(MONDAY + 11 * DAY, STRANGER), 1, life.profile(), createDelta(), life.population)
    expect(assessed(life, signIn(MONDAY + 12 * DAY, STRANGER)).signals.newCountry).toBe(false)
  })
})

test('an attacker who trains daily with failures gains nothing', () => {
  const life = livedIn(1, 40)
  const score = () => assessed(life, signIn(MONDAY + 75 * DAY, STRANGER)).score
  const before = score()
  for (let day = 0; day < 30; day++) {
    life.live(
      signIn(MONDAY + (41 + day) * DAY, {
        ...STRANGER,
        event: { ...STRANGER.event, status_id: 2 },
      }),
    )
  }
  expect(score()).toBeGreaterThanOrEqual(before - 1)
})

test('learning needs no population: two profiles learn the same from one assessment', () => {
  const life = livedIn(1, 10)
  const out = assessed(life)
  const [a, b] = [createProfile(), createProfile()]
  learn(signIn(NEXT), out, a, createDelta())
  learn(signIn(NEXT), out, b, createDelta())
  expect(encodeProfile(a)).toEqual(encodeProfile(b))
})
