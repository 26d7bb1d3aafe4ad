import { REMEMBERED } from '../features/catalogue.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import {
  AMOUNTS,
  DAY_SUMS,
  HALF_LIFE,
  HISTORY,
  HOURS,
  LANDMARK,
  MOVES,
  NOVELTY,
  NUMERIC,
  NUMERIC_SUMS,
  SESSION_SUMS,
  SLOTS,
  TOTAL_WORDS,
} from './layout.ts'
import type { Profile } from './profile.ts'

const DAY = 86_400_000

/** The day (since 1970, UTC) of a time in ms. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY)
}

/**
 * Sums decay by whole days, counted forward from a landmark day: an observation on day d adds weight x growth(d), and a
 * sum is read by multiplying with shrink(today). So order within and between days does not matter.
 * Returns growth for a day; 1 for a profile that has no landmark yet.
 */
export function growth(profile: Profile, day: number): number {
  const halfLife = profile.f32[HALF_LIFE] ?? 0
  return halfLife > 0 ? powerOfTwo((day - (profile.u32[LANDMARK] ?? 0)) / halfLife) : 1
}

let exponent = 0
let power = 1

/** 2 to the power of `x`. One event asks for the same again and again: the last answer is kept. */
function powerOfTwo(x: number): number {
  if (x !== exponent) {
    exponent = x
    power = 2 ** x
  }
  return power
}

/** Sets the landmark of an empty profile, and moves it on (by whole half-lives, which is exact) before numbers grow large. */
export function settleLandmark(profile: Profile, day: number, halfLifeDays: number): void {
  const { u32, f32 } = profile
  const halfLife = f32[HALF_LIFE] ?? 0
  if (halfLife === 0) {
    f32[HALF_LIFE] = halfLifeDays
    u32[LANDMARK] = day
    return
  }
  const lives = Math.floor((day - (u32[LANDMARK] ?? 0)) / halfLife)
  if (lives < 8) return
  scaleSums(profile, 2 ** -Math.min(lives, 126))
  u32[LANDMARK] = (u32[LANDMARK] ?? 0) + lives * halfLife
}

/** Multiplies every decayed sum of the long memory by a factor. */
export function scaleSums(profile: Profile, factor: number): void {
  const { f32 } = profile
  scale(f32, HISTORY, 1, factor)
  scale(f32, MOVES, 2, factor)
  scale(f32, DAY_SUMS, 3, factor)
  scale(f32, NUMERIC_SUMS, 3 * NUMERIC, factor)
  scale(f32, SESSION_SUMS, 1 + 3 * AMOUNTS, factor)
  scale(f32, HOURS, HOUR_BINS, factor)
  scale(f32, NOVELTY, 2 * REMEMBERED, factor)
  for (let at = SLOTS + 1; at < TOTAL_WORDS; at += 3) f32[at] = (f32[at] ?? 0) * factor
}

function scale(f32: Float32Array, from: number, count: number, factor: number): void {
  for (let i = from; i < from + count; i++) f32[i] = (f32[i] ?? 0) * factor
}
