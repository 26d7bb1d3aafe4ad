import { catalogue, REMEMBERED } from '../features/catalogue.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'

/**
 * Where everything lies in a profile's buffer, in words of 4 bytes. Slots of a feature lie together; a slot is three
 * words: keyed hash, decayed count, and the days and flags that slots.ts packs.
 */
let next = 0
function words(count: number): number {
  const at = next
  next += count
  return at
}

/** ms of the newest event that moved the clock (f64). */
export const CLOCK = words(2)
/** ms of the first event (f64); 0 without one. */
export const FIRST = words(2)
/** ms of the last successful event (f64). */
export const LAST_SUCCESS = words(2)
/** ms of the last trusted place (f64). */
export const PLACE_TIME = words(2)
/** Day (since 1970) that decayed sums are counted from (u32). */
export const LANDMARK = words(1)
/** Half-life of all decayed sums, days (f32); 0 in a profile that learned nothing. */
export const HALF_LIFE = words(1)
/** Decayed number of learned events (f32). */
export const HISTORY = words(1)
/** Distinct active days (low u16) and the last of them (high u16). */
export const ACTIVE = words(1)
/** Zone of the identity (low u16) and a zone that may replace it (high u16). */
export const ZONE = words(1)
/** Active days on which the candidate zone was the last seen (low u16), day of the last (high u16). */
export const ZONE_DAYS = words(1)
/** Last trusted place: latitude, longitude (f32), country (two letters, low u16) and radius km (high u16). */
export const PLACE = words(3)
/** Moves between places and those too fast to be true, decayed (f32 each). */
export const MOVES = words(2)
/** Hash of the operation and service of the event before. */
export const PREVIOUS = words(2)
/** Hashes of the last two sign-in attempts that failed. */
export const ATTEMPTS = words(2)
/** Seconds since 1970 of the last password reset (u32; 0 none). */
export const RESET_AT = words(1)
/** Seconds since 1970 of the last change of factors (u32; 0 none). */
export const FACTOR_AT = words(1)
/** Number of failures that are remembered by their time. */
export const RING = 12
/** Seconds since 1970 of the last failures (u32), the newest first. */
export const FAILURES = words(RING)
/** Ten-minute period of the newest column of the counters (u32). */
export const PERIOD = words(1)
/** Columns of each counter: ten minutes each. */
export const COLUMNS = 6
/** Number of counters. */
export const COUNTERS = 9
/** The columns of the counters (u16), counter by counter, the newest first. */
export const COUNTS = words((COLUMNS * COUNTERS) / 2)
/** Four-hour period of the newest column of bytes (u32). */
export const BYTE_PERIOD = words(1)
/** Bytes in each column of four hours (f32), the newest first. */
export const BYTES = words(COLUMNS)
/** Highest counts in an hour on former days, decayed (f32): creates, deletes, events. */
export const USUAL_PEAKS = words(3)
/** Highest counts in an hour today (f32): creates, deletes, events. */
export const PEAKS = words(3)
/** Day (since 1970) that the highest counts and the bytes of today belong to (u32). */
export const PEAK_DAY = words(1)
/** Bytes out today (f32). */
export const DAY_BYTES = words(1)
/** Sums over former days of weight, log1p of bytes out, and its square (f32 x 3). */
export const DAY_SUMS = words(3)
/** Numbers with sums of their own: bytes out, bytes in, sign-ins in an hour, activity in an hour. */
export const NUMERIC = 4
/** Sums of weight, x and x squared (f32 x 3) for each number. */
export const NUMERIC_SUMS = words(3 * NUMERIC)
/** Second since 1970 at which the running session began (u32); 0 without one. */
export const SESSION_START = words(1)
/** Evidence of the session by channel (u16 x 4, in 256ths of a nat). */
export const SESSION_EVIDENCE = words(2)
/**
 * What else the session counted (u16 each): objects read; operations of reconnaissance (low byte) and sensitive ones (high
 * byte) that were new to the identity; what it changed of its own way of signing in (bits); one is free.
 */
export const SESSION_MORE = words(2)
/** Actions of the session (low 15 bits), whether it raised an alert (bit 15), objects that were new in it (high u16). */
export const SESSION_COUNTS = words(1)
/** Bytes out in the session (f32). */
export const SESSION_BYTES = words(1)
/** Highest score of the session (f32). */
export const SESSION_PEAK = words(1)
/** Values that have been evidence in this session: 128 bits. */
export const SESSION_SEEN = words(4)
/** How far each chain of actions has come in this session: 4 bits a chain. */
export const CHAINS = words(1)
/** Actions of the session that were refused for lack of permission (low u16), and that deleted something (high u16). */
export const SESSION_DENIED = words(1)
/** Words of one generation of objects. */
export const GENERATION = 8
/** Objects whose data the identity read: two generations of 256 bits, the newer first. */
export const OBJECTS = words(2 * GENERATION)
/** Amounts of a session that have sums of their own: bytes out, new objects, new objects of the last days, deletions. */
export const AMOUNTS = 4
/** Sums over former sessions (f32): their number; weight, x and x squared of each amount. */
export const SESSION_SUMS = words(1 + 3 * AMOUNTS)
/** Decayed counts of hours (f32). */
export const HOURS = words(HOUR_BINS)
/** Decayed numbers of observations and of novel ones (f32 x 2 a feature). */
export const NOVELTY = words(2 * REMEMBERED)
/** New objects of the last days (f32): half of them count after five days, as of the clock. */
export const SLOW_OBJECTS = words(1)
/** Words that a codec stores; slots follow. */
export const FIXED_WORDS = next
/** Number of used slots (u32); derived, not stored. */
export const USED = words(1)
/**
 * Classes of the last eight actions (u8, the newest first); 0 for none. Kept only where the model of sequences is switched on, and stored
 * only where there are any.
 */
export const ACTIONS = words(2)
/** First word of the slots. */
export const SLOTS = words(0)

/** First slot of each remembered feature, and one past the last at the end. */
export const FIRST_SLOT: Int32Array = (() => {
  const first = new Int32Array(REMEMBERED + 1)
  for (let i = 0; i < REMEMBERED; i++) first[i + 1] = (first[i] ?? 0) + (catalogue[i]?.slots ?? 0)
  return first
})()

/** Bytes of a record besides its words and slots: its first two, the last actions, and for each feature which slots are used. */
const FRAME = 2 + Math.ceil(FIXED_WORDS / 8) + 8 + 2 * REMEMBERED + 4

/** A profile holds at most this many slots in all, so that its record stays under 2,000 bytes. */
export const MOST_SLOTS = Math.floor((1999 - FRAME - 4 * FIXED_WORDS) / 12)

/** Words of a whole profile, even, so that the f64 views fit. */
export const TOTAL_WORDS = (SLOTS + 3 * (FIRST_SLOT[REMEMBERED] ?? 0) + 1) & ~1
