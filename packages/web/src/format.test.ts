import { expect, test } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatChange,
  formatCountry,
  formatDateTime,
  formatDuration,
  formatOffset,
  formatPlace,
  formatPoints,
  formatProbability,
  formatShare,
  formatShortCount,
  formatSpeed,
  formatUtc,
} from './format.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test('points carry their sign and a true minus', () => {
  expect(formatPoints(3.2)).toBe('+3.20')
  expect(formatPoints(-0.447)).toBe('−0.45')
  expect(formatPoints(-0.001)).toBe('0.00')
})

test('a share that rounds to nothing does not read as nothing', () => {
  expect(formatShare(0)).toBe('0%')
  expect(formatShare(0.004)).toBe('<1%')
  expect(formatShare(0.926)).toBe('93%')
})

test('a probability keeps the digits that matter', () => {
  expect([0, 0.00001, 0.0002, 0.034, 0.62, 0.9993].map(formatProbability)).toEqual([
    '0%',
    '<0.01%',
    '0.02%',
    '3.4%',
    '62%',
    '>99%',
  ])
})

test('large counts get short in small spaces', () => {
  expect([940, 12_480, 3_100_000].map(formatShortCount)).toEqual(['940', '12.5k', '3.1M'])
})

test('bytes are told in the largest unit that keeps a whole number', () => {
  expect([0, 840, 12_500_000, 2e15].map(formatBytes)).toEqual(['0 B', '840 B', '12.5 MB', '2 PB'])
})

test('a duration has its two largest units', () => {
  expect(
    [45_000, 12 * MINUTE, 3 * HOUR + 5 * MINUTE, 2 * DAY + 4 * HOUR, 3 * HOUR].map(formatDuration),
  ).toEqual(['45 s', '12 min', '3 h 5 min', '2 d 4 h', '3 h'])
})

test('an age never lies about the future', () => {
  expect(formatAgo(1_000_000, 900_000)).toBe('just now')
  expect(formatAgo(0, 59_000)).toBe('59 s ago')
  expect(formatAgo(0, 3 * HOUR)).toBe('3 h ago')
  expect(formatAgo(0, 40 * DAY)).toBe('40 d ago')
})

test('times are told in the zone asked for, and exactly in UTC', () => {
  const time = Date.UTC(2026, 5, 12, 12, 3, 27, 120)
  expect(formatDateTime(time, 'Europe/Stockholm')).toBe('12 Jun 2026, 14:03')
  expect(formatUtc(time)).toBe('2026-06-12 12:03:27.120 UTC')
  expect(formatUtc(1e20)).toBe('100000000000000000000')
})

test('offsets from UTC keep half hours', () => {
  expect([0, 120, -210].map(formatOffset)).toEqual(['UTC', 'UTC+2', 'UTC−3:30'])
})

test('a speed beyond any meaning says so', () => {
  expect(formatSpeed(8310.4)).toBe('8,310 km/h')
  expect(formatSpeed(Number.POSITIVE_INFINITY)).toBe('over 100,000 km/h')
})

test('places are named as far as they are known', () => {
  expect(formatPlace({ city: 'Lagos', country: 'NG' })).toBe('Lagos, Nigeria')
  expect(formatPlace({ country: 'NG' })).toBe('Nigeria')
  expect(formatPlace({})).toBeUndefined()
})

test('what is no country code comes back as it is', () => {
  expect(formatCountry('no code')).toBe('no code')
  expect(formatCountry('zz')).toBe('Unknown Region')
})

test('a change is told in percent, and of nothing as new', () => {
  expect(formatChange(112, 100)).toBe('+12%')
  expect(formatChange(97, 100)).toBe('−3%')
  expect(formatChange(5_500, 100)).toBe('×55')
  expect(formatChange(100, 100)).toBe('±0%')
  expect(formatChange(5, 0)).toBe('new')
  expect(formatChange(0, 0)).toBe('±0%')
})
