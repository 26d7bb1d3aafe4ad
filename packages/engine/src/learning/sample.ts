import { SEQUENCE } from '../features/action-class.ts'
import { indexOf } from '../features/catalogue.ts'
import { keyedHash } from '../features/keyed-hash.ts'
import { hasVector } from '../models/vector.ts'
import { type Population, type PopulationDelta, shrink } from '../population/population.ts'
import { findStrange, LABEL, MOST_SAMPLES, packVector } from '../population/samples.ts'
import { IDENTITY } from '../read-event.ts'
import type { Assessment } from '../types.ts'

/** Largest share of sign-ins that is kept. */
const MOST = 1 / 4
/** Risk from which an event is no example of the ordinary. */
const TOO_STRANGE = 75
/** Risk from which an ordinary event is uncommon: 3 in 100 are. */
const UNCOMMON = 38
/** Place of the newest action, and the class of failed sign-ins, above which others are. */
const LAST = SEQUENCE - 1
const FAILED = 2
/** Histograms of people's and services' activity. */
const ACTIVITY = [1, 4]
/** Terms that learned from people's verdicts. */
const TAUGHT = [indexOf('feedback'), indexOf('random_forest')]

/**
 * Keeps what members of the ensemble saw of a person's sign-in: of some ordinary ones and of every uncommon one, to fit them
 * on, and of every one that is alerted or not allowed, which people may judge. `dice` (0 to 2^32 - 1) decides on the ordinary ones.
 */
export function keepSample(
  seconds: number,
  assessment: Assessment,
  population: Population,
  delta: PopulationDelta,
  dice: number,
): void {
  const { identity, risk, histogram } = assessment
  if (assessment.actions[LAST] !== 0) keepSequence(seconds, assessment, population, delta, dice)
  if (!hasVector(histogram) || assessment.isFuture) return
  if (assessment.alerted || assessment.decision !== 'allow') {
    let { score } = assessment
    for (const term of TAUGHT) score -= assessment.points[term] ?? 0
    const vector = packVector(assessment.vector)
    delta.samples.strange.push({ time: seconds, identity, vector, score: Math.fround(score) })
  }
  if (risk >= TOO_STRANGE || assessment.alerted) return
  if (risk >= UNCOMMON && assessment.signals.history >= 1) {
    const vector = packVector(assessment.vector)
    delta.samples.uncommon.push({ time: seconds, identity, vector })
  }
  if (dice / 0x1_0000_0000 >= ordinaryShare(population)) return
  const vector = packVector(assessment.vector)
  delta.samples.ordinary.push({ time: seconds, identity, vector })
}

/** Keeps the last actions where the newest is ordinary and no sign-in, of some. */
function keepSequence(
  seconds: number,
  { identity, risk, alerted, actions }: Assessment,
  population: Population,
  delta: PopulationDelta,
  dice: number,
): void {
  if (risk >= TOO_STRANGE || alerted || (actions[LAST] ?? 0) <= FAILED) return
  let all = 0
  for (const histogram of ACTIVITY) all += population.judged[histogram] ?? 0
  const share = Math.min(MOST, MOST_SAMPLES.sequences / Math.max(1, all * shrink(population)))
  if (dice / 0x1_0000_0000 >= share) return
  const vector = Int8Array.from(actions, (one) => (one << 24) >> 24)
  delta.samples.sequences.push({ time: seconds, identity, vector })
}

/** Share (0-1) of ordinary sign-ins that is kept as things stand: the larger the organisation, the smaller. */
export function ordinaryShare(population: Population): number {
  const signIns = (population.judged[0] ?? 0) * shrink(population)
  return Math.min(MOST, MOST_SAMPLES.ordinary / Math.max(1, signIns))
}

/**
 * Notes what a person said of a sign-in, to fit on: `dismissed` takes back what was said before. Both times in ms, UTC. Gives
 * whether the sign-in is still kept as it was judged: those that were neither alerted nor stopped are not, nor is API activity.
 */
export function noteVerdict(
  entityKey: string,
  time: number,
  verdict: 'compromised' | 'safe' | 'dismissed',
  settled: number,
  population: Population,
  delta: PopulationDelta,
): boolean {
  const identity = keyedHash(population.key, IDENTITY, 0, entityKey)
  const sample = findStrange(population.samples, identity, Math.floor(time / 1000))
  if (sample === undefined) return false
  const label = verdict === 'dismissed' ? LABEL.none : LABEL[verdict]
  delta.samples.judged.push({ ...sample, label, settled: Math.floor(settled / 1000) })
  return true
}
