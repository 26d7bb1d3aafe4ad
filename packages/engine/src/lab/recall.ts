import { type Random, seededRandom } from '../models/random.ts'
import type { Ranking } from './metrics.ts'

/** What is to be found: 1 by the caller's index of the event where it counts, 0 elsewhere. Benign events never count. */
export type Marks = Uint8Array

/** A range that holds the true value with the stated probability; NaN where nothing could be drawn. */
export type Interval = readonly [low: number, high: number]

/**
 * Share of each mark's events found when at most the share of benign events is flagged that each of `rates` allows:
 * by mark, then by rate, 0-1. Between two steps of the curve it is interpolated. NaN for marks without events.
 */
export function recallsAt(
  ranking: Ranking,
  marks: readonly Marks[],
  rates: readonly number[],
): number[][] {
  return walk(ranking, marks, hostileRows(ranking), rates, null)
}

/**
 * Intervals that hold `recallsAt` with probability `level`, by mark and rate, by bootstrap over clusters: whoever's events
 * hang together is drawn or left out as a whole (percentile method; Efron and Tibshirani 1993). `cluster` gives a small
 * integer for each event. The same seed gives the same intervals.
 */
export function recallIntervals(
  ranking: Ranking,
  marks: readonly Marks[],
  cluster: ArrayLike<number>,
  rates: readonly number[],
  options: Bootstrap = {},
): Interval[][] {
  const hostile = hostileRows(ranking)
  const drawn: number[][][] = marks.map(() => rates.map(() => []))
  for (const draw of draws(ranking, cluster, options)) {
    const found = walk(ranking, marks, hostile, rates, draw)
    for (const [m, byRate] of found.entries())
      for (const [r, value] of byRate.entries())
        if (!Number.isNaN(value)) drawn[m]?.[r]?.push(value)
  }
  return drawn.map((byRate) => byRate.map((values) => middle(values, options.level)))
}

/**
 * How much more of a mark's events one ranking finds than another of the same events, at the same share of benign events flagged:
 * the difference, and an interval that holds it, by the same bootstrap as `recallIntervals`, both rankings under each draw.
 */
export function gainInterval(
  before: Ranking,
  after: Ranking,
  mark: Marks,
  cluster: ArrayLike<number>,
  rate: number,
  options: Bootstrap = {},
): { readonly gain: number; readonly interval: Interval } {
  const [first, second] = [hostileRows(before), hostileRows(after)]
  const difference = (draw: Draw | null) =>
    (walk(after, [mark], second, [rate], draw)[0]?.[0] ?? Number.NaN) -
    (walk(before, [mark], first, [rate], draw)[0]?.[0] ?? Number.NaN)
  const gains = Array.from(draws(before, cluster, options), difference)
  return {
    gain: difference(null),
    interval: middle(
      gains.filter((one) => !Number.isNaN(one)),
      options.level,
    ),
  }
}

/** The first event of each group in the order of a ranking: to count victims found, not their events. `null`: of no group. */
export function firstOfEach(ranking: Ranking, groupOf: (row: number) => string | null): Marks {
  const marks = new Uint8Array(ranking.order.length)
  const seen = new Set<string>()
  for (const [at, row] of ranking.order.entries()) {
    if (ranking.attack[at] === 0) continue
    const group = groupOf(row)
    if (group === null || seen.has(group)) continue
    seen.add(group)
    marks[row] = 1
  }
  return marks
}

/** How a bootstrap is done: rounds (1,000), probability of the interval (0.95), seed (1). */
export interface Bootstrap {
  readonly rounds?: number
  readonly level?: number
  readonly seed?: number
}

/** The draws of a bootstrap: the same for rankings of the same events. */
function* draws(
  ranking: Ranking,
  cluster: ArrayLike<number>,
  { rounds = 1000, seed = 1 }: Bootstrap,
): Generator<Draw> {
  let clusters = 0
  for (let i = 0; i < cluster.length; i++) clusters = Math.max(clusters, (cluster[i] as number) + 1)
  const random = seededRandom(seed)
  const benign = new Uint32Array(clusters)
  ranking.order.forEach((row, at) => {
    const c = cluster[row] as number
    if (ranking.attack[at] === 0) benign[c] = (benign[c] as number) + 1
  })
  for (let round = 0; round < rounds; round++)
    yield { times: drawTimes(clusters, random), cluster, benign }
}

interface Draw {
  readonly times: Uint16Array
  readonly cluster: ArrayLike<number>
  /** Benign events of each cluster. */
  readonly benign: Uint32Array
}

/** One way down the order for all marks and rates. */
function walk(
  { order, attack, ends, benign: benignOnce }: Ranking,
  marks: readonly Marks[],
  hostile: Uint32Array,
  rates: readonly number[],
  draw: Draw | null,
): number[][] {
  const totals = new Float64Array(marks.length)
  const timesOf = (row: number) =>
    draw === null ? 1 : (draw.times[draw.cluster[row] as number] as number)
  for (const row of hostile) count(totals, marks, row, timesOf(row))
  let benign = benignOnce
  if (draw !== null) {
    benign = 0
    for (let c = 0; c < draw.times.length; c++)
      benign += (draw.times[c] as number) * (draw.benign[c] as number)
  }
  const recalls = marks.map(() => rates.map(() => Number.NaN))
  if (benign === 0) return recalls
  const waiting = [...rates.keys()].sort((a, b) => (rates[a] ?? 0) - (rates[b] ?? 0))
  const found = new Float64Array(marks.length)
  const hits = new Float64Array(marks.length)
  let flagged = 0
  let start = 0
  let next = 0
  for (const end of ends) {
    hits.fill(0)
    let misses = 0
    for (let at = start; at < end; at++) {
      const row = order[at] as number
      if (attack[at]) count(hits, marks, row, timesOf(row))
      else misses += timesOf(row)
    }
    while (next < waiting.length) {
      const rate = waiting[next] as number
      const allowed = (rates[rate] ?? 0) * benign
      if (flagged + misses <= allowed) break
      settle(rate, (allowed - flagged) / misses)
      next++
    }
    if (next === waiting.length) return recalls
    for (let m = 0; m < marks.length; m++) found[m] = (found[m] ?? 0) + (hits[m] ?? 0)
    flagged += misses
    start = end
  }
  for (; next < waiting.length; next++) {
    hits.fill(0)
    settle(waiting[next] as number, 0)
  }
  return recalls

  function settle(rate: number, share: number): void {
    for (const [m, byRate] of recalls.entries()) {
      const total = totals[m] ?? 0
      if (total > 0) byRate[rate] = ((found[m] ?? 0) + (hits[m] ?? 0) * share) / total
    }
  }
}

function hostileRows({ order, attack }: Ranking): Uint32Array {
  return order.filter((_, at) => attack[at] === 1)
}

function count(into: Float64Array, marks: readonly Marks[], row: number, times: number): void {
  for (let m = 0; m < into.length; m++) if (marks[m]?.[row]) into[m] = (into[m] ?? 0) + times
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

function middle(values: number[], level = 0.95): Interval {
  values.sort((a, b) => a - b)
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? Number.NaN
  return [at((1 - level) / 2), at((1 + level) / 2)]
}
