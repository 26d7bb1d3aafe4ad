import { ByteReader, ByteWriter } from '../bytes.ts'
import { REMEMBERED } from '../features/catalogue.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import { growth } from './decay.ts'
import {
  ACTIVE,
  FIRST,
  FIRST_SLOT,
  HALF_LIFE,
  HISTORY,
  HOURS,
  LANDMARK,
  NOVELTY,
  NUMERIC,
  NUMERIC_SUMS,
  SLOTS,
  USED,
  ZONE,
  ZONE_DAYS,
} from './layout.ts'
import type { Profile } from './profile.ts'
import {
  FIFTHS,
  findSlot,
  forgetSlot,
  isDoubted,
  MOST_FIFTHS_A_DAY,
  setDoubted,
  setStrong,
  slotDays,
  takeSlot,
} from './slots.ts'

const MAGIC = 0xb7
const VERSION = 1

/** Decayed sums that lessons change, each counted from the landmark. */
const SUMS = [HISTORY, ...span(NUMERIC_SUMS, 3 * NUMERIC), ...span(HOURS, HOUR_BINS)].concat(
  span(NOVELTY, 2 * REMEMBERED),
)
/** Words that lessons set: taken back only where nothing else has set them since. */
const MARKS = [FIRST, FIRST + 1, ACTIVE, ZONE, ZONE_DAYS]

/** Parts of a slot's third word, as slots.ts packs them. */
const LONGEST = 0x3ff
const DOUBTED = 64
const STRONG = 1
const FLAGS = DOUBTED | 2 | STRONG

/** Weight under which what is left of a value is rounding. */
const ROUNDING = 0.05

/** One value: count and packed days of its slot before and after; null where the profile did not hold it. */
interface SlotChange {
  readonly feature: number
  readonly hash: number
  readonly at: number
  readonly before: SlotWords | null
  readonly after: SlotWords | null
}

interface SlotWords {
  readonly count: number
  readonly packed: number
}

/**
 * What lessons changed of a profile's long memory, as bytes: everything that `takeBackChange` needs to undo it later, however
 * much was learned meanwhile. Clocks, short memory and sessions are no part of it.
 */
export function changeOf(before: Profile, after: Profile): Uint8Array {
  const factor = landmarkFactor(before, after)
  const out = new ByteWriter()
  out.u8(MAGIC)
  out.u8(VERSION)
  out.f32(after.f32[HALF_LIFE] ?? 0)
  out.u32(after.u32[LANDMARK] ?? 0)
  const sums = SUMS.filter((at) => (before.f32[at] ?? 0) * factor !== after.f32[at])
  out.varint(sums.length)
  for (const at of sums) {
    out.varint(at)
    out.f64((before.f32[at] ?? 0) * factor)
    out.f32(after.f32[at] ?? 0)
  }
  const marks = MARKS.filter((at) => before.u32[at] !== after.u32[at])
  out.varint(marks.length)
  for (const at of marks) {
    out.varint(at)
    out.u32(before.u32[at] ?? 0)
    out.u32(after.u32[at] ?? 0)
  }
  const slots = slotChanges(before, after, factor)
  out.varint(slots.length)
  for (const { feature, hash, at, before: old, after: now } of slots) {
    out.u8(feature)
    out.u32(hash)
    out.varint(at)
    out.u8((old === null ? 0 : 1) + (now === null ? 0 : 2))
    for (const words of [old, now]) {
      if (words === null) continue
      out.f64(words.count)
      out.u32(words.packed)
    }
  }
  return out.finish()
}

/**
 * Undoes a change in a profile that it was made in, in place. Where nothing was learned since, the profile is what it was, to
 * the bit; else every sum is what it would be without it, and a value that the change forgot is held again with its days.
 * @throws RangeError where the bytes are no change, or damaged.
 */
export function takeBackChange(profile: Profile, change: Uint8Array): void {
  const { u32, f32 } = profile
  const input = new ByteReader(change, 'a change of a profile')
  if (input.u8() !== MAGIC || input.u8() !== VERSION) {
    throw new RangeError('these bytes are no change of a profile that this build knows')
  }
  const halfLife = input.f32()
  const landmark = input.u32()
  // sums shrink when the landmark moves on
  const factor = halfLife === 0 ? 1 : 2 ** ((landmark - (u32[LANDMARK] ?? 0)) / halfLife)
  for (let left = input.varint(); left > 0; left--) {
    const at = input.varint()
    const before = input.f64() * factor
    const after = input.f32() * factor
    const now = f32[at] ?? 0
    f32[at] = now === after ? before : Math.max(0, now + (before - after))
  }
  for (let left = input.varint(); left > 0; left--) {
    const at = input.varint()
    const before = input.u32()
    if (input.u32() === u32[at]) u32[at] = before
  }
  const slots: SlotChange[] = []
  for (let left = input.varint(); left > 0; left--) {
    const [feature, hash, at, which] = [input.u8(), input.u32(), input.varint(), input.u8()]
    const words = (has: boolean) =>
      has ? { count: input.f64() * factor, packed: input.u32() } : null
    slots.push({
      feature,
      hash,
      at,
      before: words((which & 1) !== 0),
      after: words((which & 2) !== 0),
    })
  }
  input.finish()
  // what was learned goes first, and what stands as the change left it is lifted: so that all find their places again
  const lifted = new Set<SlotChange>()
  for (const one of slots) {
    if (one.before === null) dropValue(profile, one)
    else if (one.after !== null && standsAs(profile, one, one.after)) {
      forgetSlot(profile, findSlot(profile, one.feature, one.hash), () => {})
      lifted.add(one)
    }
  }
  for (const one of slots) {
    if (one.before !== null) restoreValue(profile, one, one.before, lifted.has(one))
  }
}

