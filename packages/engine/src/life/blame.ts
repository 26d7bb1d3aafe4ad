import type { Comparison } from '@gatewatch/schema'
import { VECTOR } from '../models/vector.ts'
import type { Population } from '../population/population.ts'
import { type JudgedSample, LABEL, standing, unpackVector } from '../population/samples.ts'
import type { Models } from '../types.ts'
import { isKnown, scoreSample } from './score-sample.ts'
import { recentStream } from './stream.ts'

const STEP = 16

/**
 * How many sign-ins after `since` (seconds) two versions put at a line or beyond, the line as it was when the newer one
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

/** What people said of sign-ins that one version puts at the challenge line and another does not. */
export interface NewlyFlagged {
  readonly safe: number
  readonly compromised: number
}

/** The sign-ins after `since` (seconds) that people judged, as their verdicts stand. */
export function judgedSince({ samples }: Population, since: number): readonly JudgedSample[] {
  return standing(samples.judged).filter(
    ({ time, vector }) => time > since && vector.length === VECTOR.length,
  )
}

/**
 * What people said of the sign-ins after `since` (seconds) that `now` puts at the challenge line or beyond and `before` does not, the
 * line as it was at the promotion: what the newer version brought about by itself.
 */
export function newlyFlagged(
  population: Population,
  before: Models,
  now: Models,
  line: Comparison['line'],
  since: number,
): NewlyFlagged {
  const found = { safe: 0, compromised: 0 }
  for (const { vector, label } of judgedSince(population, since)) {
    const own = unpackVector(vector)
    const from = isKnown(own) ? line.known : line.newcomers
    if (scoreSample(now, own) < from || scoreSample(before, own) >= from) continue
    if (label === LABEL.safe) found.safe += 1
    else found.compromised += 1
  }
  return found
}
