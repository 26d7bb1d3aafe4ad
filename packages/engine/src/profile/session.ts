import {
  CHAINS,
  CLOCK,
  GENERATION,
  OBJECTS,
  SESSION_BYTES,
  SESSION_COUNTS,
  SESSION_DENIED,
  SESSION_EVIDENCE,
  SESSION_MORE,
  SESSION_PEAK,
  SESSION_SEEN,
  SESSION_START,
  SLOW_OBJECTS,
} from './layout.ts'
import type { Profile } from './profile.ts'

/** Channels of evidence that a session's memory holds; takeover-session.ts names them. */
const STORED_CHANNELS = 4
/** Channels in all. */
const ALL_CHANNELS = 14

/** What is known of an identity's running session, and what an event would make of it. Reused from event to event. */
export interface Session {
  /** Second since 1970 at which it began. */
  start: number
  /** Did the event begin it? The session before is over. */
  isFresh: boolean
  /** Evidence by channel, nats; those after the first four are worked out from the amounts below and from the others. */
  readonly evidence: Float64Array
  /** Actions, bytes out, objects read, of them those never read before, refusals and deletions, this event included. */
  actions: number
  bytes: number
  reads: number
  objects: number
  denied: number
  deletes: number
  /** Operations that look around, and sensitive ones, that the identity never used before. */
  reconnaissance: number
  sensitive: number
  /** Did it change the identity's own factors (1), its password (2)? */
  care: number
  /** Objects never read before in this session and those before it, decayed: half after five days. */
  slow: number
  /** Highest score of the session; NaN in an assessment that judged no action. */
  peak: number
  /** Score, nats, and calibrated risk 0-100 of the session as it stands; NaN where it is not judged. */
  score: number
  risk: number
  /** Has it raised an alert? */
  isAlerted: boolean
  /** Was it counted among those that take unusually much (population/hauls.ts), and is it this event that makes it one? */
  isHaul: boolean
  becomesHaul: boolean
  /** Values that have been evidence already: 128 bits. */
  readonly seen: Uint32Array
  /** Where each chain of actions stands (attack-chains.ts), and which of them the event completes (a bit each). */
  chains: number
  completed: number
  /** Keyed hash of the object that the event read; 0 without one. */
  object: number
  /** Weight 0-1 with which the session that the event ended enters the histogram of sessions. */
  closing: number
}

/** An empty session. As in an assessment, numbers that may become any are NaN until one is read. */
export function createSession(): Session {
  return {
    start: Number.NaN,
    isFresh: true,
    evidence: new Float64Array(ALL_CHANNELS),
    actions: 0,
    bytes: Number.NaN,
    reads: 0,
    objects: 0,
    denied: 0,
    deletes: 0,
    reconnaissance: 0,
    sensitive: 0,
    care: 0,
    slow: Number.NaN,
    peak: Number.NaN,
    score: Number.NaN,
    risk: Number.NaN,
    isAlerted: false,
    isHaul: false,
    becomesHaul: false,
    seen: new Uint32Array(4),
    chains: 0,
    completed: 0,
    object: Number.NaN,
    closing: Number.NaN,
  }
}

/** A session is over after an hour in which the identity did nothing, and after 16 hours in any case. */
const PAUSE_MS = 3_600_000
const LONGEST_MS = 57_600_000

/** Hours in which a strange sign-in loses half of its weight for what follows. */
const START_HALF_LIFE = 1

/** Days after which objects that were new count half. */
const SLOW_HALF_LIFE = 5
const DAY_MS = 86_400_000
/** What is left of them below this is nothing. */
const LEAST_SLOW = 0.02

/** Steps of a nat in which evidence is kept. */
const STEP = 256
const ALERTED = 0x8000
/** Bit of `care` for a haul. */
const HAUL = 4

