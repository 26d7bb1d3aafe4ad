import { type Random, seededRandom } from '../models/random.ts'

/**
 * Scores of judged events in descending order, with what they really were. Built once by `rank`; every measure reads it.
 * Ties share one step of the curve, so that a coarse score gets what choosing among its ties at random would get.
 */
export interface Ranking {
  /** Index into the caller's arrays, strangest first. */
  readonly order: Uint32Array
  /** 1 where the event at this place of the order is an attack. */
  readonly attack: Uint8Array
  /** Exclusive ends of runs of equal score within the order. */
  readonly ends: Uint32Array
  readonly attacks: number
  readonly benign: number
}

/** Ranks events by score. `isAttack` is 1 or 0 for each. NaN scores rank last. Throws on unequal lengths. */
export function rank(scores: ArrayLike<number>, isAttack: ArrayLike<number>): Ranking {
  const count = scores.length
  if (isAttack.length !== count) throw new RangeError('one truth is needed for each score')
  const value = (i: number) => {
    const score = scores[i] as number
    return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    return x === y ? 0 : y > x ? 1 : -1
  })
  const attack = Uint8Array.from(order, (i) => (isAttack[i] ? 1 : 0))
  const ends: number[] = []
  for (let at = 1; at <= count; at++) {
    if (at === count || value(order[at] as number) !== value(order[at - 1] as number)) ends.push(at)
  }
  const attacks = attack.reduce((sum, one) => sum + one, 0)
  return { order, attack, ends: Uint32Array.from(ends), attacks, benign: count - attacks }
}

/**
 * Share of attacks found when at most the share `rate` of benign events is flagged, 0-1. Between two steps of the curve
 * it is interpolated. NaN without attacks or benign events.
 */
export function recallAt(ranking: Ranking, rate: number): number {
  const { attack, ends } = ranking
  return weightedRecall(attack, ends, null, ranking.attacks, ranking.benign, rate)
}

/**
 * The score above which an event is flagged so that at most the share `rate` of benign events is; Infinity where not
 * even the highest step fits.
 */
export function thresholdAt(ranking: Ranking, scores: ArrayLike<number>, rate: number): number {
  const allowed = rate * ranking.benign
  let benign = 0
  let start = 0
  let threshold = Number.POSITIVE_INFINITY
  for (const end of ranking.ends) {
    for (let at = start; at < end; at++) benign += 1 - (ranking.attack[at] as number)
    if (benign > allowed) break
    threshold = scores[ranking.order[end - 1] as number] as number
    start = end
  }
  return threshold
}

/**
 * An interval that holds `recallAt` with probability `level`, by bootstrap over clusters: whoever's events hang together
 * is drawn or left out as a whole (percentile method). `cluster` gives a small integer for each event.
 */
export function recallInterval(
  ranking: Ranking,
  cluster: ArrayLike<number>,
  rate: number,
  options: { readonly rounds?: number; readonly level?: number; readonly seed?: number } = {},
): readonly [low: number, high: number] {
  const { rounds = 200, level = 0.95, seed = 1 } = options
  let clusters = 0
  for (let i = 0; i < cluster.length; i++) clusters = Math.max(clusters, (cluster[i] as number) + 1)
  const random = seededRandom(seed)
  const values: number[] = []
  for (let round = 0; round < rounds; round++) {
    const times = drawTimes(clusters, random)
    const weight = Uint32Array.from(ranking.order, (i) => times[cluster[i] as number] as number)
    let attacks = 0
    let benign = 0
    for (let at = 0; at < weight.length; at++) {
      if (ranking.attack[at]) attacks += weight[at] as number
      else benign += weight[at] as number
    }
    const recall = weightedRecall(ranking.attack, ranking.ends, weight, attacks, benign, rate)
    if (!Number.isNaN(recall)) values.push(recall)
  }
  values.sort((a, b) => a - b)
  const at = (share: number) =>
    values[Math.min(values.length - 1, Math.max(0, Math.round(share * (values.length - 1))))] ??
    Number.NaN
  return [at((1 - level) / 2), at((1 + level) / 2)]
}

