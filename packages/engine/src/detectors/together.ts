import { catalogue, indexOf } from '../features/catalogue.ts'

const indexes = (group: 'network' | 'device' | 'access'): readonly number[] =>
  [...catalogue.keys()].filter((i) => catalogue[i]?.group === group)
const MEMBERS = {
  network: indexes('network'),
  device: indexes('device'),
  access: indexes('access'),
}
const WEIGHT = Float64Array.from(catalogue, ({ weight }) => weight)
const AT = {
  hour: indexOf('hour'),
  together: indexOf('together'),
  lateTogether: indexOf('late_together'),
}

/** The terms that `joinPatterns` works out from the others, by index of the catalogue. */
export const PATTERNS: readonly number[] = [AT.together, AT.lateTogether]

/** Sum of the positive surprise (nats, by shipped weights) of one group of the catalogue; `raw` is before any weight. */
export function positivePoints(raw: Float64Array, group: 'network' | 'device'): number {
  let sum = 0
  for (const i of MEMBERS[group]) sum += Math.max(0, (raw[i] ?? 0) * (WEIGHT[i] ?? 0))
  return sum
}

/** Sum of what familiar values of one group clear (nats, by shipped weights), 0 or less. */
export function clearedPoints(raw: Float64Array, group: 'device' | 'access'): number {
  let sum = 0
  for (const i of MEMBERS[group]) sum += Math.min(0, (raw[i] ?? 0) * (WEIGHT[i] ?? 0))
  return sum
}

/**
 * Works out the joint patterns, nats before the head's weight, in place. A new device in a new place: the smaller of both
 * sums of surprise. Something new at an unusual hour: the smaller of the hour's surprise and both sums together. People meet
 * new networks with devices they have, and new devices where they always are; independent terms alone cannot say so. More
 * surprise never lowers a pattern. They are made of shipped weights, so that a fitted head sees the same numbers as it learned.
 */
export function joinPatterns(raw: Float64Array): void {
  const network = positivePoints(raw, 'network')
  const device = positivePoints(raw, 'device')
  raw[AT.together] = Math.min(network, device)
  raw[AT.lateTogether] = Math.min(Math.max(0, raw[AT.hour] ?? 0), network + device)
}
