/** Decayed sums of weight, x and x squared: order-free, and enough for mean and variance. */
export interface Sums {
  readonly n: number
  readonly sum: number
  readonly squares: number
}

/** What is usual elsewhere: mean and standard deviation of the same number. */
export interface Usual {
  readonly mean: number
  readonly sd: number
}

/** Observations that the organisation's usual is worth against the identity's own. */
const PRIOR = 10
const DEGREES = 4

/** Mean and standard deviation of sums, shrunk to what is usual elsewhere; the deviation is at least .25. */
export function shrunk(own: Sums, prior: Usual): Usual {
  const n = own.n + PRIOR
  const mean = (own.sum + PRIOR * prior.mean) / n
  const squares = (own.squares + PRIOR * (prior.sd * prior.sd + prior.mean * prior.mean)) / n
  return { mean, sd: Math.sqrt(Math.max(0.0625, squares - mean * mean)) }
}

/**
 * Surprise of a number x (log1p scale), nats, -3 to 6: ln of a broad Student t around what is usual elsewhere over the
 * identity's own Student t (4 degrees of freedom both). A number below the usual costs at most half a nat.
 */
export function numericSurprise(x: number, own: Sums, prior: Usual): number {
  const mine = shrunk(own, prior)
  const broad = Math.max(1.5, 2 * prior.sd, Math.abs(x - prior.mean) / 2)
  const surprise = logStudent(x - prior.mean, broad) - logStudent(x - mine.mean, mine.sd)
  return Math.max(-3, Math.min(x > mine.mean ? 6 : 0.5, surprise))
}

/** What a day of sending is taken for before the identity's own are known: log1p of about 1 MB; nats between identities and between days. */
const DAY = { mean: 14, between: 2.5, within: 1.8 }
/** Days that the spread within an identity is worth against its own, and its share of days with anything sent. */
const DAYS = 8
const SENDING_DAYS = 6
const SENDING = 0.4

/** The day of sending to expect of an identity (log1p of bytes; decayed sums over its former days): mean and predictive deviation. */
export function usualDay(own: Sums): Usual {
  const mean = (own.sum + DAY.mean) / (own.n + 1)
  const ownMean = own.n > 0 ? own.sum / own.n : 0
  const spread = Math.max(0, own.squares - own.n * ownMean * ownMean)
  // the distance to other identities is no part of how much an identity's own days differ
  const within = (spread + DAYS * DAY.within ** 2) / (own.n + DAYS)
  return { mean, sd: Math.sqrt(within + DAY.between ** 2 / (own.n + 1)) }
}

/**
 * Surprise of the bytes x (log1p) that left in a day, nats, 0 to 6: a broad Student t over the identity's own, and half over
 * the share of its active days (`days`, decayed) on which it sent anything: who never sends stands out when it does. 0 at or
 * below the usual.
 */
export function daySurprise(x: number, own: Sums, days: number): number {
  const mine = usualDay(own)
  if (!(x > mine.mean)) return 0
  const broad = Math.max(2 * DAY.between, (x - DAY.mean) / 2)
  const sending = Math.min(
    1,
    (own.n + SENDING_DAYS * SENDING) / (Math.max(own.n, days) + SENDING_DAYS),
  )
  const surprise =
    logStudent(x - DAY.mean, broad) - logStudent(x - mine.mean, mine.sd) + Math.log(0.5 / sending)
  return Math.max(0, Math.min(6, surprise))
}

/** ln of Student's t density (4 degrees of freedom) at a distance from its middle, up to a constant. */
function logStudent(distance: number, sd: number): number {
  const z = distance / sd
  return -Math.log(sd) - ((DEGREES + 1) / 2) * Math.log1p((z * z) / DEGREES)
}

/**
 * Surprise of a count above what is expected, nats, 0 to 3: half the Poisson deviance term x ln(x/m) - x + m. Nothing
 * within two of the expected count; NaN where nothing is expected yet.
 */
export function rateSurprise(count: number, expected: number): number {
  if (Number.isNaN(expected)) return Number.NaN
  const mean = Math.max(expected, 1)
  if (count <= mean + 2) return 0
  return Math.min(3, 0.5 * (count * Math.log(count / mean) - count + mean))
}
