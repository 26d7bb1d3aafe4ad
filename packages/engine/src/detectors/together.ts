import { catalogue } from '../features/catalogue.ts'

const indexes = (group: 'network' | 'device'): readonly number[] =>
  [...catalogue.keys()].filter((i) => catalogue[i]?.group === group)
const MEMBERS = { network: indexes('network'), device: indexes('device') }

/** Sum of the positive points (nats, weighed) of one group of the catalogue. Terms that say nothing are 0. */
export function positivePoints(points: Float64Array, group: 'network' | 'device'): number {
  let sum = 0
  for (const i of MEMBERS[group]) sum += Math.max(0, points[i] ?? 0)
  return sum
}

/**
 * Nats, before the head's weight, for a new device in a new place: the smaller of both sums of surprise. People meet new
 * networks with devices they have, and new devices where they always are; independent terms alone cannot say so.
 */
export function together(points: Float64Array): number {
  return Math.min(positivePoints(points, 'network'), positivePoints(points, 'device'))
}
