import { dayOf, growth } from './decay.ts'
import {
  ATTEMPTS,
  BYTE_PERIOD,
  BYTES,
  COLUMNS,
  COUNTERS,
  COUNTS,
  DAY_BYTES,
  DAY_SUMS,
  FAILURES,
  HALF_LIFE,
  PEAK_DAY,
  PEAKS,
  PERIOD,
  RING,
  USUAL_PEAKS,
} from './layout.ts'
import type { Profile } from './profile.ts'

/** What is counted in columns of ten minutes: the index of each counter. */
export const COUNTER = {
  failures: 0,
  mfaDenied: 1,
  resets: 2,
  creates: 3,
  deletes: 4,
  denied: 5,
  newActions: 6,
  events: 7,
  signIns: 8,
} as const

const TEN_MINUTES = 600_000
const FOUR_HOURS = 14_400_000

/** Count of the last 60 minutes before a time: the column of that time and the five before (50 to 60 minutes). */
export function countOf(profile: Profile, counter: number, time: number): number {
  const { u16, u32 } = profile
  const gone = Math.floor(time / TEN_MINUTES) - (u32[PERIOD] ?? 0)
  let sum = 0
  // column c is c periods older than the newest; only those within six periods of `time` count
  for (let c = Math.max(0, -gone); c < COLUMNS - Math.max(0, gone); c++) {
    sum += u16[COUNTS * 2 + counter * COLUMNS + c] ?? 0
  }
  return sum
}

/** Moves the columns so that the newest holds `time`. */
export function moveColumns(profile: Profile, time: number): void {
  const { u16, u32, f32 } = profile
  const period = Math.floor(time / TEN_MINUTES)
  const gone = Math.min(COLUMNS, period - (u32[PERIOD] ?? 0))
  if (gone > 0) {
    for (let counter = 0; counter < COUNTERS; counter++) {
      const from = COUNTS * 2 + counter * COLUMNS
      for (let c = COLUMNS - 1; c >= 0; c--)
        u16[from + c] = c >= gone ? (u16[from + c - gone] ?? 0) : 0
    }
    u32[PERIOD] = period
  }
  const bytePeriod = Math.floor(time / FOUR_HOURS)
  const moved = Math.min(COLUMNS, bytePeriod - (u32[BYTE_PERIOD] ?? 0))
  if (moved > 0) {
    for (let c = COLUMNS - 1; c >= 0; c--)
      f32[BYTES + c] = c >= moved ? (f32[BYTES + c - moved] ?? 0) : 0
    u32[BYTE_PERIOD] = bytePeriod
  }
}

/** Adds to the newest column of a counter; it stops at 65,535. */
export function countUp(profile: Profile, counter: number, by: number): void {
  const at = COUNTS * 2 + counter * COLUMNS
  profile.u16[at] = Math.min(65_535, (profile.u16[at] ?? 0) + by)
}

/** Bytes out in the last 24 hours before a time: its four hours and the five before. */
export function bytesOf(profile: Profile, time: number): number {
  const { f32, u32 } = profile
  const gone = Math.max(0, Math.floor(time / FOUR_HOURS) - (u32[BYTE_PERIOD] ?? 0))
  let sum = 0
  for (let c = 0; c < COLUMNS - gone; c++) sum += f32[BYTES + c] ?? 0
  return sum
}

/** More than anybody sends in a day, and little enough to be added up in 32 bits. */
const MOST_BYTES = 1e18

/** Adds bytes to the newest four hours and to the day. */
export function addBytes(profile: Profile, bytes: number): void {
  const { f32 } = profile
  f32[BYTES] = Math.min(MOST_BYTES, (f32[BYTES] ?? 0) + bytes)
  f32[DAY_BYTES] = Math.min(MOST_BYTES, (f32[DAY_BYTES] ?? 0) + bytes)
}

/** Failures within `within` ms before a time; exact up to the ring's size, then from the columns. */
export function failuresWithin(profile: Profile, time: number, within: number): number {
  const { u32 } = profile
  const now = Math.floor(time / 1000)
  const since = now - within / 1000
  let count = 0
  // the newest comes first
  for (let i = 0; i < RING; i++) {
    const at = u32[FAILURES + i] ?? 0
    if (at === 0 || at < since) break
    if (at <= now) count++
  }
  if (count < RING) return count
  if (within > TEN_MINUTES) return Math.max(count, countOf(profile, COUNTER.failures, time))
  const newest = COUNTS * 2 + COUNTER.failures * COLUMNS
  return Math.max(count, profile.u16[newest] ?? 0)
}

/** Remembers a failed sign-in; records of one attempt count once. `attempt` 0: the source does not say. */
export function rememberFailure(
  profile: Profile,
  time: number,
  attempt: number,
  count: number,
): void {
  const { u32 } = profile
  if (attempt !== 0) {
    if (u32[ATTEMPTS] === attempt || u32[ATTEMPTS + 1] === attempt) return
    u32[ATTEMPTS + 1] = u32[ATTEMPTS] ?? 0
    u32[ATTEMPTS] = attempt
  }
  const times = Math.min(count, RING)
  for (let i = RING - 1; i >= 0; i--) {
    u32[FAILURES + i] = i >= times ? (u32[FAILURES + i - times] ?? 0) : Math.floor(time / 1000)
  }
  countUp(profile, COUNTER.failures, count)
}

/** Is the attempt among those already counted? */
export function isKnownAttempt(profile: Profile, attempt: number): boolean {
  return (
    attempt !== 0 && (profile.u32[ATTEMPTS] === attempt || profile.u32[ATTEMPTS + 1] === attempt)
  )
}

/** Highest counts in an hour: 0 creates, 1 deletes, 2 events. What today brought counts from tomorrow on. */
export function usualPeak(profile: Profile, which: number, time: number): number {
  const { f32, u32 } = profile
  const days = Math.max(0, dayOf(time) - (u32[PEAK_DAY] ?? 0))
  const former = (f32[USUAL_PEAKS + which] ?? 0) * fade(profile, days)
  return days > 0 ? Math.max(former, (f32[PEAKS + which] ?? 0) * fade(profile, days - 1)) : former
}

/** Closes the day before when `time` lies on a later one: its peaks and bytes become usual. */
export function turnDay(profile: Profile, time: number): void {
  const { f32, u32 } = profile
  const day = dayOf(time)
  const last = u32[PEAK_DAY] ?? 0
  if (day <= last) return
  for (let i = 0; i < 3; i++) {
    f32[USUAL_PEAKS + i] = usualPeak(profile, i, time)
    f32[PEAKS + i] = 0
  }
  const bytes = f32[DAY_BYTES] ?? 0
  if (bytes > 0) {
    const unit = growth(profile, last)
    const x = Math.log1p(bytes)
    f32[DAY_SUMS] = (f32[DAY_SUMS] ?? 0) + unit
    f32[DAY_SUMS + 1] = (f32[DAY_SUMS + 1] ?? 0) + unit * x
    f32[DAY_SUMS + 2] = (f32[DAY_SUMS + 2] ?? 0) + unit * x * x
  }
  f32[DAY_BYTES] = 0
  u32[PEAK_DAY] = day
}

/** Raises today's peak of a count. */
export function raisePeak(profile: Profile, which: number, count: number): void {
  if (count > (profile.f32[PEAKS + which] ?? 0)) profile.f32[PEAKS + which] = count
}

function fade(profile: Profile, days: number): number {
  // most events come on the day of the one before, and a power takes long
  if (days === 0) return 1
  const halfLife = profile.f32[HALF_LIFE] ?? 0
  return halfLife > 0 ? 2 ** (-days / halfLife) : 1
}
