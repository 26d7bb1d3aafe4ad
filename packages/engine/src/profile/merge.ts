import { REMEMBERED } from '../features/catalogue.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import { scaleSums } from './decay.ts'
import {
  ACTIVE,
  AMOUNTS,
  DAY_SUMS,
  FIRST,
  FIRST_SLOT,
  GENERATION,
  HALF_LIFE,
  HISTORY,
  HOURS,
  LANDMARK,
  LAST_SUCCESS,
  MOVES,
  NOVELTY,
  NUMERIC,
  NUMERIC_SUMS,
  OBJECTS,
  SESSION_SUMS,
  SLOTS,
  SLOW_OBJECTS,
} from './layout.ts'
import { copyProfile, type Profile, profileLastTime } from './profile.ts'
import { findSlot, takeSlot } from './slots.ts'

/**
 * Two aliases turn out to be one identity: long memory adds up, short memory is that of whichever acted last. Values
 * beyond the slots lose out, weakest first. Neither argument changes. A value that both had contributed to the tenant
 * stays counted twice there until it leaves the merged profile.
 */
export function mergeProfiles(a: Profile, b: Profile): Profile {
  const [newer, older] = profileLastTime(a) >= profileLastTime(b) ? [a, b] : [b, a]
  if ((older.f32[HALF_LIFE] ?? 0) === 0) return copyProfile(newer)
  if ((newer.f32[HALF_LIFE] ?? 0) === 0) return copyProfile(older)
  const into = copyProfile(newer)
  const from = copyProfile(older)
  // both to one landmark: what the older's sums are worth there, by its own half-life
  const days = (into.u32[LANDMARK] ?? 0) - (from.u32[LANDMARK] ?? 0)
  scaleSums(from, 2 ** (-days / (from.f32[HALF_LIFE] ?? 60)))
  addWords(into, from, HISTORY, 1)
  addWords(into, from, MOVES, 2)
  addWords(into, from, DAY_SUMS, 3)
  addWords(into, from, NUMERIC_SUMS, 3 * NUMERIC)
  addWords(into, from, SESSION_SUMS, 1 + 3 * AMOUNTS)
  addWords(into, from, SLOW_OBJECTS, 1)
  for (let i = OBJECTS; i < OBJECTS + 2 * GENERATION; i++)
    into.u32[i] = (into.u32[i] ?? 0) | (from.u32[i] ?? 0)
  addWords(into, from, HOURS, HOUR_BINS)
  addWords(into, from, NOVELTY, 2 * REMEMBERED)
  for (const word of [FIRST]) {
    const first = from.f64[word >> 1] ?? 0
    const mine = into.f64[word >> 1] ?? 0
    if (first > 0 && (mine === 0 || first < mine)) into.f64[word >> 1] = first
  }
  into.f64[LAST_SUCCESS >> 1] = Math.max(
    into.f64[LAST_SUCCESS >> 1] ?? 0,
    from.f64[LAST_SUCCESS >> 1] ?? 0,
  )
  into.u16[ACTIVE * 2] = Math.max(into.u16[ACTIVE * 2] ?? 0, from.u16[ACTIVE * 2] ?? 0)
  for (let feature = 0; feature < REMEMBERED; feature++) mergeSlots(into, from, feature)
  return into
}

function addWords(into: Profile, from: Profile, at: number, count: number): void {
  for (let i = at; i < at + count; i++) into.f32[i] = (into.f32[i] ?? 0) + (from.f32[i] ?? 0)
}

function mergeSlots(into: Profile, from: Profile, feature: number): void {
  const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
  for (let at = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0); at < end; at += 3) {
    const hash = from.u32[at] ?? 0
    if (hash === 0) continue
    const packed = from.u32[at + 2] ?? 0
    let mine = findSlot(into, feature, hash)
    if (mine < 0) {
      mine = takeSlot(into, feature, hash, 0, () => {})
      into.u32[mine + 2] = packed
    } else into.u32[mine + 2] = mergeDays(into.u32[mine + 2] ?? 0, packed)
    into.f32[mine + 1] = (into.f32[mine + 1] ?? 0) + (from.f32[at + 1] ?? 0)
  }
}

/** Earliest first day, latest last day, what was learned on the later one, and the flags of both. */
function mergeDays(a: number, b: number): number {
  const lastA = a >>> 17
  const lastB = b >>> 17
  const first = Math.min(lastA - ((a >>> 7) & 0x3ff), lastB - ((b >>> 7) & 0x3ff))
  const last = Math.max(lastA, lastB)
  const today = lastA >= lastB ? (a >>> 2) & 15 : (b >>> 2) & 15
  const span = Math.min(0x3ff, last - first)
  return ((last << 17) | (span << 7) | (a & b & 64) | (today << 2) | ((a | b) & 3)) >>> 0
}
