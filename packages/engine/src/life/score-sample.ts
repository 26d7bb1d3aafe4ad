import type { Comparison } from '@gatewatch/schema'
import { riskOf, tailProbability } from '../combine/calibrate.ts'
import { joinPatterns } from '../detectors/together.ts'
import { catalogue } from '../features/catalogue.ts'
import { REHEARSED } from '../models/contrastive-head.ts'
import { VECTOR } from '../models/vector.ts'
import { BIN_NATS, BINS, LOWEST, type Population } from '../population/population.ts'
import { unpack } from '../population/rehearsals.ts'
import type { Models } from '../types.ts'

/** Members' terms are worked out by the members alone. */
const ENSEMBLE = [...catalogue.keys()].filter((i) => catalogue[i]?.group === 'ensemble')
/** Place of each rehearsed term in the vector. */
const PLACES = REHEARSED.map((term) => VECTOR.findIndex((one) => one.term === term))
const HISTORY = VECTOR.findIndex(({ name }) => name === 'history')
/** Histograms of people's successful sign-ins (calibrate.ts), of identities with a history and without. */
const KNOWN = 0
const UNKNOWN = 6

const raw = new Float64Array(catalogue.length)

/**
 * Score (nats) that models give to a kept sign-in, from the numbers that members read: what `assess` gives, without findings
 * and without the few terms that a vector does not hold. Equal vectors differ between two versions by exactly what the
 * versions differ in.
 */
export function scoreSample(models: Models, vector: Float64Array): number {
  raw.fill(0)
  for (let k = 0; k < VECTOR.length; k++) {
    const term = VECTOR[k]?.term ?? -1
    const value = vector[k] as number
    if (term >= 0 && !Number.isNaN(value)) raw[term] = value
  }
  joinPatterns(raw)
  for (const i of ENSEMBLE) raw[i] = 0
  for (const member of models.members) {
    if (member.reads !== 'actions') raw[member.term] = member.points(vector)
  }
  let score = 0
  for (let i = 0; i < raw.length; i++) score += (raw[i] as number) * (models.head[i] ?? 0)
  return score
}

/** Has the identity of a kept sign-in a history? */
export function isKnown(vector: Float64Array): boolean {
  return (vector[HISTORY] as number) > 0
}

/** Risk 0-100 of such a score in the tenant's own histogram, as it stands. */
export function riskOfSample(population: Population, vector: Float64Array, score: number): number {
  return riskOf(tailProbability(population, isKnown(vector) ? KNOWN : UNKNOWN, score))
}

/** The lowest scores (nats, within a hundredth) that have this risk in the tenant's own histograms, as they stand. */
export function linesAt(population: Population, risk: number): Comparison['line'] {
  const lineOf = (histogram: number) => {
    let [low, high] = [LOWEST, LOWEST + BINS * BIN_NATS]
    while (high - low > 0.01) {
      const middle = (low + high) / 2
      if (riskOf(tailProbability(population, histogram, middle)) >= risk) high = middle
      else low = middle
    }
    return high
  }
  return { known: lineOf(KNOWN), newcomers: lineOf(UNKNOWN) }
}

/** A vector in which nothing but the points of a rehearsal is said. */
export function rehearsedVector(packed: Int8Array): Float64Array {
  const vector = new Float64Array(VECTOR.length)
  const points = unpack(packed)
  for (const [k, at] of PLACES.entries()) vector[at] = points[k] ?? 0
  return vector
}
