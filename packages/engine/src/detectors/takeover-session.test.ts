import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scoresIn } from '../combine/calibrate.ts'
import { SESSION_HISTOGRAM } from '../population/population.ts'
import { CLOCK, SESSION_PEAK, SLOW_OBJECTS } from '../profile/layout.ts'
import { createProfile } from '../profile/profile.ts'
import {
  createSession,
  isFirstTime,
  knowsObject,
  readSession,
  rememberObject,
  writeSession,
} from '../profile/session.ts'
import {
  call,
  createLife,
  DAY,
  type Difference,
  HOUR,
  type Life,
  MONDAY,
  person,
  signIn,
} from '../testing/lives.ts'
import { CHANNELS, sessionScore } from './takeover-session.ts'

const MINUTE = 60_000

/** A working session of somebody: a sign-in and twelve reads of two objects that are theirs. */
function work(life: Life, who: number, time: number): void {
  const own = person(who)
  life.live(signIn(time, own))
  for (let i = 0; i < 12; i++) life.live(read(time + (i + 1) * MINUTE, who, `of ${who}: ${i % 2}`))
}

function read(time: number, who: number, object: string, bytes = 20_000, but: Difference = {}) {
  const { device: _, ...event } = person(who).event ?? {}
  return call(time, 'GetObject', {
    ...person(who),
    ...but,
    event: { ...event, resources: [{ uid: object }], traffic: { bytes_out: bytes }, ...but.event },
  })
}

/** Fifteen people who worked for thirty days. */
function worked(): { readonly life: Life; readonly end: number } {
  const life = createLife()
  for (let day = 0; day < 30; day++) {
    for (let who = 0; who < 15; who++) work(life, who, MONDAY + day * DAY + who * 7 * MINUTE)
  }
  return { life, end: MONDAY + 30 * DAY }
}

const codes = (judgement: ReturnType<Life['live']>) =>
  judgement.verdict.reasons.map(({ code }) => code)