/** Reads the session as it stands just before an event at `time` (ms) into `out`: emptied where a new one begins. */
export function readSession(profile: Profile, time: number, out: Session): void {
  const { u32, u16, f32, f64 } = profile
  const clock = f64[CLOCK >> 1] ?? 0
  const start = u32[SESSION_START] ?? 0
  out.isFresh = start === 0 || time - clock > PAUSE_MS || time - start * 1000 > LONGEST_MS
  out.completed = 0
  out.becomesHaul = false
  out.object = 0
  out.closing = 1
  out.score = Number.NaN
  out.risk = Number.NaN
  const wasAlerted = ((u16[SESSION_COUNTS * 2] ?? 0) & ALERTED) !== 0
  const slow = f32[SLOW_OBJECTS] ?? 0
  // what was reported is known; what follows is judged by itself
  out.slow =
    slow === 0 || (out.isFresh && wasAlerted)
      ? 0
      : slow * 2 ** (-Math.max(0, time - clock) / DAY_MS / SLOW_HALF_LIFE)
  if (out.isFresh) {
    out.start = Math.floor(time / 1000)
    out.evidence.fill(0)
    out.seen.fill(0)
    out.actions = 0
    out.bytes = 0
    out.reads = 0
    out.objects = 0
    out.denied = 0
    out.deletes = 0
    out.reconnaissance = 0
    out.sensitive = 0
    out.care = 0
    out.peak = 0
    out.isAlerted = false
    out.isHaul = false
    out.chains = 0
    return
  }
  out.start = start
  for (let i = 0; i < STORED_CHANNELS; i++) {
    out.evidence[i] = (u16[SESSION_EVIDENCE * 2 + i] ?? 0) / STEP
  }
  const hours = (time - clock) / 3_600_000
  if (hours > 0) out.evidence[0] = (out.evidence[0] ?? 0) * 2 ** (-hours / START_HALF_LIFE)
  for (let i = 0; i < 4; i++) out.seen[i] = u32[SESSION_SEEN + i] ?? 0
  const counts = u16[SESSION_COUNTS * 2] ?? 0
  out.actions = counts & 0x7fff
  out.isAlerted = wasAlerted
  const more = SESSION_MORE * 2
  out.reads = u16[more] ?? 0
  out.reconnaissance = (u16[more + 1] ?? 0) & 0xff
  out.sensitive = (u16[more + 1] ?? 0) >>> 8
  const care = u16[more + 2] ?? 0
  out.care = care & ~HAUL
  out.isHaul = (care & HAUL) !== 0
  out.objects = u16[SESSION_COUNTS * 2 + 1] ?? 0
  out.denied = u16[SESSION_DENIED * 2] ?? 0
  out.deletes = u16[SESSION_DENIED * 2 + 1] ?? 0
  out.bytes = f32[SESSION_BYTES] ?? 0
  out.peak = f32[SESSION_PEAK] ?? 0
  out.chains = u32[CHAINS] ?? 0
}

/** Writes a session back, with what its last event made of it. */
export function writeSession(profile: Profile, session: Session): void {
  const { u32, u16, f32 } = profile
  u32[SESSION_START] = session.start
  for (let i = 0; i < STORED_CHANNELS; i++) {
    u16[SESSION_EVIDENCE * 2 + i] = Math.min(0xffff, Math.round((session.evidence[i] ?? 0) * STEP))
  }
  const more = SESSION_MORE * 2
  u16[more] = Math.min(0xffff, session.reads)
  u16[more + 1] = Math.min(0xff, session.reconnaissance) | (Math.min(0xff, session.sensitive) << 8)
  u16[more + 2] = session.care | (session.isHaul ? HAUL : 0)
  f32[SLOW_OBJECTS] = session.slow < LEAST_SLOW ? 0 : session.slow
  for (let i = 0; i < 4; i++) u32[SESSION_SEEN + i] = session.seen[i] ?? 0
  u16[SESSION_COUNTS * 2] = Math.min(0x7fff, session.actions) | (session.isAlerted ? ALERTED : 0)
  u16[SESSION_COUNTS * 2 + 1] = Math.min(0xffff, session.objects)
  u16[SESSION_DENIED * 2] = Math.min(0xffff, session.denied)
  u16[SESSION_DENIED * 2 + 1] = Math.min(0xffff, session.deletes)
  f32[SESSION_BYTES] = session.bytes
  f32[SESSION_PEAK] = session.peak
  u32[CHAINS] = session.chains
}

/** Marks a value (a hash) as evidence of this session. False: it was already. */
export function isFirstTime(session: Session, hash: number): boolean {
  const bit = 1 << (hash & 31)
  const word = (hash >>> 5) & 3
  if (((session.seen[word] ?? 0) & bit) !== 0) return false
  session.seen[word] = (session.seen[word] ?? 0) | bit
  return true
}

/** Bits after which the newer generation becomes the older one: a quarter of them. */
const FULL = 64

/** Did the identity read the object before? A stranger's object is taken for known at most 44 times in 100. */
export function knowsObject(profile: Profile, hash: number): boolean {
  const bit = 1 << (hash & 31)
  const word = OBJECTS + ((hash >>> 5) & (GENERATION - 1))
  return (((profile.u32[word] ?? 0) | (profile.u32[word + GENERATION] ?? 0)) & bit) !== 0
}

/** Remembers that the identity read an object; the oldest are forgotten. */
export function rememberObject(profile: Profile, hash: number): void {
  const { u32 } = profile
  const word = OBJECTS + ((hash >>> 5) & (GENERATION - 1))
  u32[word] = (u32[word] ?? 0) | (1 << (hash & 31))
  let bits = 0
  for (let i = OBJECTS; i < OBJECTS + GENERATION; i++) bits += ones(u32[i] ?? 0)
  if (bits <= FULL) return
  for (let i = OBJECTS; i < OBJECTS + GENERATION; i++) {
    u32[i + GENERATION] = u32[i] ?? 0
    u32[i] = 0
  }
}

function ones(word: number): number {
  let left = word
  let count = 0
  for (; left !== 0; count++) left &= left - 1
  return count
}
