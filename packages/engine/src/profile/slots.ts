import { REMEMBERED } from '../features/catalogue.ts'
import { FIRST_SLOT, MOST_SLOTS, SLOTS, USED } from './layout.ts'
import type { Profile } from './profile.ts'

/**
 * A slot's third word: last day (15 bits, since 1970) | days since the first (10) | in doubt (1) | fifths learned on the
 * last day (4) | counted in the tenant, or, of a device, seen to be managed (1) | proven by strong authentication (1).
 */
const LONGEST = 0x3ff
const DOUBTED = 64
const CONTRIBUTED = 2
/** Of a device, which is never counted in the tenant: it showed that it is managed. */
const VOUCHED = CONTRIBUTED
const STRONG = 1

/** Weight is learned in fifths, so that sums are exact. */
export const FIFTHS = 5
/** One value gains at most this much in a day: 3 events' worth. */
export const MOST_FIFTHS_A_DAY = 15

/** Word where the slot of a value lies; -1 where the profile does not hold it. */
export function findSlot(profile: Profile, feature: number, hash: number): number {
  const { u32 } = profile
  const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
  for (let at = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0); at < end; at += 3) {
    if (u32[at] === hash) return at
  }
  return -1
}

/** Sum of a feature's counts, in the profile's landmark units. */
export function slotTotal(profile: Profile, feature: number): number {
  const { f32 } = profile
  const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
  let sum = 0
  for (let at = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0); at < end; at += 3) sum += f32[at + 1] ?? 0
  return sum
}

/** Has the value earned trust: seen on two days, or proven by strong authentication? */
export function isTrusted(profile: Profile, at: number): boolean {
  return (((profile.u32[at + 2] ?? 0) >>> 7) & LONGEST) > 0 || isProven(profile, at)
}

/** Was the value proven by strong authentication? */
export function isProven(profile: Profile, at: number): boolean {
  return ((profile.u32[at + 2] ?? 0) & STRONG) !== 0
}

/** First and last day on which a value was learned. */
export function slotDays(profile: Profile, at: number): { first: number; last: number } {
  const packed = profile.u32[at + 2] ?? 0
  const last = packed >>> 17
  return { first: last - ((packed >>> 7) & LONGEST), last }
}

/** Is the value counted among the tenant's? */
export function isContributed(profile: Profile, at: number): boolean {
  return ((profile.u32[at + 2] ?? 0) & CONTRIBUTED) !== 0
}

/** Did the value come with a new device and a new place at once, and has nothing trusted come with it since? */
export function isDoubted(profile: Profile, at: number): boolean {
  return ((profile.u32[at + 2] ?? 0) & DOUBTED) !== 0
}

/** Puts a value in doubt, or takes the doubt away. */
export function setDoubted(profile: Profile, at: number, doubted: 0 | 1): void {
  const packed = profile.u32[at + 2] ?? 0
  profile.u32[at + 2] = (doubted === 1 ? packed | DOUBTED : packed & ~DOUBTED) >>> 0
}

/** Trusts a value: it was proven by more than a password. */
export function setStrong(profile: Profile, at: number): void {
  profile.u32[at + 2] = ((profile.u32[at + 2] ?? 0) | STRONG) >>> 0
}

/** Did this device, when its owner last proved to be there, show that the employer manages it? */
export function isVouched(profile: Profile, at: number): boolean {
  return ((profile.u32[at + 2] ?? 0) & VOUCHED) !== 0
}

/** Notes whether a device showed that it is managed. */
export function setVouched(profile: Profile, at: number, vouched: 0 | 1): void {
  const packed = profile.u32[at + 2] ?? 0
  profile.u32[at + 2] = (vouched === 1 ? packed | VOUCHED : packed & ~VOUCHED) >>> 0
}

/** Marks a value as counted, or no longer counted, among the tenant's. */
export function setContributed(profile: Profile, at: number, counted: 0 | 1): void {
  const packed = profile.u32[at + 2] ?? 0
  profile.u32[at + 2] = (counted === 1 ? packed | CONTRIBUTED : packed & ~CONTRIBUTED) >>> 0
}

/**
 * Adds to a value that the profile holds: at most three events' worth a day; a late day adds without moving the last
 * day. `fifths` is the weight, `unit` what a weight of 1 adds in landmark units. Returns the fifths that were added.
 */