describe('a takeover session', () => {
  const { life, end } = worked()

  test('is told where somebody takes what they never touched, from their own device and network', () => {
    const raised: { readonly group: string; readonly at: number }[] = []
    for (let i = 0; i < 150; i++) {
      const { alert, verdict } = life.live(read(end + i * 6000, 3, `other ${i}`, 40e6))
      if (alert !== null && verdict.reasons.some(({ code }) => code === 'takeover_session')) {
        raised.push({ group: alert.group, at: i })
        expect(alert.title).toContain('does not fit its owner')
      }
    }
    expect(raised.length).toBeGreaterThan(50)
    expect(raised[0]?.at).toBeLessThan(60)
    // one alert a session: later actions join it
    expect(new Set(raised.map(({ group }) => group)).size).toBe(1)
  })

  test('tells what it did, strongest first', () => {
    const { verdict } = life.live(read(end + 16 * MINUTE, 3, 'one more', 40e6))
    const reason = verdict.reasons.find(({ code }) => code === 'takeover_session')
    expect(reason?.text).toMatch(/^151 actions in 16 minutes: /)
    expect(reason?.text).toContain('objects it had never read')
    expect(reason?.text).toMatch(/GB sent out/)
  })

  test('is over after an hour of silence, and the next one begins with nothing', () => {
    const next = end + 16 * MINUTE + 2 * HOUR
    expect(codes(life.live(read(next, 3, 'of 3: 0')))).not.toContain('takeover_session')
  })

  test('does not speak of a working day', () => {
    for (let who = 4; who < 15; who++) {
      const own = person(who)
      life.live(signIn(end + DAY, own))
      for (let i = 0; i < 40; i++) {
        const judged = life.live(read(end + DAY + i * MINUTE, who, `of ${who}: ${i % 2}`))
        expect(codes(judged)).not.toContain('takeover_session')
      }
    }
  })

  test('weighs a stranger who takes much more than a stranger, and than an owner who takes much', () => {
    const abroad = {
      place: { country: 'BR', city: 'Recife' },
      network: { prefix: '203.0.113.0/24', asn: 64_999 },
    }
    const strangest = (who: number, object: (i: number) => string, bytes: number, but = {}) => {
      for (let i = 0; i < 60; i++) {
        life.live(read(end + 4 * DAY + who * HOUR + i * 6000, who, object(i), bytes, but))
      }
      return life.profile(person(who).entity?.key).f32[SESSION_PEAK] ?? Number.NaN
    }
    const plain = strangest(5, (i) => `of 5: ${i % 2}`, 20_000)
    const stranger = strangest(6, (i) => `of 6: ${i % 2}`, 20_000, abroad)
    const taker = strangest(7, (i) => `elsewhere ${i}`, 40e6)
    expect(stranger).toBeGreaterThan(plain + 1)
    expect(taker).toBeGreaterThan(plain + 5)
    const both = strangest(8, (i) => `elsewhere ${i}`, 40e6, abroad)
    expect(both).toBeGreaterThan(taker + 1)
    expect(both).toBeGreaterThan(stranger + 5)
  })

  test('remembers over days what is taken little by little, and begins anew once that was reported', () => {
    const slow = () => life.profile(person(9).entity?.key).f32[SLOW_OBJECTS] ?? Number.NaN
    for (let day = 6; day < 14; day++) {
      for (let i = 0; i < 3; i++) {
        life.live(read(end + day * DAY + i * MINUTE, 9, `little ${day} ${i}`))
      }
    }
    expect(slow()).toBeGreaterThan(9)
    for (let i = 0; i < 150; i++) life.live(read(end + 15 * DAY + i * 6000, 9, `much ${i}`, 40e6))
    expect(slow()).toBeGreaterThan(90)
    life.live(read(end + 16 * DAY, 9, 'of 9: 0'))
    expect(slow()).toBeLessThan(2)
  })

  test('holds a strange sign-in against who changes the factors right after it', () => {
    const peak = (who: number, but: Difference) => {
      const { device: _, ...event } = person(who).event ?? {}
      const time = end + 18 * DAY + who * HOUR
      life.live(
        signIn(time, { ...person(who), ...but, event: { ...person(who).event, ...but.event } }),
      )
      life.live(
        call(time + MINUTE, 'user.mfa.factor.activate', {
          ...person(who),
          ...but,
          event: { ...event, class_uid: 3001, activity_id: 10 },
        }),
      )
      return life.profile(person(who).entity?.key).f32[SESSION_PEAK] ?? Number.NaN
    }
    const owner = peak(13, {})
    const thief = peak(14, {
      place: { country: 'BR', city: 'Recife' },
      network: { prefix: '203.0.113.0/24', asn: 64_999 },
      event: { device: { uid: 'another' } },
    })
    expect(owner).toBeLessThan(5)
    expect(thief).toBeGreaterThan(owner + 8)
  })

  test('grows with deletions and refusals of somebody who knows neither', () => {
    const strangest = (who: number, activity: string, event: Difference['event']) => {
      const { device: _, ...own } = person(who).event ?? {}
      for (let i = 0; i < 60; i++) {
        const time = end + 3 * DAY + who * HOUR + i * 6000
        life.live(call(time, activity, { ...person(who), event: { ...own, ...event } }))
      }
      return life.profile(person(who).entity?.key).f32[SESSION_PEAK] ?? Number.NaN
    }
    const plain = strangest(10, 'ListBuckets', {})
    const refused = { status_id: 2, failure_class: 'unauthorized' } as const
    expect(strangest(11, 'DeleteSnapshot', {})).toBeGreaterThan(plain + 2)
    expect(strangest(12, 'ListBuckets', refused)).toBeGreaterThan(plain + 1)
  })

  test('is not told of an organisation that showed hardly any', () => {
    const young = createLife()
    work(young, 0, MONDAY)
    for (let i = 0; i < 200; i++) {
      const judged = young.live(read(MONDAY + DAY + i * 6000, 0, `other ${i}`, 40e6))
      expect(codes(judged)).not.toContain('takeover_session')
    }
  })
})

test('one session is one entry of the histogram, however many actions it has', () => {
  const life = createLife()
  for (let day = 0; day < 5; day++) work(life, 0, MONDAY + day * DAY)
  // four are over, the fifth is running; they fade a little from day to day
  expect(scoresIn(life.population, SESSION_HISTOGRAM)).toBeGreaterThan(3.3)
  expect(scoresIn(life.population, SESSION_HISTOGRAM)).toBeLessThanOrEqual(4)
})