/** Probability that a random attack scores above a random benign event, ties counting half (Mann-Whitney). NaN without both. */
export function rocAuc(ranking: Ranking): number {
  const { attack, ends, attacks, benign } = ranking
  if (attacks === 0 || benign === 0) return Number.NaN
  let area = 0
  let benignAbove = 0
  let start = 0
  for (const end of ends) {
    let hits = 0
    for (let at = start; at < end; at++) hits += attack[at] as number
    const misses = end - start - hits
    area += hits * (benign - benignAbove - misses / 2)
    benignAbove += misses
    start = end
  }
  return area / (attacks * benign)
}

/**
 * Average precision if the share `prevalence` of events were attacks: the mean over attacks of
 * p TPR / (p TPR + (1 - p) FPR) at their step of the curve. NaN without both kinds.
 */
export function averagePrecision(ranking: Ranking, prevalence: number): number {
  const { attack, ends, attacks, benign } = ranking
  if (attacks === 0 || benign === 0) return Number.NaN
  let found = 0
  let flagged = 0
  let sum = 0
  let start = 0
  for (const end of ends) {
    let hits = 0
    for (let at = start; at < end; at++) hits += attack[at] as number
    found += hits
    flagged += end - start - hits
    const right = prevalence * (found / attacks)
    if (hits > 0) sum += hits * (right / (right + (1 - prevalence) * (flagged / benign)))
    start = end
  }
  return sum / attacks
}

/**
 * How far stated probabilities are from what happened: mean over `bins` groups of equal size of |mean probability - share
 * of attacks|, 0-1 (expected calibration error). `attackWeight` makes attacks as rare as they are assumed to be where the
 * data has more of them. NaN for no events.
 */
export function calibrationError(
  probabilities: ArrayLike<number>,
  isAttack: ArrayLike<number>,
  options: { readonly bins?: number; readonly attackWeight?: number } = {},
): number {
  const { bins = 20, attackWeight = 1 } = options
  const count = probabilities.length
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  )
  let error = 0
  let total = 0
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * count) / bins)
    const to = Math.floor(((bin + 1) * count) / bins)
    let gap = 0
    for (let at = from; at < to; at++) {
      const i = order[at] as number
      const weight = isAttack[i] ? attackWeight : 1
      gap += weight * ((probabilities[i] as number) - (isAttack[i] ? 1 : 0))
      total += weight
    }
    error += Math.abs(gap)
  }
  return error / total
}

/** False alerts a day for each 1,000 people. */
export function falseAlertsPerDay(falseAlerts: number, days: number, people: number): number {
  return (falseAlerts / days / people) * 1000
}

/** How often each of `clusters` is drawn in `clusters` draws with replacement. */
function drawTimes(clusters: number, random: Random): Uint16Array {
  const times = new Uint16Array(clusters)
  for (let i = 0; i < clusters; i++) {
    const drawn = Math.floor(random() * clusters)
    times[drawn] = (times[drawn] as number) + 1
  }
  return times
}

function weightedRecall(
  attack: Uint8Array,
  ends: Uint32Array,
  weight: Uint32Array | null,
  attacks: number,
  benign: number,
  rate: number,
): number {
  if (attacks === 0 || benign === 0) return Number.NaN
  const allowed = rate * benign
  let found = 0
  let flagged = 0
  let start = 0
  for (const end of ends) {
    let hits = 0
    let misses = 0
    for (let at = start; at < end; at++) {
      const times = weight === null ? 1 : (weight[at] as number)
      if (attack[at]) hits += times
      else misses += times
    }
    if (flagged + misses > allowed) {
      return (found + (hits * (allowed - flagged)) / misses) / attacks
    }
    found += hits
    flagged += misses
    start = end
  }
  return found / attacks
}
