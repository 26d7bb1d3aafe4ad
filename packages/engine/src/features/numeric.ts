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
  const z = (x - mine.mean) / mine.sd
  const b = (x - prior.mean) / broad
  const logMine = -Math.log(mine.sd) - ((DEGREES + 1) / 2) * Math.log1p((z * z) / DEGREES)
  const logBroad = -Math.log(broad) - ((DEGREES + 1) / 2) * Math.log1p((b * b) / DEGREES)
  const surprise = logBroad - logMine
  return Math.max(-3, Math.min(x > mine.mean ? 6 : 0.5, surprise))
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
