import { ordinaryShare } from '../learning/sample.ts'
import { VECTOR } from '../models/vector.ts'
import type { Population } from '../population/population.ts'
import { MOST_SAMPLES, type Sample, unpackVector } from '../population/samples.ts'

/** A kept sign-in, and how many of the stream it stands for. */
export interface Sampled {
  /** Seconds since 1970. */
  readonly time: number
  readonly vector: Float64Array
  readonly weight: number
}

/**
 * The stream of people's successful sign-ins after `since` (seconds), as far as samples tell it: every strange and every uncommon
 * one once, and of the ordinary those that were kept, each for as many as it stands for (Horvitz and Thompson 1952, at the
 * share that is kept now). It begins where all three lists are complete. Oldest first.
 */
export function recentStream(population: Population, since: number): readonly Sampled[] {
  const { ordinary, uncommon, strange } = population.samples
  const from = Math.max(
    since,
    fullSince(ordinary, MOST_SAMPLES.ordinary),
    fullSince(uncommon, MOST_SAMPLES.uncommon),
    fullSince(strange, MOST_SAMPLES.strange),
  )
  const stream: Sampled[] = []
  const taken = new Set<string>()
  const take = (list: readonly Sample[], weight: number) => {
    for (const { time, identity, vector } of list) {
      if (time <= from || vector.length !== VECTOR.length) continue
      const name = `${identity} ${time}`
      if (taken.has(name)) continue
      taken.add(name)
      stream.push({ time, vector: unpackVector(vector), weight })
    }
  }
  take(strange, 1)
  take(uncommon, 1)
  take(ordinary, 1 / ordinaryShare(population))
  return stream.sort((a, b) => a.time - b.time)
}

/** About how many ordinary sign-ins came after `since` (seconds). */
export function signInsSince(population: Population, since: number): number {
  const { ordinary } = population.samples
  let count = 0
  while ((ordinary[ordinary.length - 1 - count]?.time ?? Number.NEGATIVE_INFINITY) > since) count++
  return count / ordinaryShare(population)
}

/** Time (seconds) of the newest kept sign-in of any kind; 0 where there is none. */
export function newestSample({ samples }: Population): number {
  const { ordinary, uncommon, strange } = samples
  return Math.max(...[ordinary, uncommon, strange].map((list) => list.at(-1)?.time ?? 0))
}

/** Before this time (seconds) the list has forgotten some. */
function fullSince(list: readonly Sample[], most: number): number {
  return list.length < most ? Number.NEGATIVE_INFINITY : (list.at(-most)?.time ?? 0)
}
