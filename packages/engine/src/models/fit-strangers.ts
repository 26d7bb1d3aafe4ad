import { newest, type Rehearsal, STRANGER, unpack } from '../population/rehearsals.ts'
import { type Sample, unpackVector } from '../population/samples.ts'
import type { Member } from '../types.ts'
import { fitBoostedTrees } from './boosted-trees.ts'
import { REHEARSED } from './contrastive-head.ts'
import { fillKnown, strangersMember } from './members.ts'
import { coveredBy, sumOfTrees } from './trees.ts'
import { SURPRISES, VECTOR } from './vector.ts'

/** Strangers, and uncommon sign-ins, from which on there is something to tell apart. */
const ENOUGH = 200
/** What ordinary sign-ins together count, beside uncommon ones together. */
const ORDINARY = 0.25
/** What a thief of a session counts, beside a stranger with a password. */
const THIEF = 0.3
const SHAPE = { rounds: 40, depth: 2, rate: 0.15, restraint: 4, leaf: 8, monotone: SURPRISES }
/** Place of each rehearsed term in the vector. */
const PLACES = REHEARSED.map((term) => VECTOR.findIndex((one) => one.term === term))

/** Place of what says that a session went on. */
const RESUMED = VECTOR.findIndex(({ name }) => name === 'resumed')

/**
 * Trees that tell rehearsed strangers from what is uncommon here, and has been allowed: trips, new phones, late evenings. The
 * surprises of both are alike in size; it is in what goes together that they differ, and in each organisation differently.
 * More of a surprise never says less. A stranger with a password has to show it; one who looks like the identity is rehearsed
 * as a thief of its session as well, who goes on with that. Strangers count as much in all as uncommon sign-ins do. Nothing is known of any attack;
 * attacks that were allowed are among the uncommon, which is why those that were stopped or alerted are not.
 */
export function fitStrangers(
  rehearsals: readonly Rehearsal[],
  uncommon: readonly Sample[],
  ordinary: readonly Float64Array[],
): readonly Member[] {
  const rehearsed = newest(rehearsals).filter(({ strange }) => strange.length > 0)
  const strangers = rehearsed.map(({ strange }) => placed(unpack(strange), 0))
  const thieves = rehearsed
    .filter(({ kind }) => kind === STRANGER.sameCountryAndClient)
    .map(({ strange }) => placed(unpack(strange), 1))
  const others = uncommon
    .filter(({ vector }) => vector.length === VECTOR.length)
    .map(({ vector }) => rehearsedPart(unpackVector(vector)))
  if (Math.min(strangers.length, others.length, ordinary.length) < ENOUGH) return []
  const usual = ordinary.map(rehearsedPart)
  const rows = [...strangers, ...thieves, ...others, ...usual]
  const hostile = strangers.length + thieves.length
  const share = others.length / (strangers.length + THIEF * thieves.length)
  const trees = fitBoostedTrees(
    {
      rows,
      targets: rows.map((_, i) => (i < hostile ? 1 : 0)),
      counts: [
        ...strangers.map(() => share),
        ...thieves.map(() => THIEF * share),
        ...others.map(() => 1),
        ...usual.map(() => (ORDINARY * others.length) / usual.length),
      ],
      before: new Float64Array(rows.length),
    },
    SHAPE,
  )
  const centre = usual.reduce((sum, one) => sum + sumOfTrees(trees, one), 0) / usual.length
  // a stranger is explained by how it differs from what is usual here
  return [strangersMember(coveredBy(trees, usual), centre)]
}

/** A vector with nothing but rehearsed terms: what no rehearsal changes must not tell strangers apart. */
function rehearsedPart(vector: Float64Array): Float64Array {
  const known = fillKnown(vector)
  return placed(
    Float64Array.from(PLACES, (at) => known[at] as number),
    known[RESUMED] as number,
  )
}

function placed(points: Float64Array, resumed: number): Float64Array {
  const vector = new Float64Array(VECTOR.length)
  vector[RESUMED] = resumed
  for (const [k, at] of PLACES.entries()) vector[at] = points[k] as number
  return vector
}
