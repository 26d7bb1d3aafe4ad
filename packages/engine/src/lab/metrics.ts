import { recallsAt } from './recall.ts'

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
  const all = new Uint8Array(ranking.order.length)
  for (let at = 0; at < all.length; at++)
    all[ranking.order[at] as number] = ranking.attack[at] as number
  return recallsAt(ranking, [all], [rate])[0]?.[0] ?? Number.NaN
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
 * Area under the ROC curve up to a share `most` of benign events flagged, scaled so that chance is 0.5 and perfection 1
 * (McClish, Medical Decision Making 1989). NaN without both kinds.
 */
export function partialAuc(ranking: Ranking, most: number): number {
  const { attack, ends, attacks, benign } = ranking
  if (attacks === 0 || benign === 0) return Number.NaN
  let area = 0
  let x = 0
  let y = 0
  let start = 0
  for (const end of ends) {
    let hits = 0
    for (let at = start; at < end; at++) hits += attack[at] as number
    const right = Math.min(1, x + (end - start - hits) / benign)
    const above = y + hits / attacks
    if (right >= most) {
      const reached = right === x ? above : y + ((above - y) * (most - x)) / (right - x)
      area += ((most - x) * (y + reached)) / 2
      break
    }
    area += ((right - x) * (y + above)) / 2
    x = right
    y = above
    start = end
  }
  const chance = (most * most) / 2
  return (1 + (area - chance) / (most - chance)) / 2
}

/** False alerts a day for each 1,000 people. */
export function falseAlertsPerDay(falseAlerts: number, days: number, people: number): number {
  return (falseAlerts / days / people) * 1000
}
