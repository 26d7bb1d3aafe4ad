import type { Comparison } from '@gatewatch/schema'
import type { Population } from '../population/population.ts'
import type { Models } from '../types.ts'
import { isKnown, scoreSample } from './score-sample.ts'
import { recentStream } from './stream.ts'

const STEP = 16

/**
 * How many sign-ins after `since` (seconds) two versions put at the challenge line or beyond, the line as it was when the newer one
 * was promoted: by now the histogram has learned from what the newer one said. Pauses every millisecond or so.
 */
export function* flaggedSince(
  population: Population,
  before: Models,
  now: Models,
  line: Comparison['line'],
  since: number,
): Generator<void, { readonly now: number; readonly before: number }, void> {
  const flagged = { now: 0, before: 0 }
  for (const [n, { vector, weight }] of recentStream(population, since).entries()) {
    const from = isKnown(vector) ? line.known : line.newcomers
    if (scoreSample(now, vector) >= from) flagged.now += weight
    if (scoreSample(before, vector) >= from) flagged.before += weight
    if (n % STEP === 0) yield
  }
  return flagged
}
