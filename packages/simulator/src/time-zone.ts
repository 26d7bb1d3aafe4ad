/** When a region moves its clocks: European Union, North America, southern Australia, or never. */
type DaylightRule = 'eu' | 'us' | 'au' | 'none'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Standard offset in minutes east of UTC, and the daylight-saving rule (IANA time zone database, rules since 2008). */
const ZONES: Readonly<Record<string, readonly [number, DaylightRule]>> = {
  'Europe/London': [0, 'eu'],
  'Europe/Dublin': [0, 'eu'],
  'Europe/Lisbon': [0, 'eu'],
  'Europe/Stockholm': [60, 'eu'],
  'Europe/Berlin': [60, 'eu'],
  'Europe/Paris': [60, 'eu'],
  'Europe/Madrid': [60, 'eu'],
  'Europe/Rome': [60, 'eu'],
  'Europe/Amsterdam': [60, 'eu'],
  'Europe/Warsaw': [60, 'eu'],
  'Europe/Helsinki': [120, 'eu'],
  'Europe/Bucharest': [120, 'eu'],
  'Europe/Kyiv': [120, 'eu'],
  'Europe/Istanbul': [180, 'none'],
  'Europe/Moscow': [180, 'none'],
  'Africa/Lagos': [60, 'none'],
  'Africa/Johannesburg': [120, 'none'],
  'Africa/Nairobi': [180, 'none'],
  'Asia/Dubai': [240, 'none'],
  'Asia/Kolkata': [330, 'none'],
  'Asia/Bangkok': [420, 'none'],
  'Asia/Ho_Chi_Minh': [420, 'none'],
  'Asia/Jakarta': [420, 'none'],
  'Asia/Singapore': [480, 'none'],
  'Asia/Shanghai': [480, 'none'],
  'Asia/Manila': [480, 'none'],
  'Asia/Tokyo': [540, 'none'],
  'Asia/Seoul': [540, 'none'],
  'Australia/Sydney': [600, 'au'],
  'America/New_York': [-300, 'us'],
  'America/Toronto': [-300, 'us'],
  'America/Chicago': [-360, 'us'],
  'America/Denver': [-420, 'us'],
  'America/Los_Angeles': [-480, 'us'],
  'America/Mexico_City': [-360, 'none'],
  'America/Bogota': [-300, 'none'],
  'America/Sao_Paulo': [-180, 'none'],
  'America/Argentina/Buenos_Aires': [-180, 'none'],
}

/** Midnight UTC of the n-th Sunday (1..) or the last one (-1) of a month (0 January). */
function sunday(year: number, month: number, nth: number): number {
  if (nth > 0) {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay()
    return Date.UTC(year, month, 1 + ((7 - first) % 7) + 7 * (nth - 1))
  }
  const last = new Date(Date.UTC(year, month + 1, 0))
  return last.getTime() - last.getUTCDay() * DAY
}

/** First and last instant of daylight saving in a year, in ms UTC, for a zone of this standard offset. */
function summer(rule: DaylightRule, year: number, offset: number): readonly [number, number] {
  const local = offset * 60_000
  if (rule === 'eu') return [sunday(year, 2, -1) + HOUR, sunday(year, 9, -1) + HOUR]
  if (rule === 'us')
    return [sunday(year, 2, 2) + 2 * HOUR - local, sunday(year, 10, 1) + HOUR - local]
  return [sunday(year, 9, 1) + 2 * HOUR - local, sunday(year, 3, 1) + 2 * HOUR - local]
}

const cache = new Map<string, readonly [number, number]>()

/** Minutes east of UTC of an IANA zone at an instant (ms UTC), daylight saving included. Throws on an unknown zone. */
export function zoneOffset(zone: string, time: number): number {
  const entry = ZONES[zone]
  if (entry === undefined) throw new Error(`no rules for time zone ${zone}`)
  const [offset, rule] = entry
  if (rule === 'none') return offset
  const year = new Date(time).getUTCFullYear()
  const name = `${rule} ${offset} ${year}`
  let span = cache.get(name)
  if (span === undefined) {
    span = summer(rule, year, offset)
    cache.set(name, span)
  }
  const [from, to] = span
  const daylight = from < to ? time >= from && time < to : time >= from || time < to
  return daylight ? offset + 60 : offset
}

/** The instant (ms UTC) at which a zone's clock shows `hour` (0-24 and beyond) on a day counted since 1970-01-01. */
export function localTime(zone: string, day: number, hour: number): number {
  const wall = day * DAY + hour * HOUR
  return Math.round(wall - zoneOffset(zone, wall) * 60_000)
}
