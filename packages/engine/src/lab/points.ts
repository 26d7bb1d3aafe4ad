import { type Moments, standardise } from '../models/standardise.ts'

/** Standardised samples one after the other, each `dimensions` numbers. */
export interface Points {
  readonly dimensions: number
  readonly count: number
  readonly values: Float64Array
}

/** Standardises samples. */
export function pointsOf(samples: readonly ArrayLike<number>[], moments: Moments): Points {
  const dimensions = moments.mean.length
  const values = new Float64Array(samples.length * dimensions)
  const one = new Float64Array(dimensions)
  for (const [i, sample] of samples.entries()) {
    standardise(sample, moments, one)
    values.set(one, i * dimensions)
  }
  return { dimensions, count: samples.length, values }
}

/**
 * Squared distance between two runs of `length` numbers; gives up, with a number beyond it, once it exceeds `most`.
 */
export function squaredDistance(
  a: Float64Array,
  from: number,
  b: Float64Array,
  other: number,
  length: number,
  most: number,
): number {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const off = (a[from + i] as number) - (b[other + i] as number)
    sum += off * off
    if (sum > most) return sum
  }
  return sum
}

/** Which of some points (`places`, one after the other) is nearest to the one at `from`. */
export function nearest(
  places: Float64Array,
  values: Float64Array,
  from: number,
  dimensions: number,
): { readonly at: number; readonly distance: number } {
  let at = 0
  let distance = Number.POSITIVE_INFINITY
  for (let c = 0; c * dimensions < places.length; c++) {
    const one = squaredDistance(values, from, places, c * dimensions, dimensions, distance)
    if (one < distance) {
      distance = one
      at = c
    }
  }
  return { at, distance }
}

const row = new Float64Array(256)

/**
 * Squared distance, in spreads, from a sample to the nearest of some places. Fills `errors`, where given, with the part of
 * each number; together they are the sum.
 */
export function distanceToNearest(
  moments: Moments,
  places: Float64Array,
  sample: ArrayLike<number>,
  errors?: Float64Array,
): number {
  const dimensions = moments.mean.length
  standardise(sample, moments, row)
  const { at, distance } = nearest(places, row, 0, dimensions)
  if (errors !== undefined) {
    for (let i = 0; i < dimensions; i++)
      errors[i] = ((row[i] as number) - (places[at * dimensions + i] as number)) ** 2
  }
  return distance
}
