import { SEQUENCE } from './features/action-class.ts'
import { catalogue } from './features/catalogue.ts'
import { VECTOR } from './models/vector.ts'
import type { Assessment, Member } from './types.ts'

/** A member of the ensemble that says less, nats, is not dealt out for an event that raises no alert: it takes its time. */
const LOUD = 0.5

/** What a member said of one number of the vector, nats. */
interface Share {
  readonly member: string
  readonly points: number
}

/** A score by what it is about. All points together are those of the assessment, with findings the score. */
export interface Attribution {
  /** Points (nats) by feature index: of a surprise its own and what members made of it; of a member what is left of its own. */
  readonly points: Float64Array
  /** What members made of a surprise, by its feature index. */
  readonly shares: ReadonlyMap<number, readonly Share[]>
  /** What is left of a member, by its feature index: numbers that are no surprise, and `base`, the same for every sign-in. */
  readonly left: ReadonlyMap<number, readonly { readonly code: string; readonly points: number }[]>
}

const said = new Float64Array(VECTOR.length)

/**
 * Deals the points of the ensemble's members out to the surprises that they read (members explain themselves exactly: by
 * TreeSHAP, the autoencoder by squared error), so that a reason says what happened and not who noticed. For an alert every
 * member is dealt out, which takes about 2 ms; else those with half a nat and more.
 */
export function attribute(assessment: Readonly<Assessment>): Attribution {
  const points = Float64Array.from(assessment.points)
  const shares = new Map<number, Share[]>()
  const left = new Map<number, { code: string; points: number }[]>()
  for (const member of assessment.models.members) {
    const whole = points[member.term] ?? 0
    if (whole === 0 || (!assessment.alerted && Math.abs(whole) < LOUD)) continue
    left.set(member.term, deal(member, assessment, points, shares))
  }
  return { points, shares, left }
}

/** Deals out one member; gives what is left of it. */
function deal(
  member: Member,
  { points: own, raw, vector, actions }: Readonly<Assessment>,
  points: Float64Array,
  shares: Map<number, Share[]>,
): { code: string; points: number }[] {
  const whole = own[member.term] ?? 0
  const weight = whole / (raw[member.term] ?? 1)
  if (member.reads === 'actions') return dealActions(member, weight, actions)
  const base = weight * member.explain(vector, said)
  const left = base === 0 ? [] : [{ code: 'base', points: base }]
  const name = catalogue[member.term]?.name ?? ''
  let dealt = 0
  for (const [k, { term, name: code }] of VECTOR.entries()) {
    const share = weight * (said[k] ?? 0)
    if (share === 0) continue
    // what is unknown of an event is no reason of its own
    if (term < 0 || Number.isNaN(vector[k])) {
      left.push({ code, points: share })
      continue
    }
    points[term] = (points[term] ?? 0) + share
    shares.set(term, [...(shares.get(term) ?? []), { member: name, points: share }])
    dealt += share
  }
  points[member.term] = whole - dealt
  return left.sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.code < b.code ? -1 : 1))
}

const steps = new Float64Array(SEQUENCE)

/** What a model of sequences said of each of the last actions: `action` is this one, `action_1` the one before. */
function dealActions(member: Member, weight: number, actions: Float64Array) {
  const base = weight * member.explain(actions, steps)
  const left = base === 0 ? [] : [{ code: 'base', points: base }]
  for (let back = 0; back < SEQUENCE; back++) {
    const points = weight * (steps[SEQUENCE - 1 - back] ?? 0)
    if (points !== 0) left.push({ code: back === 0 ? 'action' : `action_${back}`, points })
  }
  return left.sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.code < b.code ? -1 : 1))
}
