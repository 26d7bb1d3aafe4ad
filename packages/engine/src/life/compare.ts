import type { Comparison } from '@gatewatch/schema'
import { SEQUENCE } from '../features/action-class.ts'
import { VECTOR } from '../models/vector.ts'
import type { Population } from '../population/population.ts'
import { newest } from '../population/rehearsals.ts'
import { LABEL, standing, unpackVector } from '../population/samples.ts'
import type { Models, Policy } from '../types.ts'
import { linesAt, rehearsedVector, riskOfSample, scoreSample } from './score-sample.ts'
import { recentStream } from './stream.ts'

/** Sign-ins that are scored between two pauses: less than a millisecond. */
const STEP = 16
/** Fewer rehearsals than this since a time, and older ones are taken as well. */
const FEW_REHEARSALS = 200

/**
 * Compares two versions on sign-ins that a population keeps, those after `since` (seconds) or, where it is null, all; pauses every
 * millisecond or so. Nothing is learned, and nothing but samples is read.
 */
export function* compareInSteps(
  population: Population,
  active: Models,
  candidate: Models,
  policy: Policy,
  since: number | null,
): Generator<void, Comparison, void> {
  const stream = recentStream(population, since ?? Number.NEGATIVE_INFINITY)
  const flagged = { active: 0, candidate: 0 }
  const broken = { active: 0, candidate: 0 }
  let [signIns, same, shift] = [0, 0, 0]
  const alerting = { active: 0, candidate: 0 }
  const risk = (vector: Float64Array, score: number) => riskOfSample(population, vector, score)
  const isFlagged = (vector: Float64Array, score: number) =>
    risk(vector, score) >= policy.challengeAt
  for (const [n, { vector, weight }] of stream.entries()) {
    const before = scoreSample(active, vector)
    const after = scoreSample(candidate, vector)
    if (!Number.isFinite(before)) broken.active += 1
    if (!Number.isFinite(after)) broken.candidate += 1
    const [riskBefore, riskAfter] = [risk(vector, before), risk(vector, after)]
    const [a, b] = [riskBefore >= policy.challengeAt, riskAfter >= policy.challengeAt]
    if (riskBefore >= policy.alertAt) alerting.active += weight
    if (riskAfter >= policy.alertAt) alerting.candidate += weight
    signIns += weight
    if (a) flagged.active += weight
    if (b) flagged.candidate += weight
    if (a === b) same += weight
    shift += weight * (after - before)
    if (n % STEP === 0) yield
  }
  const judged = standing(population.samples.judged).filter(
    ({ vector }) => vector.length === VECTOR.length,
  )
  const counts: Record<number, number[]> = {
    [LABEL.safe]: [0, 0, 0],
    [LABEL.compromised]: [0, 0, 0],
  }
  for (const [n, { vector, label }] of judged.entries()) {
    const own = unpackVector(vector)
    const count = counts[label]
    if (count === undefined) continue
    count[0] = (count[0] ?? 0) + 1
    if (isFlagged(own, scoreSample(active, own))) count[1] = (count[1] ?? 0) + 1
    if (isFlagged(own, scoreSample(candidate, own))) count[2] = (count[2] ?? 0) + 1
    if (n % STEP === 0) yield
  }
  const all = Math.max(1, signIns)
  const of = ([count = 0, a = 0, b = 0]: readonly number[] = []) => ({
    count,
    active: a,
    candidate: b,
  })
  return {
    from: (stream[0]?.time ?? 0) * 1000,
    until: (stream.at(-1)?.time ?? 0) * 1000,
    scored: stream.length,
    sign_ins: signIns,
    held_out: since !== null,
    promised: 10 ** (-policy.challengeAt / 25),
    flagged: { active: flagged.active / all, candidate: flagged.candidate / all },
    agreement: signIns > 0 ? same / signIns : 1,
    shift: Number.isFinite(shift) ? shift / all : 0,
    broken,
    confirmed: of(counts[LABEL.compromised]),
    safe: of(counts[LABEL.safe]),
    strangers: yield* separation(population, active, candidate, since),
    ...strangeSequences(population, candidate, since),
    line: linesAt(population, policy.challengeAt),
    alerts: {
      promised: 10 ** (-policy.alertAt / 25),
      active: alerting.active / all,
      candidate: alerting.candidate / all,
      line: linesAt(population, policy.alertAt),
    },
  }
}

/** Share of actions that a model of their order is to find as strange as this. */
const ONE_IN_HUNDRED = 0.01

/** How often a candidate's model of sequences finds kept actions strange, those after `since` where there are any; what is no number counts. */
function strangeSequences(
  { samples }: Population,
  { members }: Models,
  since: number | null,
): Pick<Comparison, 'sequences'> {
  const member = members.find(({ reads }) => reads === 'actions')
  if (member === undefined) return {}
  const kept = samples.sequences.filter(({ vector }) => vector.length === SEQUENCE)
  const fresh = kept.filter(({ time }) => time > (since ?? Number.NEGATIVE_INFINITY))
  const tried = fresh.length > 0 ? fresh : kept
  const from = -Math.log(ONE_IN_HUNDRED)
  const actions = new Float64Array(SEQUENCE)
  let strange = 0
  for (const { vector } of tried) {
    for (let i = 0; i < SEQUENCE; i++) actions[i] = (vector[i] ?? 0) & 0xff
    if (!(member.points(actions) < from)) strange += 1
  }
  const share = tried.length === 0 ? 0 : strange / tried.length
  return { sequences: { count: tried.length, promised: ONE_IN_HUNDRED, share } }
}

function* separation(
  population: Population,
  active: Models,
  candidate: Models,
  since: number | null,
): Generator<void, Comparison['strangers'], void> {
  const all = newest(population.rehearsals).filter(({ strange }) => strange.length > 0)
  const fresh = all.filter(({ time }) => time > (since ?? Number.NEGATIVE_INFINITY))
  const chosen = fresh.length < FEW_REHEARSALS ? all : fresh
  const own: [number[], number[]] = [[], []]
  const strange: [number[], number[]] = [[], []]
  for (const [n, one] of chosen.entries()) {
    const vectors = [rehearsedVector(one.own), rehearsedVector(one.strange)] as const
    for (const [which, models] of [active, candidate].entries()) {
      own[which]?.push(scoreSample(models, vectors[0]))
      strange[which]?.push(scoreSample(models, vectors[1]))
    }
    if (n % STEP === 0) yield
  }
  return {
    count: chosen.length,
    active: areaUnder(strange[0], own[0]),
    candidate: areaUnder(strange[1], own[1]),
  }
}

/** Share of pairs in which the positive scores higher, ties half (Mann and Whitney 1947); null where a side is empty or no number. */
function areaUnder(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null
  if (![...positives, ...negatives].every(Number.isFinite)) return null
  const sorted = Float64Array.from(negatives).sort()
  let sum = 0
  for (const score of positives) {
    sum += (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / 2
  }
  return sum / (positives.length * negatives.length)
}

function countBelow(sorted: Float64Array, score: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const one = sorted[middle] as number
    if (one < score || (orEqual && one === score)) low = middle + 1
    else high = middle
  }
  return low
}
