/** Latest instant that an event may carry: the end of the year 9999. */
export const LATEST = 253402300799999

/**
 * ISO 8601, ms UTC; NaN where it is none. Takes `T` or a blank, 0 to 9 digits of a second, `Z`, `±hh`, `±hhmm` or
 * `±hh:mm`, the basic form (`20131102T010628Z`), and a date alone. Without a zone it is UTC, never the zone of
 * the machine that reads it.
 */
export function readIso(text: string): number {
  if (text.length > 40) return Number.NaN
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](.+))?$/.exec(text)
  if (match !== null) return fromParts(match[1], match[2], match[3], match[4])
  const basic = /^(\d{4})(\d\d)(\d\d)(?:[Tt](\d\d)(\d\d)(\d\d)(.*))?$/.exec(text)
  if (basic === null) return Number.NaN
  const clock =
    basic[4] === undefined ? undefined : `${basic[4]}:${basic[5]}:${basic[6]}${basic[7]}`
  return fromParts(basic[1], basic[2], basic[3], clock)
}

/** `2024-05-01T12:00:00Z`, the commonest form, without regular expressions; falls back to `readIso`. */
export function readIsoFast(text: string): number {
  if (text.length === 20 && text.charCodeAt(19) === 90 && text.charCodeAt(10) === 84) {
    const year = digits(text, 0, 4)
    const month = digits(text, 5, 2)
    const day = digits(text, 8, 2)
    const hour = digits(text, 11, 2)
    const minute = digits(text, 14, 2)
    const second = digits(text, 17, 2)
    const marks =
      text.charCodeAt(4) === 45 &&
      text.charCodeAt(7) === 45 &&
      text.charCodeAt(13) === 58 &&
      text.charCodeAt(16) === 58
    if (marks && isDate(year, month, day) && hour < 24 && minute < 60 && second < 60) {
      return Date.UTC(year, month - 1, day, hour, minute, second)
    }
  }
  return readIso(text)
}

function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

const clockForm =
  /^(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s*([AaPp])\.?[Mm]\.?)?(?:\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?$/

function fromParts(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  clock: string | undefined,
): number {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  if (!isDate(y, m, d)) return Number.NaN
  const date = Date.UTC(y, m - 1, d)
  if (clock === undefined) return date
  const parts = clockForm.exec(clock.trim())
  if (parts === null) return Number.NaN
  const second = Number(parts[3] ?? 0)
  const minute = Number(parts[2])
  const hour = hourOf(Number(parts[1]), parts[5])
  // A leap second is the last instant of its minute.
  if (!(hour < 24) || minute > 59 || second > 60) return Number.NaN
  const ms = parts[4] === undefined ? 0 : Math.floor(Number(`0.${parts[4]}`) * 1000 + 1e-9)
  const inDay = (hour * 60 + minute) * 60_000 + (second === 60 ? 59_999 : second * 1000 + ms)
  return date + inDay - offsetOf(parts[6])
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || 0)
  if (hours > 18 || minutes > 59) return Number.NaN
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function isDate(year: number, month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 0)) return false
  if (month === 2) return day <= (isLeap(year) ? 29 : 28)
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** `4/28/2021, 2:08:45.221 PM [+01:00]` or with the day first, ms UTC; NaN where it is none. Without a zone it is UTC. */
export function readSlashed(text: string, first: 'month' | 'day'): number {
  if (text.length > 60) return Number.NaN
  const match = /^(\d\d?)[/.](\d\d?)[/.](\d{4})(?:,?\s+(.+))?$/.exec(text)
  if (match === null) return Number.NaN
  const [month, day] = first === 'month' ? [match[1], match[2]] : [match[2], match[1]]
  return fromParts(match[3], month, day, match[4]?.replace(/[[\]]/g, ''))
}

/** `Wed May 01 12:00:00 UTC 2024`, as Java prints it, ms UTC; NaN where it is none. */
function readJavaDate(text: string): number {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d?) (\d\d:\d\d:\d\d) (UTC|GMT|Z) (\d{4})$/.exec(
    text,
  )
  if (match === null) return Number.NaN
  const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(match[1] ?? '') / 3 + 1
  return Number.isInteger(month)
    ? fromParts(match[5], String(month), match[2], match[3])
    : Number.NaN
}

/** Unit of a time that counts from 1970. */
export type EpochUnit = 's' | 'ms' | 'us' | 'ns'
const perMs: Readonly<Record<EpochUnit, number>> = { s: 0.001, ms: 1, us: 1000, ns: 1_000_000 }

/** A count from 1970, as number or text, in the unit that the field's documentation names, ms; NaN where it is none. */
export function readEpoch(value: unknown, unit: EpochUnit): number {
  if (typeof value === 'number')
    return Number.isFinite(value) ? round(value / perMs[unit]) : Number.NaN
  if (typeof value !== 'string' || !/^-?\d{1,20}(\.\d{1,9})?$/.test(value.trim())) return Number.NaN
  return round(Number(value) / perMs[unit])
}

/** Whole ms, as ISO 8601 is read. A fraction of a second as a number is up to 0.00024 ms beside what was written; a µs is 0.001. */
function round(ms: number): number {
  return Math.floor(ms + 5e-4)
}

/** Text in any unambiguous notation (ISO 8601, US with month first, Java), ms UTC; NaN where it is none. */
export function readTime(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN
  const text = value.trim()
  const iso = readIsoFast(text)
  if (!Number.isNaN(iso)) return iso
  const us = readSlashed(text, 'month')
  return Number.isNaN(us) ? readJavaDate(text) : us
}
