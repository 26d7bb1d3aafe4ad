import { amountCell, type Population, sessionsCell, shrink } from '../population/population.ts'
import { SESSION_SUMS } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'

/** Amounts of a session, by their index: the first four have sums in the profile too (layout.ts). */
export const AMOUNT = {
  bytes: 0,
  objects: 1,
  slowObjects: 2,
  deletes: 3,
  reads: 4,
  denied: 5,
  deniedShare: 6,
  deletesShare: 7,
  reconnaissanceShare: 8,
  sensitiveShare: 9,
} as const

/** An amount that the profile keeps sums of. */
export type OwnAmount = 0 | 1 | 2 | 3

/** What a session is taken for before any is known: log1p of each amount, mean and deviation; worth ten sessions. */
const SHIPPED = [
  { mean: 12, sd: 4 },
  { mean: 1, sd: 1 },
  { mean: 1.2, sd: 1 },
  { mean: 1, sd: 0.7 },
  { mean: 1.5, sd: 1 },
  { mean: 0.9, sd: 0.4 },
  { mean: 1, sd: 0.6 },
  { mean: 1, sd: 0.6 },
  { mean: 1, sd: 0.6 },
  { mean: 1, sd: 0.6 },
] as const
const SHIPPED_SESSIONS = 10
/** Sessions that the organisation's usual is worth against the identity's own; of them, for how often it has any. */
const PRIOR = 12
const PRIOR_SHARE = 4
const DEGREES = 60

/** Most nats of an amount beyond the identity's own sessions, and beyond the organisation's: a month's end comes once a month. */
const MOST_OWN = 12
const MOST_OF_ALL = 10

/** Least deviation of log1p of an amount among the organisation's sessions. */
const STEADIEST = 0.3

/** Decayed number of an organisation's sessions that raised no alert. */
export function sessionsOf(population: Population, group: 0 | 1): number {
  return (population.numbers[sessionsCell(group)] ?? 0) * shrink(population)
}

/** How many actions come before a share of them means much. */
const FEW_ACTIONS = 3
/** A share of the actions is of the size of a count where there are six of them. */
const SHARE = 3

/** An amount by the square root of the actions: of two sessions with as many refusals the longer is the more ordinary. */
export function shareOf(amount: number, actions: number): number {
  return (SHARE * amount) / Math.sqrt(actions + FEW_ACTIONS)
}

let mean = 0
let sd = 1
let having = 0

/** Reads an organisation's usual of an amount into `mean`, `sd` (both of log1p) and `having` (decayed sessions with any). */
function readUsual(population: Population, group: 0 | 1, which: number): void {
  const { numbers } = population
  const now = shrink(population)
  const at = amountCell(group, which)
  const shipped = SHIPPED[which] ?? SHIPPED[0]
  // sums are kept of x in 32nds
  having = (numbers[at] ?? 0) * now + SHIPPED_SESSIONS
  mean = (((numbers[at + 1] ?? 0) * now) / 32 + SHIPPED_SESSIONS * shipped.mean) / having
  const squares =
    ((numbers[at + 2] ?? 0) * now) / 1024 + SHIPPED_SESSIONS * (shipped.sd ** 2 + shipped.mean ** 2)
  sd = Math.sqrt(Math.max(0.04, squares / having - mean * mean))
}

/**
 * Surprise of an amount of a session against the identity's own sessions, nats, 0 to 12: a broad Student t (60 degrees of
 * freedom) around the organisation's sessions that have any, over the identity's own shrunk to it, and half over the share of its
 * sessions that have any. 0 at or below the usual. `left`: what is left of the profile's sums.
 */
export function ownSurprise(
  profile: Profile,
  population: Population,
  group: 0 | 1,
  which: OwnAmount,
  amount: number,
  left: number,
): number {
  if (amount <= 0) return 0
  const x = Math.log1p(amount)
  readUsual(population, group, which)
  const { f32 } = profile
  const own = SESSION_SUMS + 1 + 3 * which
  const ownN = (f32[own] ?? 0) * left
  const m = ownN + PRIOR
  const ownMean = ((f32[own + 1] ?? 0) * left + PRIOR * mean) / m
  if (x <= ownMean) return 0
  const ownSquares = (f32[own + 2] ?? 0) * left + PRIOR * (sd * sd + mean * mean)
  const ownSd = Math.sqrt(Math.max(0.04, ownSquares / m - ownMean * ownMean))
  const usual = having / (sessionsOf(population, group) + SHIPPED_SESSIONS)
  const share = (ownN + PRIOR_SHARE * usual) / ((f32[SESSION_SUMS] ?? 0) * left + PRIOR_SHARE)
  const broad = Math.max(1, 2 * sd, Math.abs(x - mean) / 2)
  const surprise =
    logStudent(x - mean, broad) -
    logStudent(x - ownMean, ownSd) +
    Math.log(0.5 / Math.min(1, share))
  return Math.max(0, Math.min(MOST_OWN, surprise))
}

function logStudent(distance: number, deviation: number): number {
  const z = distance / deviation
  return -Math.log(deviation) - ((DEGREES + 1) / 2) * Math.log1p((z * z) / DEGREES)
}

/**
 * How few of the organisation's sessions have so much of an amount, as -ln of their share, nats, 0 to 10: the share that has
 * any, and of those a lognormal tail. Whoever is unlike everybody is strange, whatever is usual for themselves.
 */
export function rarity(
  population: Population,
  group: 0 | 1,
  which: number,
  amount: number,
): number {
  if (amount <= 0) return 0
  readUsual(population, group, which)
  const share = Math.min(1, having / (sessionsOf(population, group) + SHIPPED_SESSIONS))
  const z = (Math.log1p(amount) - mean) / Math.max(STEADIEST, sd)
  return Math.min(MOST_OF_ALL, normalTail(z) - Math.log(share))
}

const LN_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI)

/** -ln of the normal tail beyond z: Abramowitz & Stegun 26.2.17. */
function normalTail(z: number): number {
  const far = Math.abs(z)
  const t = 1 / (1 + 0.2316419 * far)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const beyond = 0.5 * far * far + LN_ROOT_TWO_PI - Math.log(series)
  return z >= 0 ? beyond : -Math.log1p(-Math.exp(-beyond))
}
