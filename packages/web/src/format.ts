const LOCALE = 'en-GB'
const numbers = new Intl.NumberFormat(LOCALE)
const oneDigit = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 })
const regions = new Intl.DisplayNames(LOCALE, { type: 'region', fallback: 'code' })

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A whole number with thousands separated: 12,480. */
export function formatCount(value: number): string {
  return numbers.format(Math.round(value))
}

/** A count that fits a small space: 940, 12.5k, 3.1M. */
export function formatShortCount(value: number): string {
  if (value < 10_000) return formatCount(value)
  if (value < 1_000_000) return `${oneDigit.format(value / 1000)}k`
  return `${oneDigit.format(value / 1_000_000)}M`
}

/** Signed points with two decimals and a true minus: +3.20, −0.45. */
export function formatPoints(points: number): string {
  const size = Math.abs(points).toFixed(2)
  if (size === '0.00') return '0.00'
  return points < 0 ? `−${size}` : `+${size}`
}

/** A share 0-1 as percent; what is there but rounds to nothing reads "<1%". */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1%'
  return `${Math.round(share * 100)}%`
}

/** A probability 0-1 in percent with the digits that matter: 62%, 3.4%, 0.02%, <0.01%, >99%. */
export function formatProbability(probability: number): string {
  const percent = probability * 100
  if (percent === 0) return '0%'
  if (percent < 0.01) return '<0.01%'
  if (percent > 99 && percent < 100) return '>99%'
  if (percent < 1) return `${percent.toFixed(2)}%`
  return percent < 10 ? `${percent.toFixed(1)}%` : `${Math.round(percent)}%`
}

/** How a count changed, in percent with a true minus: +12%, −3%, ±0%; from three times on as a factor: ×8; of nothing it is "new". */
export function formatChange(now: number, before: number): string {
  if (before === 0) return now === 0 ? '±0%' : 'new'
  if (now >= 3 * before) return `×${formatCount(Math.round(now / before))}`
  const percent = Math.round((now / before - 1) * 100)
  if (percent === 0) return '±0%'
  return percent < 0 ? `−${formatCount(-percent)}%` : `+${formatCount(percent)}%`
}

/** Kilometres, rounded as far as a map needs. */
export function formatKm(km: number): string {
  return km < 10 ? `${oneDigit.format(km)} km` : `${formatCount(km)} km`
}

/** Kilometres an hour; beyond any meaning it says so. */
export function formatSpeed(kmh: number): string {
  return Number.isFinite(kmh) && kmh < 100_000 ? `${formatCount(kmh)} km/h` : 'over 100,000 km/h'
}

/** Bytes in the largest decimal unit that keeps the number at 1 or more: 840 B, 12.5 MB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${oneDigit.format(bytes / 1000 ** step)} ${units[step]}`
}

/** A length of time in its two largest units: 45 s, 12 min, 3 h 5 min, 2 d 4 h. */
export function formatDuration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / 1000))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'min')
  return pair(ms, DAY, 'd', HOUR, 'h')
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string) {
  const rest = Math.floor((ms % large) / small)
  const first = `${formatCount(Math.floor(ms / large))} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}

/** How long before `now` something was, in one unit: just now, 12 min ago, 3 h ago, 5 d ago. Later than now reads "just now". */
export function formatAgo(time: number, now: number): string {
  const age = now - time
  if (age < 10_000) return 'just now'
  if (age < MINUTE) return `${Math.floor(age / 1000)} s ago`
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`
  return `${formatCount(Math.floor(age / DAY))} d ago`
}

/** Wall clock 14:03:27 in `timeZone`, the reader's own where absent. */
export function formatClock(time: number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZone,
  }).format(time)
}

/** Day and time, "12 Jun 2026, 14:03", in `timeZone`, the reader's own where absent. */
export function formatDateTime(time: number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(time)
}

/** The same without the year, for narrow lists: "12 Jun, 14:03". */
export function formatShortTime(time: number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(time)
}

/** The exact moment in UTC, for tooltips: "2026-06-12 14:03:27.120 UTC". A time no calendar holds gives the number. */
export function formatUtc(time: number): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return String(time)
  return `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`
}

/** UTC+2, UTC−3:30, UTC. */
export function formatOffset(minutes: number): string {
  if (minutes === 0) return 'UTC'
  const size = Math.abs(minutes)
  const rest = size % 60
  const sign = minutes < 0 ? '−' : '+'
  return `UTC${sign}${Math.floor(size / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`
}

/** The English name of a two-letter country code; what is no code comes back as it is. */
export function formatCountry(code: string): string {
  try {
    return regions.of(code.toUpperCase()) ?? code
  } catch {
    return code
  }
}

/** "Lagos, Nigeria", either part alone, or undefined where nothing is known. */
export function formatPlace(place: {
  readonly city?: string | undefined
  readonly country?: string | undefined
}): string | undefined {
  const country = place.country && formatCountry(place.country)
  if (place.city && country) return `${place.city}, ${country}`
  return place.city ?? country
}
