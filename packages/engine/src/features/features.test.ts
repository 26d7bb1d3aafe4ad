import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signIn } from '../testing/lives.ts'
import { catalogue, indexOf, PARENT, REMEMBERED } from './catalogue.ts'
import { hashKey, keyedHash } from './keyed-hash.ts'
import { numericSurprise, rateSurprise, shrunk } from './numeric.ts'
import { hourDensity, hourSurprise, hoursShare, localTime } from './time-of-week.ts'
import { distanceKm, radiusKm, surelyApart, travelSurprise } from './travel.ts'
import { NO_ZONE, offsetMinutes, zoneOf } from './zone.ts'

describe('the catalogue', () => {
  test('lists parents before children, remembered features first, and no name twice', () => {
    for (const [i, feature] of catalogue.entries()) {
      expect(PARENT[i] ?? -1).toBeLessThan(i)
      expect(feature.slots > 0).toBe(i < REMEMBERED)
      expect(feature.slots).toBeLessThanOrEqual(24)
    }
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length)
    expect(() => indexOf('no such feature')).toThrow(RangeError)
  })
})

describe('a keyed hash', () => {
  const a = hashKey(new Uint8Array(16).fill(1))
  const b = hashKey(new Uint8Array(16).fill(1).with(3, 2))

  test('depends on key, label, parent and every character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(50), (text, label) => {
        const one = keyedHash(a, label, 0, text)
        expect(one).toBe(keyedHash(a, label, 0, text))
        expect(one).toBeGreaterThan(0)
        expect(one).toBeLessThan(2 ** 32)
        for (const other of [
          keyedHash(b, label, 0, text),
          keyedHash(a, label + 1, 0, text),
          keyedHash(a, label, 7, text),
          keyedHash(a, label, 0, `${text}\u0000`),
        ]) {
          expect(other).not.toBe(one)
        }
      }),
    )
  })

  test('spreads a hundred thousand alike texts as chance would', () => {
    const seen = new Set<number>()
    const buckets = new Float64Array(64)
    for (let i = 0; i < 100_000; i++) {
      const hash = keyedHash(a, 1, 0, `user${i}`)
      seen.add(hash)
      buckets[hash & 63] = (buckets[hash & 63] ?? 0) + 1
    }
    expect(seen.size).toBeGreaterThan(99_990)
    for (const count of buckets) expect(Math.abs(count - 1562.5)).toBeLessThan(220)
  })
})

describe('local clocks', () => {
  test('agree with the time-zone database at noon, all year round', () => {
    const places = [
      ['DE', 52.5, 13.4, 'Europe/Berlin'],
      ['PT', 38.7, -9.1, 'Europe/Lisbon'],
      ['FI', 60.2, 24.9, 'Europe/Helsinki'],
      ['US', 40.7, -74, 'America/New_York'],
      ['US', 37.8, -122.4, 'America/Los_Angeles'],
      ['AU', -33.9, 151.2, 'Australia/Sydney'],
      ['NZ', -36.8, 174.8, 'Pacific/Auckland'],
      ['IN', 28.6, 77.2, 'Asia/Kolkata'],
      ['JP', 35.7, 139.7, 'Asia/Tokyo'],
      ['BR', -23.5, -46.6, 'America/Sao_Paulo'],
    ] as const
    for (const [country, lat, long, name] of places) {
      const zone = zoneOf({ country, lat, long, provider: 'geoip' })
      const clock = new Intl.DateTimeFormat('en-GB', {
        timeZone: name,
        hour: '2-digit',
        minute: '2-digit',
      })
      for (let day = 0; day < 800; day++) {
        const time = Date.UTC(2025, 0, 1 + day, 12)
        const local = new Date(time + offsetMinutes(zone, time) * 60_000)
          .toISOString()
          .slice(11, 16)
        expect(`${name} ${new Date(time).toISOString()} ${local}`).toBe(
          `${name} ${new Date(time).toISOString()} ${clock.format(time)}`,
        )
      }
    }
  })

  test('are unknown where nothing is known, and any place has one that is possible', () => {
    expect(zoneOf(undefined)).toBe(NO_ZONE)
    expect(zoneOf({ provider: 'geoip' })).toBe(NO_ZONE)
    expect(offsetMinutes(NO_ZONE, 0)).toBe(0)
    fc.assert(
      fc.property(
        fc.constantFrom('US', 'RU', 'DE', 'NP', 'XX', 'CL'),
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: 0, max: 253402300799999, noNaN: true }),
        (country, long, time) => {
          const zone = zoneOf({ country, long, provider: 'geoip' })
          expect(zone).toBeGreaterThanOrEqual(0)
          expect(zone).toBeLessThan(65_536)
          const minutes = offsetMinutes(zone, time)
          expect(Math.abs(minutes)).toBeLessThanOrEqual(14 * 60)
          const { hour, day, bin } = localTime(zone, time)
          expect(hour).toBeLessThan(24)
          expect(day).toBeLessThan(7)
          expect(bin).toBe(day > 4 ? 24 + hour : hour)
        },
      ),
    )
  })
})