describe('the accumulator', () => {
  const nats = fc.double({ min: 0, max: 12, noNaN: true })
  const evidence = fc.array(nats, { minLength: CHANNELS.length, maxLength: CHANNELS.length })

  test('never falls when evidence is added', () => {
    fc.assert(
      fc.property(evidence, fc.nat(CHANNELS.length - 1), nats, (all, channel, more) => {
        const before = Float64Array.from(all)
        const after = Float64Array.from(all)
        after[channel] = (after[channel] ?? 0) + more
        expect(sessionScore(after)).toBeGreaterThanOrEqual(sessionScore(before))
      }),
    )
  })

  test('comes back from the profile within a step, and is empty after an hour', () => {
    fc.assert(
      fc.property(
        evidence,
        fc.nat(0x7fff),
        fc.nat(0xffff),
        fc.boolean(),
        (all, acts, objects, flag) => {
          const profile = createProfile()
          profile.f64[CLOCK >> 1] = MONDAY
          const session = createSession()
          Object.assign(session, {
            start: MONDAY / 1000,
            actions: acts,
            objects,
            denied: objects >> 1,
            deletes: objects >> 2,
            reads: objects,
            reconnaissance: acts & 0xff,
            sensitive: objects & 0xff,
            care: acts & 3,
            slow: 7,
            bytes: 2 ** 20,
            isAlerted: flag,
          })
          session.evidence.set(all.slice(0, 4))
          writeSession(profile, session)
          const again = createSession()
          readSession(profile, MONDAY, again)
          expect(again).toMatchObject({ isFresh: false, actions: acts, objects, isAlerted: flag })
          expect(again).toMatchObject({ denied: objects >> 1, deletes: objects >> 2, slow: 7 })
          expect(again).toMatchObject({ reconnaissance: acts & 0xff, sensitive: objects & 0xff })
          expect(again).toMatchObject({ reads: objects, care: acts & 3 })
          for (let i = 0; i < 4; i++) {
            expect(Math.abs((again.evidence[i] ?? 0) - (all[i] ?? 0))).toBeLessThan(1 / 256)
          }
          readSession(profile, MONDAY + HOUR + 1, again)
          expect(again).toMatchObject({ isFresh: true, actions: 0, objects: 0, isAlerted: false })
          expect(again).toMatchObject({ denied: 0, deletes: 0, reads: 0, reconnaissance: 0 })
          expect(again).toMatchObject({ sensitive: 0, care: 0 })
          expect(sessionScore(again.evidence)).toBe(0)
        },
      ),
    )
  })

  test('counts a value once', () => {
    const session = createSession()
    expect(isFirstTime(session, 77)).toBe(true)
    expect(isFirstTime(session, 77)).toBe(false)
  })

  test('forgets what its strange sign-in weighed, half of it an hour', () => {
    const profile = createProfile()
    profile.f64[CLOCK >> 1] = MONDAY
    const session = createSession()
    session.start = MONDAY / 1000
    session.evidence[0] = 8
    writeSession(profile, session)
    readSession(profile, MONDAY + HOUR, session)
    expect(session.evidence[0]).toBeCloseTo(4)
  })
})

test('of objects never read more than half are known to be new, however many were read', () => {
  const profile = createProfile()
  let taken = 0
  for (let i = 1; i <= 4000; i++) {
    const hash = Math.imul(i, 0x9e37_79b1) ^ Math.imul(i, i)
    const stranger = Math.imul(i + 50_000, 0x85eb_ca6b) ^ Math.imul(i, i + 7)
    if (knowsObject(profile, stranger >>> 0)) taken++
    rememberObject(profile, hash >>> 0)
  }
  expect(taken / 4000).toBeLessThan(0.45)
})

test('objects are remembered in two generations, the oldest forgotten', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 400 }), (hashes) => {
      const profile = createProfile()
      for (const hash of hashes) {
        rememberObject(profile, hash)
        expect(knowsObject(profile, hash)).toBe(true)
      }
    }),
  )
})
