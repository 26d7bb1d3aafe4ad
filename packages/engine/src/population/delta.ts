import type { Rehearsal } from './rehearsals.ts'
import { joinSamples, noSamples, type Samples } from './samples.ts'

/**
 * What a batch of events adds to a tenant's population: a list of additions, five numbers each:
 * [kind, a, b, time, amount], and a few sign-ins. Adding is all that is ever done with them, so order does not matter.
 */
export interface PopulationDelta {
  readonly additions: number[]
  /** Sign-ins kept to refit the head; of all, the newest stay. */
  readonly rehearsals: Rehearsal[]
  /** Sign-ins kept to fit members of the ensemble. */
  readonly samples: Samples
  /** Where sums that were added to lately stand; only to find them again. */
  rows: Uint32Array | null
}

/** Kinds of additions and what their numbers mean. */
export const ADD = {
  /** a feature, b hash: one aged identity more or fewer has the value. */
  value: 0,
  /** a = (feature * 7 + bucket) * 2 + novel, time day, amount fifths. */
  novelty: 1,
  /** a = class * 48 + bin, time day, amount fifths. */
  hour: 2,
  /** a = histogram * bins + bin, time day, amount fifths. */
  score: 3,
  /** a kind, b hash, time period: successful, failed, and slow counts. */
  success: 4,
  failure: 5,
  slow: 6,
  /** a kind, b hash, time period, amount: hash of the failing identity (a union, not a sum). */
  failing: 7,
  /** a = (class * features + feature) * 3 + (0 weight, 1 x, 2 x squared), time day, amount whole. */
  number: 8,
  /** a zone, time day, amount fifths. */
  zone: 9,
  /** a histogram, time day: judged events; accused ones (combine/entry.ts), and of sessions those reported. */
  judged: 10,
  accused: 11,
  /** a 0 password reset or 1 change of factors, b hash of whose, time seconds: the latest counts. */
  change: 12,
  /** b hash of an identity, time seconds: everything kept of it by name of its hash up to then goes, whatever comes in later. */
  forget: 13,
  /** a kind of mark, b hash, time period, amount: number of the campaign it belongs to (the older stays). */
  mark: 14,
  /** a 0 people or 1 services: one aged identity more or fewer. */
  aged: 15,
} as const

/** Kinds whose additions are no sums: repeating them changes nothing. */
export function isUnion(kind: number): boolean {
  return kind === ADD.failing || kind === ADD.change || kind === ADD.forget || kind === ADD.mark
}

/** The addition of nothing. */
export function createDelta(): PopulationDelta {
  return { additions: [], rehearsals: [], samples: noSamples(), rows: null }
}

/** Places that a delta remembers its rows at: more than the cells that ordinary events of a batch add to. */
const REMEMBERED_ROWS = 2048
/** Numbers from which a delta is worth remembering: that of a single event is not. */
const MANY = 500

/**
 * Notes one addition. A sum that was added to a moment ago grows where it stands: events of a batch mostly add to the same
 * cells, and what is put together here need not be sorted, stored and applied apart.
 */
export function add(
  delta: PopulationDelta,
  kind: number,
  a: number,
  b: number,
  time: number,
  amount: number,
): void {
  const { additions } = delta
  const end = additions.length
  if (end >= MANY && !isUnion(kind)) {
    delta.rows ??= new Uint32Array(REMEMBERED_ROWS)
    const mixed = Math.imul(
      kind ^ Math.imul(a ^ Math.imul(b ^ time, 0x85ebca6b), 0x9e3779b1),
      0xc2b2ae35,
    )
    const cell = (mixed ^ (mixed >>> 15)) & (REMEMBERED_ROWS - 1)
    const at = delta.rows[cell] ?? 0
    if (
      additions[at] === kind &&
      additions[at + 1] === a &&
      additions[at + 2] === b &&
      additions[at + 3] === time
    ) {
      additions[at + 4] = (additions[at + 4] ?? 0) + amount
      return
    }
    delta.rows[cell] = end
  }
  additions.push(kind, a, b, time, amount)
}

/** Adds everything of `from` to `into`. */
export function mergeDelta(into: PopulationDelta, from: PopulationDelta): void {
  const { additions } = from
  for (let i = 0; i < additions.length; i++) into.additions.push(additions[i] ?? 0)
  into.rehearsals.push(...from.rehearsals)
  joinSamples(into.samples, from.samples)
}

/** What takes the sums of a delta back, but for distinct counts: these follow from profiles. Unions and samples stay. */
export function oppositeOf({ additions }: PopulationDelta): PopulationDelta {
  const opposite = createDelta()
  for (let i = 0; i < additions.length; i += 5) {
    const [kind = 0, a = 0, b = 0, time = 0, amount = 0] = additions.slice(i, i + 5)
    if (kind !== ADD.value && !isUnion(kind)) add(opposite, kind, a, b, time, -amount)
  }
  return opposite
}