describe('time of the week', () => {
  test('densities of all bins add up to about one', () => {
    const counts = new Float64Array(48).fill(0).map((_, i) => (i >= 9 && i < 17 ? 10 : 0))
    let sum = 0
    for (let bin = 0; bin < 48; bin++) sum += hourDensity(counts, 0, bin, 80)
    expect(sum).toBeCloseTo(1, 6)
    expect(hoursShare(0) * 24 + hoursShare(24) * 24).toBeCloseTo(1)
  })

  test('night is strange for office workers, and for nobody in an organisation that never sleeps', () => {
    const office = new Float64Array(48).map((_, i) => (i >= 8 && i < 18 ? 40 : 0))
    const always = new Float64Array(48).map((_, i) => (i < 24 ? 5 : 2))
    const none = new Float64Array(48)
    const night = (own: Float64Array, tenant: Float64Array) =>
      hourSurprise(
        own,
        0,
        own.reduce((a, b) => a + b),
        tenant,
        0,
        tenant.reduce((a, b) => a + b),
        26,
      )
    expect(night(office, office)).toBeGreaterThan(2.5)
    expect(night(none, office)).toBeGreaterThan(2)
    expect(Math.abs(night(none, always))).toBeLessThan(0.3)
    expect(night(none, none)).toBe(0)
  })
})

describe('travel', () => {
  test('distances are those of the globe', () => {
    expect(distanceKm(52.52, 13.4, 48.14, 11.58)).toBeCloseTo(504, -1)
    expect(distanceKm(0, 179.9, 0, -179.9)).toBeCloseTo(22.2, 0)
    expect(distanceKm(90, 0, -90, 0)).toBeCloseTo(20_015, -1)
  })

  test('uncertainty is taken off, and addresses that are nobody’s place are left out', () => {
    expect(surelyApart(400, 50, 300)).toBe(0)
    expect(surelyApart(1000, 50, 300)).toBe(500)
    expect(radiusKm(signIn(0))).toBe(50)
    expect(radiusKm(signIn(0, { network: { class: 'carrier' } }))).toBe(300)
    for (const kind of ['vpn', 'hosting', 'tor', 'proxy', 'satellite'] as const) {
      expect(radiusKm(signIn(0, { network: { class: kind } }))).toBeNaN()
    }
  })

  test('who often teleports teaches it', () => {
    expect(travelSurprise(0, 100)).toBeGreaterThan(2)
    expect(travelSurprise(30, 100)).toBeLessThan(0.7)
  })
})

describe('numbers', () => {
  test('more than usual is strange, usual is not, less is hardly', () => {
    const own = { n: 50, sum: 50 * 8, squares: 50 * (64 + 0.25) }
    const prior = { mean: 10, sd: 2.5 }
    expect(numericSurprise(8, own, prior)).toBeLessThan(0)
    expect(numericSurprise(20, own, prior)).toBeGreaterThan(2)
    expect(numericSurprise(0, own, prior)).toBeLessThanOrEqual(0.5)
  })

  test('are finite and within bounds whatever comes', () => {
    const finite = fc.double({ min: 0, max: 60, noNaN: true })
    fc.assert(
      fc.property(finite, fc.nat(500), finite, finite, (x, n, mean, sd) => {
        const value = numericSurprise(
          x,
          { n, sum: n * mean, squares: n * (mean * mean + sd * sd) },
          { mean: 10, sd: 2.5 },
        )
        expect(value).toBeGreaterThanOrEqual(-3)
        expect(value).toBeLessThanOrEqual(6)
        expect(
          shrunk({ n, sum: n * mean, squares: n * mean * mean }, { mean: 1, sd: 1 }).sd,
        ).toBeGreaterThan(0)
      }),
    )
  })

  test('a crowd is strange only above what is expected', () => {
    expect(rateSurprise(5, 4)).toBe(0)
    expect(rateSurprise(40, 4)).toBe(3)
    expect(rateSurprise(10, Number.NaN)).toBeNaN()
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (count, expected) => {
        expect(rateSurprise(count + 1, expected)).toBeGreaterThanOrEqual(
          rateSurprise(count, expected),
        )
      }),
    )
  })
})