function standsAs(profile: Profile, { feature, hash }: SlotChange, after: SlotWords): boolean {
  const at = findSlot(profile, feature, hash)
  return (
    at >= 0 &&
    profile.u32[at + 2] === after.packed &&
    profile.f32[at + 1] === Math.fround(after.count)
  )
}

/** A value that the change brought: it goes, but for what was learned of it since. */
function dropValue(profile: Profile, { feature, hash, after }: SlotChange): void {
  const at = findSlot(profile, feature, hash)
  if (at < 0 || after === null) return
  const left = (profile.f32[at + 1] ?? 0) - after.count
  const { last } = slotDays(profile, at)
  if (left < ROUNDING * growth(profile, last)) forgetSlot(profile, at, () => {})
  else profile.f32[at + 1] = left
}

/** A value that was there before: as it was, with what was learned of it since. */
function restoreValue(
  profile: Profile,
  { feature, hash, after, at: place }: SlotChange,
  before: SlotWords,
  isLifted: boolean,
): void {
  const { u32, f32 } = profile
  let at = findSlot(profile, feature, hash)
  if (at < 0) {
    // what later events pushed out is gone without the verdict too
    if (after !== null && !isLifted) return
    if (u32[place] === 0) {
      at = place
      u32[USED] = (u32[USED] ?? 0) + 1
    } else at = takeSlot(profile, feature, hash, before.packed >>> 17, () => {})
    u32[at] = hash
    f32[at + 1] = before.count
    u32[at + 2] = before.packed
    return
  }
  const { last } = slotDays(profile, at)
  const today = todayOf(u32[at + 2] ?? 0)
  // what came on the day of the change is bounded with what the change had taken back of that day
  const whole =
    before.packed >>> 17 === last
      ? Math.max(0, today + todayOf(before.packed) - todayOf(after?.packed ?? 0))
      : today
  const beyond = Math.max(0, whole - MOST_FIFTHS_A_DAY)
  const count = (f32[at + 1] ?? 0) + before.count - (after?.count ?? 0)
  f32[at + 1] = Math.max(0, count - (beyond / FIFTHS) * growth(profile, last))
  const first = Math.min(
    slotDays(profile, at).first,
    (before.packed >>> 17) - daysOf(before.packed),
  )
  const length = Math.min(LONGEST, last - first)
  const flags = (u32[at + 2] ?? 0) & FLAGS
  u32[at + 2] = ((last << 17) | (length << 7) | ((whole - beyond) << 2) | flags) >>> 0
  if ((before.packed & STRONG) !== 0) setStrong(profile, at)
  if (after === null && (before.packed & DOUBTED) === 0 && isDoubted(profile, at)) {
    setDoubted(profile, at, 0)
  }
}

const daysOf = (packed: number) => (packed >>> 7) & LONGEST
const todayOf = (packed: number) => (packed >>> 2) & 15

function slotChanges(before: Profile, after: Profile, factor: number): SlotChange[] {
  const changes: SlotChange[] = []
  const wordsAt = ({ f32, u32 }: Profile, at: number, by: number) =>
    at < 0 ? null : { count: (f32[at + 1] ?? 0) * by, packed: u32[at + 2] ?? 0 }
  for (let feature = 0; feature < REMEMBERED; feature++) {
    const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
    for (let at = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0); at < end; at += 3) {
      const hash = before.u32[at] ?? 0
      if (hash !== 0) {
        const old = wordsAt(before, at, factor)
        const there = findSlot(after, feature, hash)
        const now = wordsAt(after, there, 1)
        const isSame =
          now !== null && there === at && old?.count === now.count && old.packed === now.packed
        if (!isSame) changes.push({ feature, hash, at, before: old, after: now })
      }
      const fresh = after.u32[at] ?? 0
      if (fresh !== 0 && findSlot(before, feature, fresh) < 0) {
        changes.push({ feature, hash: fresh, at, before: null, after: wordsAt(after, at, 1) })
      }
    }
  }
  return changes
}

/** By what sums of the profile before are to be multiplied to be counted from the landmark of the one after. */
function landmarkFactor(before: Profile, after: Profile): number {
  const halfLife = after.f32[HALF_LIFE] ?? 0
  if (halfLife === 0 || (before.f32[HALF_LIFE] ?? 0) === 0) return 1
  return 2 ** (((before.u32[LANDMARK] ?? 0) - (after.u32[LANDMARK] ?? 0)) / halfLife)
}

function span(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i)
}
