import { describe, expect, test } from 'vitest'
import { periodOf } from '../population/campaign.ts'
import { haulsAtOnce } from '../population/hauls.ts'
import { call, createLife, DAY, type Life, MONDAY, person, signIn } from '../testing/lives.ts'

const MINUTE = 60_000
const PEOPLE = 30

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

  test('is over two days later: one alone is reported again', () => {
    const later = end + 2 * DAY
    expect(haulsAtOnce(life.population, periodOf(later), false)).toBe(1)
    expect(takes(life, 26, later, 8)).toBe(true)
  })
})
