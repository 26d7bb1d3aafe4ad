import { describe, expect, test } from 'vitest'
import type { SimulatedEvent } from './truth.ts'
import { DRIFT_WEEKS, POISON_DAYS } from './weeks.ts'
import { createWorld, FAMILIES, type WorldOptions } from './world.ts'

const START = Date.UTC(2026, 4, 4)
const DAY = 86_400_000

const isSignIn = ({ event }: SimulatedEvent) =>
  event.class_uid === 3002 && event.status_id === 1 && event.auth?.stage !== 'token'

describe.each(FAMILIES)('abrupt honest change in a world of %s', (family) => {
  const options: WorldOptions = { family, seed: 3, people: 400, days: 42, start: START, cloud: 0 }
  const play = (more: Partial<WorldOptions>) => {
    const world = createWorld({ ...options, attacks: 0, ...more })
    return [...world.events()].filter(isSignIn).map(({ event }) => {
      const facts = world.placeOf(event.src.ip ?? '')
      return { event, day: Math.floor((event.time - START) / DAY), asn: facts?.asn, facts }
    })
  }
  const calm = play({})
  const drifting = play({ drift: 14 })
  const week = (rows: typeof calm, index: number) =>
    rows.filter(({ day }) => day >= 14 + 7 * index && day < 21 + 7 * index)

  /** Share of a week's sign-ins from networks that nobody used before the drift. */
  const newNetworks = (rows: typeof calm, index: number) => {
    const known = new Set(rows.filter(({ day }) => day < 14 + 7 * index).map(({ asn }) => asn))
    const those = week(rows, index)
    return those.filter(({ asn }) => !known.has(asn)).length / those.length
  }

  test('offices move, and three in ten get another VPN: many sign in from networks never seen', () => {
    expect(DRIFT_WEEKS.indexOf('office_move')).toBe(0)
    expect(newNetworks(drifting, 0)).toBeGreaterThan(0.02)
    expect(newNetworks(drifting, 1)).toBeGreaterThan(0.02)
    expect(newNetworks(calm, 0)).toBeLessThan(0.02)
  })

  test('from the day after the update on nobody’s Chrome lags any more', () => {
    const versions = (rows: typeof calm) =>
      new Set(
        week(rows, DRIFT_WEEKS.indexOf('browser_update')).flatMap(({ event, day }) => {
          const name = event.device?.browser ?? ''
          return day % 7 > 0 && name.startsWith('Chrome ') ? [name] : []
        }),
      )
    // A release of that week may come on top; the night shift of the first day ends on the second.
    expect(versions(drifting).size).toBeLessThanOrEqual(2)
    expect(versions(calm).size).toBeGreaterThan(2)
  })

  test('when the clocks change people come an hour earlier by the sun', () => {
    const hour = (rows: typeof calm, index: number) => {
      const those = week(rows, index).filter(({ day }) => day % 7 < 5)
      return those.reduce((sum, { event }) => sum + (event.time % DAY), 0) / those.length / 3.6e6
    }
    const last = DRIFT_WEEKS.indexOf('clock_change')
    const step = (rows: typeof calm) => hour(rows, last - 1) - hour(rows, last)
    const shift = step(drifting) - step(calm)
    expect(shift).toBeGreaterThan(0.5)
    expect(shift).toBeLessThan(1.5)
  })
})

describe.each(FAMILIES)('poisoning in a world of %s', (family) => {
  const play = (poisoning: 'trained' | 'cold') => [
    ...createWorld({
      ...{ family, seed: 4, people: 200, days: 50, start: START, cloud: 0, poisoning },
    }).events(),
  ]
  const trained = play('trained')
  const cold = play('cold')
  const labelled = (rows: SimulatedEvent[], label: string) =>
    rows.filter(({ truth, event }) => truth.label === label && event.class_uid === 3002)

  test('somebody signs in nearly daily for a month as somebody else, and then strikes', () => {
    const strikes = labelled(trained, 'poisoned_strike')
    expect(strikes.length).toBeGreaterThan(2)
    for (const { truth, event } of strikes) {
      const lessons = labelled(trained, 'poisoning').filter(
        (one) => one.truth.campaign === truth.campaign,
      )
      expect(lessons.length).toBeGreaterThan(POISON_DAYS / 3)
      expect(lessons.length).toBeLessThanOrEqual(POISON_DAYS)
      for (const one of lessons) {
        expect(one.truth.victim).toBe(truth.victim)
        expect(one.event.time).toBeLessThan(event.time)
        expect(one.event.time).toBeGreaterThan(event.time - (POISON_DAYS + 2) * DAY)
      }
    }
  })

  test('the same strikes come cold where they are asked for without the month before', () => {
    const shape = (rows: SimulatedEvent[]) =>
      labelled(rows, 'poisoned_strike').map(({ event, truth }) => [
        Math.round(event.time / 1000),
        event.src.ip,
        event.user_agent,
        event.device?.uid,
        truth.victim,
      ])
    expect(labelled(cold, 'poisoning')).toEqual([])
    expect(shape(cold)).toEqual(shape(trained))
  })
})

test('options that make no drift or no poisoning are refused by name', () => {
  const good = { seed: 1, people: 10, days: 10, start: START }
  expect(() => createWorld({ ...good, drift: -1 })).toThrow('drift')
  expect(() => createWorld({ ...good, poisoning: 'trained' })).toThrow('poisoning')
})
