import { describe, expect, test } from 'vitest'
import { defaultPolicy } from '../decide.ts'
import { judge, peek } from '../judge.ts'
import { defaultModels } from '../models/shipped.ts'
import { periodOf } from '../population/campaign.ts'
import { haulsAtOnce } from '../population/hauls.ts'
import { applyDelta, createDelta } from '../population/population.ts'
import { decodeSeen } from '../population/seen.ts'
import { decodeProfile } from '../profile/codec.ts'
import { copyProfile } from '../profile/profile.ts'
import { call, createLife, DAY, type Life, MONDAY, person, signIn } from '../testing/lives.ts'

const MINUTE = 60_000
const PEOPLE = 30
const SECRET = Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1)

function read(time: number, who: number, object: string, bytes: number) {
  const { device: _, ...event } = person(who).event ?? {}
  return call(time, 'GetObject', {
    ...person(who),
    event: { ...event, resources: [{ uid: object }], traffic: { bytes_out: bytes } },
  })
}

/** Thirty people who worked for twenty days. */
function worked(): { readonly life: Life; readonly end: number } {
  const life = createLife()
  for (let day = 0; day < 20; day++) {
    for (let who = 0; who < PEOPLE; who++) {
      const time = MONDAY + day * DAY + who * 7 * MINUTE
      life.live(signIn(time, person(who)))
      for (let i = 0; i < 12; i++)
        life.live(read(time + (i + 1) * MINUTE, who, `of ${who}: ${i % 2}`, 20_000))
    }
  }
  return { life, end: MONDAY + 20 * DAY }
}

/** Somebody reads objects that they never read. Is it reported? */
function takes(life: Life, who: number, time: number, objects: number, bytes = 200_000): boolean {
  let isReported = false
  for (let i = 0; i < objects; i++) {
    const { verdict } = life.live(read(time + i * 6000, who, `month of ${who}: ${i}`, bytes))
    isReported ||= verdict.reasons.some(({ code }) => code === 'takeover_session')
  }
  return isReported
}

describe('a month end, at which many take unusually much', () => {
  const { life, end } = worked()
  const reported = Array.from({ length: 24 }, (_, who) =>
    takes(life, who, end + who * 10 * MINUTE, 7),
  )
  const evening = periodOf(end + 240 * MINUTE)
  const times = haulsAtOnce(life.population, evening, false)
  const timesForOne = haulsAtOnce(life.population, evening, true)

  test('is reported of the first, and of the others no more', () => {
    expect(reported.indexOf(true)).toBe(0)
    expect(reported.lastIndexOf(true)).toBeLessThan(6)
  })

  test('is told in times the usual, whoever asks not counted', () => {
    expect(times).toBeGreaterThan(4)
    expect(times).toBeLessThan(24)
    expect(timesForOne).toBeLessThan(times)
  })

  test('does not hide who takes far more than the others', () => {
    expect(takes(life, 25, end + 250 * MINUTE, 60, 2e6)).toBe(true)
  })

  test('is part of what an alert was judged on, which is judged again to the bit', () => {
    const profile = copyProfile(life.profile(person(27).entity?.key))
    const { population } = life
    let reported = 0
    for (let i = 0; i < 60; i++) {
      const event = read(end + 255 * MINUTE + i * 6000, 27, `other ${i}`, 2e6)
      const delta = createDelta()
      const { seen, profileBefore, verdict } = judge(
        event,
        profile,
        population,
        defaultModels,
        defaultPolicy,
        delta,
        () => true,
      )
      applyDelta(population, delta)
      if (seen === null || profileBefore === null) continue
      reported++
      const then = decodeSeen(seen, SECRET)
      const period = periodOf(event.event.time)
      expect(haulsAtOnce(then, period, true)).toBeGreaterThan(1)
      expect(peek(event, decodeProfile(profileBefore), then, defaultModels, defaultPolicy)).toEqual(
        verdict,
      )
    }
    expect(reported).toBeGreaterThan(5)
  })

  test('is over two days later: one alone is reported again', () => {
    const later = end + 2 * DAY
    expect(haulsAtOnce(life.population, periodOf(later), false)).toBe(1)
    expect(takes(life, 26, later, 8)).toBe(true)
  })
})
