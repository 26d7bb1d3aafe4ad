import type { EnrichedEvent } from '@gatewatch/schema'
import { isAuthentication, isPresence } from '../features/read.ts'
import {
  BIN_NATS,
  BINS,
  COARSE,
  LOWEST,
  type Population,
  SESSION_HISTOGRAM,
  shrink,
  shrinkScores,
  YOUNG_HISTOGRAM,
} from '../population/population.ts'
import type { Signals } from '../types.ts'

/** Events after which an organisation's own scores stand alone. */
export const YOUNG = 2000
/** Pseudo-events of the shipped distribution at the very start. */
const SHIPPED = 200
/** Fewer events beyond a score than this, and the tail is extrapolated. */
const FEW = 20
/** No tail is believed to fall by e in fewer nats: a small organisation that was all alike may still surprise a little. */
const STEEPEST = 0.5
const BLOCKS = Math.ceil(BINS / COARSE)

/**
 * Shipped tails for organisations without history, by histogram: the score that half of the events exceed, and the nats
 * in which the rest falls by e. Rounded from the first three days of simulated organisations.
 */
const PRIORS: readonly (readonly [median: number, scale: number])[] = [
  [-3.5, 2.8],
  [-1, 2.2],
  [1, 2],
  [-3.5, 2.8],
  [-2, 2],
  [1, 2],
  [-2, 1],
  [-1.5, 1],
  [1, 1.5],
  [-2, 1],
  [-1.5, 1],
  [1, 1.5],
]
/** The same for sign-ins of newcomers, people and services. */
const YOUNG_PRIOR = [-1, 2.3] as const

/**
 * Shipped tails of sessions, people and services: the score that one benign session in 1,000 exceeds, and the nats in which
 * the tail falls by e. From simulated organisations of both kinds.
 */
const SESSION_TAILS: readonly (readonly [oneInThousand: number, scale: number])[] = [
  [14.5, 2.3],
  [6.8, 1],
]
/** Sessions that the shipped tail is worth. */
const SHIPPED_SESSIONS = 3000

/** Learned events, and days of activity, below which an identity is a newcomer: its own history says little. */
export const SHORT = 3

/** Is too little known of an identity to compare it with those whose habits have settled? */
export function isNewcomer({
  history,
  activeDays,
}: Pick<Signals, 'history' | 'activeDays'>): boolean {
  return !(history >= SHORT && activeDays >= SHORT)
}

/**
 * Which histogram an event belongs to: successful sign-ins 0, activity 1, and 2 for failed sign-ins and steps on the way,
 * which a wave of guessing must not let hide the one that succeeds; 3 more for services, 6 more for identities seen for the
 * first time; successful sign-ins of newcomers 14 and 15. Alike is compared with alike: nobody is flagged for being new alone,
 * and identities that were made for it cannot make others' strangeness look usual.
 */
export function histogramOf(
  input: EnrichedEvent,
  signals: Pick<Signals, 'history' | 'activeDays'>,
): number {
  const service = input.entity.class === 'service' ? 1 : 0
  const isKnown = signals.history > 0
  const isSignIn = isAuthentication(input) && input.event.status_id === 1 && isPresence(input)
  if (isSignIn && isKnown && isNewcomer(signals)) return YOUNG_HISTOGRAM + service
  const group = 3 * service + (isKnown ? 0 : 6)
  if (isSignIn) return group
  return isAuthentication(input) ? group + 2 : group + 1
}

/** Does a histogram hold successful sign-ins? */
export function holdsSignIns(histogram: number): boolean {
  return histogram < SESSION_HISTOGRAM ? histogram % 3 === 0 : histogram >= YOUNG_HISTOGRAM
}

/** The bin of a score within its histogram. */
export function binOf(score: number): number {
  return Math.max(0, Math.min(BINS - 1, Math.floor((score - LOWEST) / BIN_NATS)))
}

/** Decayed number of scores that a histogram holds. */
export function scoresIn(population: Population, histogram: number): number {
  population.watch?.(histogram, 0, 0)
  let sum = 0
  for (let i = 0; i < BLOCKS; i++) sum += population.coarse[histogram * BLOCKS + i] ?? 0
  return sum * shrinkScores(population, histogram)
}

/** Decayed number of events of all kinds that were judged: how old an organisation is. */
export function judgedIn(population: Population): number {
  let sum = 0
  for (const count of population.judged) sum += count
  return sum * shrink(population)
}

/** Decayed number of scores in a bin or above. */
function atOrAbove(population: Population, histogram: number, bin: number): number {
  const block = Math.floor(bin / COARSE)
  let sum = 0
  const end = Math.min(BINS, (block + 1) * COARSE)
  population.watch?.(histogram, bin, end)
  for (let i = bin; i < end; i++) sum += population.scores[histogram * BINS + i] ?? 0
  for (let i = block + 1; i < BLOCKS; i++) sum += population.coarse[histogram * BLOCKS + i] ?? 0
  return sum * shrinkScores(population, histogram)
}

