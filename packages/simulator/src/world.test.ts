import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventUid } from './emit.ts'
import type { SimulatedEvent } from './truth.ts'
import { createWorld, FAMILIES, type Family } from './world.ts'

const START = Date.UTC(2026, 2, 23)
const DAY = 86_400_000

function playIn(family: Family, seed: number, people: number, days: number): SimulatedEvent[] {
  return [...createWorld({ family, seed, people, days, start: START, attacks: 3 }).events()]
}

test('families are worlds of their own: the same options share no person', () => {
  const [one, other] = FAMILIES.map((family) => playIn(family, 8, 80, 2))
  const seen = new Set(one?.map(({ event }) => event.actor.key))
  expect(one?.length).toBeGreaterThan(100)
  expect(other?.length).toBeGreaterThan(100)
  expect(other?.filter(({ event }) => seen.has(event.actor.key))).toEqual([])
})

test('the offices are what is made where nobody asks for a family', () => {
  const options = { seed: 8, people: 20, days: 1, start: START }
  expect([...createWorld(options).events()]).toEqual([
    ...createWorld({ ...options, family: 'offices' }).events(),
  ])
})

describe.each(FAMILIES)('a world of %s', (family) => {
  const play = (seed: number, people = 60, days = 3) => playIn(family, seed, people, days)

  test('is the same for the same seed, and another for another seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const first = play(seed, 20, 2)
        expect(play(seed, 20, 2)).toEqual(first)
        expect(play((seed + 1) % 2 ** 32, 20, 2)).not.toEqual(first)
      }),
      { numRuns: 4 },
    )
  })

  test('starts anew when its events are asked for again', () => {
    const world = createWorld({ family, seed: 3, people: 30, days: 2, start: START })
    expect([...world.events()]).toEqual([...world.events()])
  })

  test('tells its events in strictly rising time, within its days', () => {
    let last = START - 1
    for (const { event } of play(5)) {
      expect(event.time).toBeGreaterThan(last)
      expect(event.observed_time).toBeGreaterThanOrEqual(event.time)
      last = event.time
    }
    expect(last).toBeLessThan(START + 3 * DAY)
  })

  test('gives every event an identifier of its own', () => {
    const events = play(6, 200, 5)
    expect(new Set(events.map(({ event }) => event.uid)).size).toBe(events.length)
  })

  test('writes nothing but valid AccessEvents, which never say what they were', () => {
    const seen = new Set<string>()
    const strict = AccessEvent.strict()
    for (const { event, truth } of play(7, 120, 4)) {
      expect(strict.parse(event)).toEqual(event)
      expect(JSON.stringify(event)).not.toMatch(/benign|attack|stuffing|fatigue|insider|campaign/i)
      seen.add(truth.label)
    }
    expect(seen.size).toBeGreaterThan(3)
  })

  test('without attacks is benign throughout, and without cloud has no API activity', () => {
    const world = createWorld({
      family,
      seed: 1,
      people: 80,
      days: 3,
      start: START,
      attacks: 0,
      cloud: 0,
    })
    let count = 0
    for (const { event, truth } of world.events()) {
      count++
      expect(truth.label).toBe('benign')
      expect(event.source.product).not.toBe('cloudtrail')
    }
    expect(count).toBeGreaterThan(100)
  })

  test('knows the place and network of every address that appears in it', () => {
    const world = createWorld({ family, seed: 2, people: 60, days: 3, start: START })
    const plan = new Set([...world.addressPlan()].map(({ cidr }) => cidr))
    for (const { event } of world.events()) {
      const ip = event.src.ip ?? ''
      const facts = world.placeOf(ip)
      expect(facts).not.toBeNull()
      const block = ip.includes(':')
        ? `${ip.split(':').slice(0, 3).join(':')}::/48`
        : `${ip.slice(0, ip.lastIndexOf('.'))}.0/24`
      expect(plan.has(block)).toBe(true)
      if (event.src.location !== undefined)
        expect(event.src.location.country).toBe(facts?.place?.country)
    }
    expect(world.placeOf('192.0.2.1')).toBeNull()
    expect(world.placeOf('not an address')).toBeNull()
  })

  test('refuses options that make no world, by name', () => {
    const good = { family, seed: 1, people: 10, days: 1, start: START }
    expect(() => createWorld({ ...good, people: 0 })).toThrow('people')
    expect(() => createWorld({ ...good, days: -1 })).toThrow('days')
    expect(() => createWorld({ ...good, seed: Number.NaN })).toThrow('seed')
    expect(() => createWorld({ ...good, attacks: -1 })).toThrow('attacks')
    expect(() => createWorld({ ...good, cloud: 2 })).toThrow('cloud')
    expect(() => createWorld({ ...good, start: Infinity })).toThrow('start')
  })

  test('moves with the clocks: people begin at the same wall time before and after summer time', () => {
    // Summer time began on Sunday 2026-03-29 in Europe.
    const hours = (start: number) => {
      const world = createWorld({
        family,
        seed: 4,
        people: 3000,
        days: 4,
        start,
        attacks: 0,
        cloud: 0,
      })
      const europe = new Set(
        world
          .people()
          .filter((one) => /Europe\/(?!Istanbul|Moscow)/.test(one.timezone))
          .map((one) => one.key),
      )
      let sum = 0
      let count = 0
      for (const { event } of world.events()) {
        if (!europe.has(event.actor.key ?? '') || event.status_id !== 1) continue
        const hour = (event.time % DAY) / 3_600_000
        if (hour < 3) continue
        sum += hour
        count++
      }
      expect(count).toBeGreaterThan(300)
      return sum / count
    }
    const shift = hours(Date.UTC(2026, 2, 23)) - hours(Date.UTC(2026, 2, 30))
    expect(shift).toBeGreaterThan(0.5)
    expect(shift).toBeLessThan(1.5)
  })
})

test('no two instants share an identifier', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 4e12 }), { minLength: 2, maxLength: 50 }),
      (seed, times) => {
        expect(new Set(times.map((time) => eventUid(seed, time))).size).toBe(times.length)
      },
    ),
  )
  const uids = new Set<string>()
  for (let time = 0; time < 50_000; time++) uids.add(eventUid(1, 1_767_571_200_000 + time))
  expect(uids.size).toBe(50_000)
  for (const uid of uids)
    expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
})