export function addToSlot(
  profile: Profile,
  at: number,
  day: number,
  fifths: number,
  unit: number,
  strong: boolean,
): number {
  const { u32, f32 } = profile
  const packed = u32[at + 2] ?? 0
  let last = packed >>> 17
  let span = (packed >>> 7) & LONGEST
  let today = (packed >>> 2) & 15
  let added = fifths
  if (day > last) {
    span = Math.min(LONGEST, span + day - last)
    last = day
    today = 0
  }
  if (day === last) {
    added = Math.min(fifths, MOST_FIFTHS_A_DAY - today)
    today += added
  } else span = Math.min(LONGEST, Math.max(span, last - day))
  f32[at + 1] = (f32[at + 1] ?? 0) + (added / FIFTHS) * unit
  const flags = (packed & (DOUBTED | 3)) | (strong ? STRONG : 0)
  u32[at + 2] = ((last << 17) | (span << 7) | (today << 2) | flags) >>> 0
  return added
}

/**
 * Takes back from a value what an event of a day added: on the last day no more than what that day brought, on former days
 * no more than the most that a day may bring; never below 0.
 */
export function takeFromSlot(
  profile: Profile,
  at: number,
  day: number,
  fifths: number,
  unit: number,
): void {
  const { u32, f32 } = profile
  const packed = u32[at + 2] ?? 0
  const today = (packed >>> 2) & 15
  let taken = Math.min(fifths, MOST_FIFTHS_A_DAY)
  if (day === packed >>> 17) {
    taken = Math.min(taken, today)
    u32[at + 2] = ((packed & ~(15 << 2)) | ((today - taken) << 2)) >>> 0
  }
  f32[at + 1] = Math.max(0, (f32[at + 1] ?? 0) - (taken / FIFTHS) * unit)
}

/** Takes a value into the profile: a free slot, else the weakest goes. Returns the slot; `evicted` hears of what goes. */
export function takeSlot(
  profile: Profile,
  feature: number,
  hash: number,
  day: number,
  evicted: (feature: number, hash: number, contributed: boolean) => void,
): number {
  const { u32, f32 } = profile
  const from = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0)
  const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
  let at = -1
  for (let i = from; i < end; i += 3) {
    if (u32[i] === 0) {
      at = i
      break
    }
  }
  if (at < 0) at = weakest(profile, from, end)
  else {
    // a build before this one held more of them
    while ((u32[USED] ?? 0) >= MOST_SLOTS) {
      const gone = weakest(profile, SLOTS, SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0))
      forgetSlot(profile, gone, evicted)
    }
  }
  if (u32[at] !== 0) forgetSlot(profile, at, evicted)
  u32[at] = hash
  f32[at + 1] = 0
  u32[at + 2] = (day << 17) >>> 0
  u32[USED] = (u32[USED] ?? 0) + 1
  return at
}

/** Empties a slot. */
export function forgetSlot(
  profile: Profile,
  at: number,
  evicted: (feature: number, hash: number, contributed: boolean) => void,
): void {
  const { u32, f32 } = profile
  evicted(featureOfSlot(at), u32[at] ?? 0, isContributed(profile, at))
  u32[at] = 0
  f32[at + 1] = 0
  u32[at + 2] = 0
  u32[USED] = (u32[USED] ?? 1) - 1
}

function featureOfSlot(at: number): number {
  const slot = (at - SLOTS) / 3
  let feature = 0
  while ((FIRST_SLOT[feature + 1] ?? Number.POSITIVE_INFINITY) <= slot) feature++
  return feature
}

/** The used slot with the smallest count; the older, then the smaller hash, where counts are equal. */
function weakest(profile: Profile, from: number, end: number): number {
  const { u32, f32 } = profile
  let best = -1
  for (let at = from; at < end; at += 3) {
    if (u32[at] === 0) continue
    if (best < 0 || weaker(f32, u32, at, best)) best = at
  }
  return best
}

function weaker(f32: Float32Array, u32: Uint32Array, a: number, b: number): boolean {
  const countA = f32[a + 1] ?? 0
  const countB = f32[b + 1] ?? 0
  if (countA !== countB) return countA < countB
  const dayA = (u32[a + 2] ?? 0) >>> 17
  const dayB = (u32[b + 2] ?? 0) >>> 17
  if (dayA !== dayB) return dayA < dayB
  return (u32[a] ?? 0) < (u32[b] ?? 0)
}