/**
 * Share of benign events at least as strange as a score: the conformal tail p = (1 + #{>= s}) / (1 + n) over the decayed
 * histogram (Bates et al. 2021). Where fewer than 20 lie beyond, a generalised Pareto tail (Pickands 1975; moments)
 * fitted to the strangest 2 % continues it. Organisations with fewer than 2,000 events lean on shipped tails.
 */
export function tailProbability(population: Population, histogram: number, score: number): number {
  const n = scoresIn(population, histogram)
  const young = Math.max(0, 1 - ((population.judged[histogram] ?? 0) * shrink(population)) / YOUNG)
  const shipped = SHIPPED * young
  const prior = shippedTail(histogram, score)
  const above = n > 0 ? atOrAbove(population, histogram, binOf(score)) : 0
  const exact = (above + shipped * prior + (1 - young)) / (n + shipped + (1 - young))
  if (above >= FEW || n < 4 * FEW) return Math.min(1, exact)
  const tail = extrapolate(population, histogram, score, n)
  return Math.max(1e-9, Math.min(1, tail * (1 - young) + Math.max(prior * young, tail * young)))
}

/**
 * Share of benign sessions at least as strange as a score, of people (`group` 0) or services (1). One in 1,000 of a few hundred
 * sessions is less than one, and a few intruders whom nobody noticed are more: so an organisation's own tail moves the shipped
 * one by as much of its logarithm as it has sessions to show, half at 3,000 of the last days.
 */
export function sessionTail(population: Population, group: 0 | 1, score: number): number {
  const histogram = SESSION_HISTOGRAM + group
  const n = scoresIn(population, histogram)
  const [oneInThousand, scale] = SESSION_TAILS[group] ?? [14.5, 2.3]
  const shipped = Math.min(1, 1e-3 * Math.exp((oneInThousand - score) / scale))
  const above = atOrAbove(population, histogram, binOf(score))
  const own =
    above >= FEW || n < 4 * FEW
      ? (1 + above) / (1 + n)
      : extrapolate(population, histogram, score, n)
  const share = n / (n + SHIPPED_SESSIONS)
  return Math.max(1e-9, shipped ** (1 - share) * Math.min(1, own) ** share)
}

function shippedTail(histogram: number, score: number): number {
  const [median, scale] = PRIORS[histogram] ?? YOUNG_PRIOR
  return score <= median
    ? 1 - 0.5 * Math.exp((score - median) / scale)
    : 0.5 * Math.exp((median - score) / scale)
}

function blockAt({ coarse }: Population, histogram: number, bin: number): number {
  return coarse[histogram * BLOCKS + Math.floor(bin / COARSE)] ?? 0
}

function extrapolate(population: Population, histogram: number, score: number, n: number): number {
  const { scores } = population
  const now = shrinkScores(population, histogram)
  const from = histogram * BINS
  const wanted = Math.max(2.5 * FEW, 0.02 * n)
  let count = 0
  let joint = -1
  let jointCount = 0
  let low = BINS - 1
  for (; low > 0 && count < wanted; low--) {
    // far out nearly every block is empty
    if (low % COARSE === COARSE - 1 && blockAt(population, histogram, low) === 0) {
      low -= COARSE - 1
      continue
    }
    count += (scores[from + low] ?? 0) * now
    if (joint < 0 && count >= FEW) {
      joint = low
      jointCount = count
    }
  }
  low++
  population.watch?.(histogram, low, BINS)
  if (joint < 0) return 1 / (1 + n)
  let sum = 0
  let squares = 0
  for (let i = low; i < BINS; i++) {
    if (i % COARSE === 0 && blockAt(population, histogram, i) === 0) {
      i += COARSE - 1
      continue
    }
    const weight = (scores[from + i] ?? 0) * now
    const excess = (i - low + 0.5) * BIN_NATS
    sum += weight * excess
    squares += weight * excess * excess
  }
  const mean = Math.max(STEEPEST, sum / count)
  const variance = Math.max(1e-6, squares / count - mean * mean)
  const ratio = (mean * mean) / variance
  const shape = Math.max(0, Math.min(0.3, 0.5 * (1 - ratio)))
  const scale = mean * (1 - shape)
  const start = LOWEST + joint * BIN_NATS
  const base = start - (LOWEST + low * BIN_NATS)
  const beyond = Math.max(0, score - start)
  const left =
    shape < 1e-6
      ? Math.exp(-beyond / scale)
      : ((1 + (shape * (base + beyond)) / scale) / (1 + (shape * base) / scale)) ** (-1 / shape)
  return (jointCount / n) * left
}

/** Risk 0-100 of a tail probability: 25 for each power of ten. 50 is one benign event in 100, 100 one in 10,000. */
export function riskOf(p: number): number {
  return Math.max(0, Math.min(100, -25 * Math.log10(p)))
}
