import type { ByteReader, ByteWriter } from '../bytes.ts'
import { seededRandom, shuffle } from '../models/random.ts'
import { type Moments, momentsOf, readMoments, writeMoments } from '../models/standardise.ts'
import { readPlaces } from './places.ts'
import { distanceToNearest, type Points, pointsOf, squaredDistance } from './points.ts'

/** Dense regions: the samples in the midst of others. */
export interface Dbscan {
  readonly moments: Moments
  /** How near a neighbour is, in spreads. */
  readonly reach: number
  /** Core samples, one after the other, standardised. */
  readonly cores: Float64Array
  /** Regions found, and the share of samples that belong to none, 0-1. */
  readonly clusters: number
  readonly noise: number
}

/** How regions are found: neighbours within `reach` (absent: learned), itself counted, that make a sample a core. */
export interface DbscanShape {
  readonly reach?: number
  readonly neighbours?: number
}

const NEIGHBOURS = 8
/** Samples looked at: every pair is compared. */
const MOST = 2048
/** Where no reach is given, so many samples have their neighbours within it. */
const WITHIN = 0.95

/**
 * DBSCAN (Ester, Kriegel, Sander, Xu 1996) of standardised samples, at most 2,048 drawn by lot. Where no reach is given it is the one
 * within which 95 in 100 have eight neighbours. The same samples, order and seed give the same.
 * @throws RangeError with fewer samples than neighbours, or where no sample is a core.
 */
export function fitDbscan(
  samples: readonly ArrayLike<number>[],
  seed: number,
  shape: DbscanShape = {},
): Dbscan {
  const { neighbours = NEIGHBOURS } = shape
  if (samples.length < neighbours)
    throw new RangeError(`DBSCAN needs at least ${neighbours} samples`)
  const order = Uint32Array.from(samples, (_, i) => i)
  if (samples.length > MOST) shuffle(order, seededRandom(seed))
  const moments = momentsOf(samples)
  const drawn = Array.from(order.subarray(0, MOST), (i) => samples[i] ?? [])
  const points = pointsOf(drawn, moments)
  const reach = shape.reach ?? usualReach(points, neighbours)
  const { labels, isCore } = findRegions(points, reach, neighbours)
  const { dimensions, values } = points
  // what is written is what was fitted
  const cores = values.filter((_, at) => isCore[Math.floor(at / dimensions)] === 1).map(Math.fround)
  if (cores.length === 0)
    throw new RangeError('no sample has enough neighbours: there is no dense region')
  return {
    moments,
    reach,
    cores,
    clusters: labels.reduce((most, one) => Math.max(most, one + 1), 0),
    noise: labels.filter((one) => one < 0).length / labels.length,
  }
}

/** The region of each point, counted from 0 in the order of their first cores; -1 for noise. And which points are cores. */
export function findRegions(
  { dimensions, count, values }: Points,
  reach: number,
  neighbours: number,
): { readonly labels: Int32Array; readonly isCore: Uint8Array } {
  const most = reach * reach
  const isNear = (i: number, j: number) =>
    squaredDistance(values, i * dimensions, values, j * dimensions, dimensions, most) <= most
  const near: number[][] = Array.from({ length: count }, (_, i) => [i])
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      if (!isNear(i, j)) continue
      near[i]?.push(j)
      near[j]?.push(i)
    }
  }
  const isCore = Uint8Array.from(near, (those) => (those.length >= neighbours ? 1 : 0))
  const labels = new Int32Array(count).fill(-1)
  let region = 0
  for (let i = 0; i < count; i++) {
    if (isCore[i] === 0 || labels[i] !== -1) continue
    const waiting = [i]
    labels[i] = region
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (isCore[at] === 0) continue
      for (const other of near[at] ?? []) {
        if (labels[other] !== -1) continue
        labels[other] = region
        waiting.push(other)
      }
    }
    region++
  }
  return { labels, isCore }
}

function usualReach({ dimensions, count, values }: Points, neighbours: number): number {
  const distances = Float64Array.from({ length: count }, (_, i) => {
    const all = Float64Array.from({ length: count }, (_, j) =>
      squaredDistance(
        values,
        i * dimensions,
        values,
        j * dimensions,
        dimensions,
        Number.POSITIVE_INFINITY,
      ),
    ).sort()
    return Math.sqrt(all[neighbours - 1] ?? 0)
  }).sort()
  return Math.max(1e-6, distances[Math.floor(WITHIN * (count - 1))] ?? 1)
}

/** Squared distance of a sample to the nearest core, in spreads, shared out by number into `errors` where given. */
export function dbscanError(
  { moments, cores }: Dbscan,
  sample: ArrayLike<number>,
  errors?: Float64Array,
): number {
  return distanceToNearest(moments, cores, sample, errors)
}

/** Writes the model among other things; `readDbscan` reads it. */
export function writeDbscan(out: ByteWriter, model: Dbscan): void {
  writeMoments(out, model.moments)
  out.f64(model.reach)
  out.varint(model.clusters)
  out.f64(model.noise)
  out.varint(model.cores.length / model.moments.mean.length)
  for (const one of model.cores) out.f32(one)
}

/** Reads what `writeDbscan` wrote. @throws RangeError for sizes out of range and what is no number. */
export function readDbscan(input: ByteReader): Dbscan {
  const moments = readMoments(input)
  const [reach, clusters, noise] = [input.f64(), input.varint(), input.f64()]
  if (!(reach > 0) || !(noise >= 0 && noise <= 1))
    throw new RangeError('dense regions are damaged: a number is out of range')
  return { moments, reach, clusters, noise, cores: readPlaces(input, moments.mean.length) }
}
