import type { ByteReader, ByteWriter } from '../bytes.ts'
import { type Random, seededRandom } from '../models/random.ts'
import { type Moments, momentsOf, readMoments, writeMoments } from '../models/standardise.ts'
import { readPlaces } from './places.ts'
import { distanceToNearest, nearest, type Points, pointsOf } from './points.ts'

/** Centres of groups of samples. */
export interface KMeans {
  readonly moments: Moments
  /** The centres, one after the other, standardised. */
  readonly centres: Float64Array
  /** Sum of squared distances of the samples to their nearest centres, in spreads. */
  readonly inertia: number
}

/** How k-means is fitted: groups, beginnings that are tried, and rounds of each at most. */
export interface KMeansShape {
  readonly groups?: number
  readonly starts?: number
  readonly rounds?: number
}

const GROUPS = 16
const STARTS = 3
const ROUNDS = 50

/**
 * K-means of standardised samples: Lloyd's rounds (1982) from beginnings drawn by k-means++ (Arthur, Vassilvitskii 2007), the best
 * of three. A group that nobody is nearest to any more stays where it was. The same samples, order and seed give the same.
 * @throws RangeError with fewer samples than groups.
 */
export function fitKMeans(
  samples: readonly ArrayLike<number>[],
  seed: number,
  shape: KMeansShape = {},
): KMeans {
  const { groups = GROUPS, starts = STARTS, rounds = ROUNDS } = shape
  if (samples.length < groups || groups < 1)
    throw new RangeError(`k-means of ${groups} groups needs at least as many samples`)
  const moments = momentsOf(samples)
  const points = pointsOf(samples, moments)
  const random = seededRandom(seed)
  let best: Settled = { centres: new Float64Array(), inertia: Number.POSITIVE_INFINITY }
  for (let start = 0; start < starts; start++) {
    const one = settleCentres(points, beginnings(points, groups, random), rounds)
    if (one.inertia < best.inertia) best = one
  }
  // what is written is what was fitted
  return { moments, centres: best.centres.map(Math.fround), inertia: best.inertia }
}

/** Centres, and the sum of squared distances to the nearest. */
interface Settled {
  readonly centres: Float64Array
  readonly inertia: number
}

/** Lloyd's rounds from given centres until nobody changes group, at most so many. `centres` are moved. */
export function settleCentres(
  { dimensions, count, values }: Points,
  centres: Float64Array,
  rounds: number,
): Settled {
  const groups = centres.length / dimensions
  const group = new Int32Array(count).fill(-1)
  const sums = new Float64Array(centres.length)
  const sizes = new Uint32Array(groups)
  let inertia = 0
  for (let round = 0; ; round++) {
    let moved = 0
    inertia = 0
    for (let i = 0; i < count; i++) {
      const { at, distance } = nearest(centres, values, i * dimensions, dimensions)
      inertia += distance
      if (group[i] !== at) moved++
      group[i] = at
    }
    if (moved === 0 || round === rounds) return { centres, inertia }
    sums.fill(0)
    sizes.fill(0)
    for (let i = 0; i < count; i++) {
      const at = group[i] as number
      sizes[at] = (sizes[at] as number) + 1
      for (let k = 0; k < dimensions; k++)
        sums[at * dimensions + k] =
          (sums[at * dimensions + k] as number) + (values[i * dimensions + k] as number)
    }
    for (let at = 0; at < groups; at++) {
      const size = sizes[at] as number
      if (size === 0) continue
      for (let k = 0; k < dimensions; k++)
        centres[at * dimensions + k] = (sums[at * dimensions + k] as number) / size
    }
  }
}

/** Each further centre is drawn with a chance that grows with the squared distance to those drawn before. */
function beginnings({ dimensions, count, values }: Points, groups: number, random: Random) {
  const centres = new Float64Array(groups * dimensions)
  const place = (at: number, i: number) =>
    centres.set(values.subarray(i * dimensions, (i + 1) * dimensions), at * dimensions)
  place(0, Math.floor(random() * count))
  const apart = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  for (let at = 1; at < groups; at++) {
    const last = centres.subarray((at - 1) * dimensions, at * dimensions)
    let total = 0
    for (let i = 0; i < count; i++) {
      const { distance } = nearest(last, values, i * dimensions, dimensions)
      apart[i] = Math.min(apart[i] as number, distance)
      total += apart[i] as number
    }
    let wanted = random() * total
    let chosen = 0
    while (chosen < count - 1 && wanted >= (apart[chosen] as number)) {
      wanted -= apart[chosen] as number
      chosen++
    }
    place(at, chosen)
  }
  return centres
}

/** Squared distance of a sample to the nearest centre, in spreads, shared out by number into `errors` where given. */
export function kMeansError(
  { moments, centres }: KMeans,
  sample: ArrayLike<number>,
  errors?: Float64Array,
): number {
  return distanceToNearest(moments, centres, sample, errors)
}

/** Writes the model among other things; `readKMeans` reads it. */
export function writeKMeans(out: ByteWriter, { moments, centres, inertia }: KMeans): void {
  writeMoments(out, moments)
  out.f64(inertia)
  out.varint(centres.length / moments.mean.length)
  for (const one of centres) out.f32(one)
}

/** Reads what `writeKMeans` wrote. @throws RangeError for sizes out of range and what is no number. */
export function readKMeans(input: ByteReader): KMeans {
  const moments = readMoments(input)
  const inertia = input.f64()
  return { moments, inertia, centres: readPlaces(input, moments.mean.length) }
}
