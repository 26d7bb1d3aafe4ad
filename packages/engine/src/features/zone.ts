import type { Place } from '@gatewatch/schema'

/** How a zone moves its clocks: not at all, as Europe, North America, the south, or New Zealand does. */
const FIXED = 0
const EUROPE = 1
const AMERICA = 2
const SOUTH = 3
const NEW_ZEALAND = 4

/** Standard offset in quarter hours east of UTC and rule of daylight saving, packed: (quarters + 64) * 8 + rule. */
export type ZoneCode = number

/** Nothing is known of the zone. */
export const NO_ZONE: ZoneCode = 0

type Row = readonly [countries: string, quarters: number, rule: number]

/** Countries with one clock. Countries with several follow their longitude. */
const rows: readonly Row[] = [
  ['GB IE PT', 0, EUROPE],
  ['IS GH SN CI ML', 0, FIXED],
  ['DE FR ES IT NL BE LU CH AT PL CZ SK HU DK SE NO HR SI RS BA ME MK AL MT', 4, EUROPE],
  ['NG DZ TN AO CM MA', 4, FIXED],
  ['FI EE LV LT RO BG GR UA MD CY', 8, EUROPE],
  ['ZA EG LY ZW ZM MZ', 8, FIXED],
  ['TR SA IQ KE ET UG TZ QA KW BH BY', 12, FIXED],
  ['IR', 14, FIXED],
  ['AE OM GE AM AZ', 16, FIXED],
  ['AF', 18, FIXED],
  ['PK UZ TM TJ KZ', 20, FIXED],
  ['IN LK', 22, FIXED],
  ['NP', 23, FIXED],
  ['BD KG', 24, FIXED],
  ['MM', 26, FIXED],
  ['TH VN KH LA', 28, FIXED],
  ['CN HK TW SG MY PH', 32, FIXED],
  ['JP KR', 36, FIXED],
  ['NZ', 48, NEW_ZEALAND],
  ['AR UY', -12, FIXED],
  ['VE BO DO PR', -16, FIXED],
  ['CL PY', -16, SOUTH],
  ['CO PE EC PA JM', -20, FIXED],
  ['CR GT SV HN NI', -24, FIXED],
]

const byCountry = new Map<string, ZoneCode>(
  rows.flatMap(([countries, quarters, rule]) =>
    countries
      .split(' ')
      .map((country): [string, ZoneCode] => [country, (quarters + 64) * 8 + rule]),
  ),
)

const movingByLongitude = new Map<string, number>([
  ['US', AMERICA],
  ['CA', AMERICA],
  ['AU', SOUTH],
])

/**
 * The clock people use at a place: the country's where it has one, else the nearest full hour of the longitude.
 * `NO_ZONE` where neither is known.
 */
export function zoneOf(place: Place | undefined): ZoneCode {
  if (place === undefined) return NO_ZONE
  const country = place.country ?? ''
  const known = byCountry.get(country)
  if (known !== undefined) return known
  if (place.long === undefined) return NO_ZONE
  const hours = Math.max(-12, Math.min(12, Math.round(place.long / 15)))
  return (hours * 4 + 64) * 8 + (movingByLongitude.get(country) ?? FIXED)
}

const HOUR = 3_600_000
const DAY = 86_400_000

/**
 * Minutes that local clocks are ahead of UTC at a time (ms). Daylight saving by each rule's present dates, to the day:
 * Europe last Sunday of March to last Sunday of October; North America second Sunday of March to first of November;
 * the south first Sunday of October (New Zealand a week before) to first of April. `NO_ZONE` is UTC.
 */
export function offsetMinutes(zone: ZoneCode, time: number): number {
  if (zone === NO_ZONE) return 0
  const standard = ((zone >> 3) - 64) * 15
  const rule = zone & 7
  if (rule === FIXED) return standard
  turnYear(time)
  if (rule === EUROPE) {
    const from = lastSunday(year, yearStart, 2) + HOUR
    const to = lastSunday(year, yearStart, 9) + HOUR
    return standard + (time >= from && time < to ? 60 : 0)
  }
  const local = time + standard * 60_000
  if (rule === AMERICA) {
    const from = firstSunday(year, yearStart, 2) + 7 * DAY + 2 * HOUR
    const to = firstSunday(year, yearStart, 10) + HOUR
    return standard + (local >= from && local < to ? 60 : 0)
  }
  const early = rule === NEW_ZEALAND ? 7 * DAY : 0
  const from = firstSunday(year, yearStart, 9) - early + 2 * HOUR
  const to = firstSunday(year, yearStart, 3) + 2 * HOUR
  return standard + (local >= from || local < to ? 60 : 0)
}

const MONTH_START = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

let year = 1970
let yearStart = 0
let yearEnd = Date.UTC(1971, 0, 1)

/** Turns to the year of a time; events mostly are of the year of the one before. */
function turnYear(time: number): void {
  if (time >= yearStart && time < yearEnd) return
  year = 1970 + Math.floor(time / (365.2425 * DAY))
  if (time < Date.UTC(year, 0, 1)) year -= 1
  else if (time >= Date.UTC(year + 1, 0, 1)) year += 1
  yearStart = Date.UTC(year, 0, 1)
  yearEnd = Date.UTC(year + 1, 0, 1)
}

function monthStart(year: number, yearStart: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return yearStart + ((MONTH_START[month] ?? 0) + (leap && month > 1 ? 1 : 0)) * DAY
}

function firstSunday(year: number, yearStart: number, month: number): number {
  const start = monthStart(year, yearStart, month)
  return start + ((7 - weekday(start)) % 7) * DAY
}

/** Of March or October, which both have 31 days. */
function lastSunday(year: number, yearStart: number, month: number): number {
  const last = monthStart(year, yearStart, month) + 30 * DAY
  return last - weekday(last) * DAY
}

/** 0 Sunday to 6 Saturday. */
function weekday(time: number): number {
  return (((Math.floor(time / DAY) + 4) % 7) + 7) % 7
}
