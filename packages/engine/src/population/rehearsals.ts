import type { ByteReader, ByteWriter } from '../bytes.ts'

/** Remembered values that a rehearsal keeps: network and device, which strangers exchange, and the application; in the order of the head's terms without the hour. */
export const EXCHANGED = 12
/** Points of a rehearsal: one for each exchanged value, and the hour. */
export const REHEARSAL_POINTS = 13
/** Rehearsals that a population keeps, the newest. */
export const MOST_REHEARSALS = 2048
/** Points are kept in steps of a sixteenth of a nat, -8 to 7.9. */
const STEP = 16

/** What another context did to an identity's surprise. */
export const STRANGER = { none: 0, anywhere: 1, sameCountry: 2, sameCountryAndClient: 3 } as const

/**
 * One sign-in kept to learn from: its context, its surprise, and what it would have been had somebody from another
 * identity's context signed in instead (`kind`; 0: no such context was at hand, and `strange` is empty).
 */
export interface Rehearsal {
  /** Seconds since 1970. */
  readonly time: number
  /** Keyed hash of the identity, and of the one whose context was borrowed (0: none): for erasure. */
  readonly identity: number
  readonly lender: number
  readonly values: Uint32Array
  readonly hourBin: number
  readonly kind: number
  readonly own: Int8Array
  readonly strange: Int8Array
}

/** Points (nats) in the steps that rehearsals keep; what is not a number is 0. */
export function pack(points: ArrayLike<number>): Int8Array {
  return Int8Array.from(points, (one) =>
    Number.isNaN(one) ? 0 : Math.max(-128, Math.min(127, Math.round(one * STEP))),
  )
}

/** The points (nats) that were packed, within half a step. */
export function unpack(packed: Int8Array): Float64Array {
  return Float64Array.from(packed, (one) => one / STEP)
}

/**
 * A total order, oldest first, that does not depend on who heard of what when: by time, then by content, so that
 * whoever has seen the same rehearsals keeps the same ones.
 */
function compare(a: Rehearsal, b: Rehearsal): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.identity !== b.identity) return a.identity - b.identity
  for (let i = 0; i < EXCHANGED; i++) {
    const difference = (a.values[i] ?? 0) - (b.values[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.kind - b.kind
}

/** Adds a rehearsal to kept ones at its place in their order; beyond a tenth too many, all but the newest go. */
export function addRehearsal(kept: Rehearsal[], one: Rehearsal): void {
  let at = kept.length
  for (let before = kept[at - 1]; before !== undefined; before = kept[at - 1]) {
    if (compare(before, one) <= 0) break
    at--
  }
  kept.splice(at, 0, one)
  if (kept.length > MOST_REHEARSALS * 1.1) kept.splice(0, kept.length - MOST_REHEARSALS)
}

/** Of kept rehearsals the newest, at most 2,048, the oldest of them first. */
export function newest(kept: readonly Rehearsal[]): readonly Rehearsal[] {
  return kept.length <= MOST_REHEARSALS ? kept : kept.slice(-MOST_REHEARSALS)
}

/** The n-th newest of the newest; wraps around. Undefined where there is none. */
export function pick(kept: readonly Rehearsal[], n: number): Rehearsal | undefined {
  return kept[kept.length - 1 - (n % Math.min(kept.length, MOST_REHEARSALS))]
}

/** Forgets every rehearsal up to a time (seconds) that an identity took part in, in its own place or as the lender of a context. */
export function dropIdentity(kept: Rehearsal[], identity: number, until: number): void {
  const isPart = (one: Rehearsal) => one.identity === identity || one.lender === identity
  const rest = kept.filter((one) => one.time > until || !isPart(one))
  kept.splice(0, kept.length, ...rest)
}

/** Writes rehearsals in their own order, about 80 bytes each, so that equal ones give equal bytes. */
export function writeRehearsals(out: ByteWriter, kept: readonly Rehearsal[]): void {
  out.varint(kept.length)
  for (const one of kept.toSorted(compare)) {
    out.varint(one.time)
    out.u32(one.identity)
    for (const value of one.values) out.u32(value)
    out.u8(one.hourBin)
    for (const point of one.own) out.u8(point & 255)
    out.u8(one.kind)
    if (one.kind === STRANGER.none) continue
    out.u32(one.lender)
    for (const point of one.strange) out.u8(point & 255)
  }
}

/**
 * Reads what `writeRehearsals` wrote. Older ones, which kept fewer values (`exchanged`), are read past: others come soon.
 * @throws RangeError when it is cut or holds a kind that this build does not know.
 */
export function readRehearsals(input: ByteReader, exchanged = EXCHANGED): Rehearsal[] {
  const length = REHEARSAL_POINTS - EXCHANGED + exchanged
  const count = input.varint()
  const kept: Rehearsal[] = []
  const points = () => Int8Array.from({ length }, () => (input.u8() << 24) >> 24)
  for (let n = 0; n < count; n++) {
    const time = input.varint()
    const identity = input.u32()
    const values = Uint32Array.from({ length: exchanged }, () => input.u32())
    const hourBin = input.u8()
    const own = points()
    const kind = input.u8()
    if (kind > STRANGER.sameCountryAndClient) {
      throw new RangeError(`a rehearsal is of unknown kind ${kind}`)
    }
    const borrowed = kind !== STRANGER.none
    const lender = borrowed ? input.u32() : 0
    const strange = borrowed ? points() : new Int8Array(0)
    kept.push({ time, identity, lender, values, hourBin, kind, own, strange })
  }
  return exchanged < EXCHANGED ? [] : kept
}
