import type { EnrichedEvent } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { assess, createAssessment } from './assess.ts'
import { defaultModels } from './models/shipped.ts'
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

const NEXT = MONDAY + 28 * DAY

function signalsOf(life: Life, input: EnrichedEvent) {
  const out = createAssessment()
  assess(input, life.profile(input.entity.key), life.population, defaultModels, out)
  return out.signals
}

describe('signals', () => {
  test('of a first event know nothing, which is not "no"', () => {
    const signals = signalsOf(createLife(), signIn(MONDAY))
    expect(signals).toMatchObject({
      history: 0,
      newCountry: null,
      newDevice: null,
      travel: null,
      runningSessionCountry: null,
      travelRate: 0,
    })
    for (const name of [
      'ageDays',
      'idleDays',
      'hourShare',
      'bytesOutUsual',
      'asnFailingUsersUsual',
    ] as const) {
      expect(signals[name]).toBeNaN()
    }
  })

  test('measure travel from the last trusted place, less both radii', () => {
    const life = livedIn(1, 28)
    life.live(signIn(NEXT))
    const far = signalsOf(life, signIn(NEXT + 2 * HOUR, STRANGER))
    expect(far.travel?.distance_km).toBeGreaterThan(7000)
    expect(far.travel?.min_distance_km).toBeCloseTo((far.travel?.distance_km ?? 0) - 250, 5)
    expect(far.travel?.speed_kmh).toBeGreaterThan(3000)
    expect(far.travel?.from).toMatchObject({ country: 'DE', time: NEXT })
    expect(far).toMatchObject({ runningSessionCountry: 'DE', runningSessionHours: 2 })
    const vpn = { ...STRANGER, network: { ...STRANGER.network, class: 'vpn' as const } }
    expect(signalsOf(life, signIn(NEXT + 2 * HOUR, vpn)).travel).toBeNull()
    expect(signalsOf(life, signIn(NEXT + 13 * HOUR, STRANGER)).runningSessionCountry).toBeNull()
  })

  test('count the records of one attempt once, and forget failures after an hour', () => {
    const life = livedIn(1, 14)
    const fail = (time: number, attempt: string) =>
      life.live(
        signIn(time, {
          event: {
            status_id: 2,
            failure_class: 'bad_credentials',
            auth: { stage: 'primary', is_mfa: null, attempt_uid: attempt },
          },
        }),
      )
    for (let i = 0; i < 30; i++) fail(NEXT + i * 1000, `attempt ${i >> 1}`)
    expect(signalsOf(life, signIn(NEXT + 60_000)).failures10m).toBe(15)
    expect(signalsOf(life, signIn(NEXT + 30 * 60_000))).toMatchObject({
      failures10m: 0,
      failures60m: 15,
    })
    expect(signalsOf(life, signIn(NEXT + 2 * HOUR)).failures60m).toBe(0)
  })

  test('know a peak of creations from the day after, not while it happens', () => {
    const life = livedIn(1, 14)
    for (let i = 0; i < 20; i++) life.live(call(NEXT + i * 10_000, 'RunInstances'))
    const during = signalsOf(life, call(NEXT + 300_000, 'RunInstances'))
    expect(during).toMatchObject({ creates60m: 21, usualCreates60m: 0 })
    const after = signalsOf(life, call(NEXT + DAY, 'RunInstances'))
    expect(after.creates60m).toBe(1)
    expect(after.usualCreates60m).toBe(20)
  })

  test('of somebody whose password an administrator has reset say how long ago', () => {
    const life = livedIn(2, 14)
    life.live(
      call(NEXT, 'Reset user password', {
        entity: { key: 'user:admin@example.com' },
        event: { class_uid: 3001, target: { type: 'user', key: 'user:ada@example.com' } },
      }),
    )
    expect(signalsOf(life, signIn(NEXT + 10 * 60_000)).minutesSincePasswordReset).toBeCloseTo(10)
    expect(signalsOf(life, signIn(NEXT + 8 * DAY)).minutesSincePasswordReset).toBeNaN()
    const another = signIn(NEXT + HOUR, { entity: { key: 'user:colleague1@example.com' } })
    expect(signalsOf(life, another).minutesSincePasswordReset).toBeNaN()
  })

  test('add up a day’s bytes beside the usual day', () => {
    const life = createLife()
    for (let day = 0; day < 20; day++) {
      life.live(call(MONDAY + day * DAY, 'GetObject', { event: { traffic: { bytes_out: 1e6 } } }))
    }
    const signals = signalsOf(
      life,
      call(MONDAY + 19 * DAY + HOUR, 'GetObject', { event: { traffic: { bytes_out: 5e9 } } }),
    )
    expect(signals.bytesOut24h / 5.001e9).toBeCloseTo(1, 3)
    expect(signals.bytesOutUsual).toBeGreaterThan(13)
    expect(signals.bytesOutUsual).toBeLessThan(15)
  })
})
