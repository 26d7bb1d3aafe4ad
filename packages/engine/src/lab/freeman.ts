/** What Freeman's model looks at: two features, each a hierarchy from fine to coarse. */
export interface FreemanAttempt {
  readonly ip: string
  readonly asn: string
  readonly country: string
  readonly userAgent: string
  readonly browser: string
  readonly os: string
  readonly device: string
}

/** Risk of an attempt as natural logarithm of the likelihood ratio, with and without the term for how often the user signs in. */
export interface FreemanScore {
  readonly withPrior: number
  readonly withoutPrior: number
}

/** The model with its memory: only successful sign-ins are learned. */
export interface Freeman {
  score(user: string, attempt: FreemanAttempt): FreemanScore
  learn(user: string, attempt: FreemanAttempt): void
}

interface Level {
  readonly name: keyof FreemanAttempt
  readonly weight: number
}

/** Hierarchies and weights as tuned by Wiefling et al. (TOPS 2022) for their public data set. */
const FEATURES: readonly (readonly Level[])[] = [
  [
    { name: 'ip', weight: 0.6 },
    { name: 'asn', weight: 0.3 },
    { name: 'country', weight: 0.1 },
  ],
  [
    { name: 'userAgent', weight: 0.5386653840551359 },
    { name: 'browser', weight: 0.2680451498625666 },
    { name: 'os', weight: 0.18818295100109536 },
    { name: 'device', weight: 0.0051065150812021525 },
  ],
]

type Counts = Map<keyof FreemanAttempt, Map<string, number>>

interface Log {
  total: number
  readonly counts: Counts
}

/**
 * Risk-based authentication after Freeman et al., "Who Are You? A Statistical Approach to Measuring User Authenticity"
 * (NDSS 2016, equation 7 without attack data): product over features of p(x) / p(x | user), times
 * p(user | attack) / p(user), with every user attacked equally. Levels of a hierarchy are interpolated by fixed weights.
 * Smoothing and the treatment of values a user never had (p(x | user) = p(x) / 4) follow Wiefling et al. (TOPS 2022).
 * A user without history is taken to have signed in half a time, so that the prior stays finite.
 */
export function createFreeman(): Freeman {
  const everybody = newLog()
  const users = new Map<string, Log>()
  return {
    score(user, attempt) {
      const own = users.get(user)
      let ratio = 0
      for (const levels of FEATURES) {
        const globally = globalLikelihood(everybody, levels, attempt)
        const locally = own === undefined ? 0 : localLikelihood(own, levels, attempt)
        ratio += Math.log(globally / (locally === 0 ? globally / 4 : locally))
      }
      const attacked = 1 / Math.max(1, users.size)
      const signsIn = (own?.total ?? 0.5) / Math.max(1, everybody.total)
      return { withoutPrior: ratio, withPrior: ratio + Math.log(attacked / signsIn) }
    },
    learn(user, attempt) {
      let own = users.get(user)
      if (own === undefined) {
        own = newLog()
        users.set(user, own)
      }
      add(own, attempt)
      add(everybody, attempt)
    },
  }
}

/** Share of the log with this value, interpolated over the levels; zero for values never seen. */
function localLikelihood(log: Log, levels: readonly Level[], attempt: FreemanAttempt): number {
  let sum = 0
  for (const { name, weight } of levels) sum += (weight * count(log, name, attempt)) / log.total
  return sum
}

/** The same over all users, where the finest level keeps probability for values never seen. */
function globalLikelihood(log: Log, levels: readonly Level[], attempt: FreemanAttempt): number {
  const [finest, ...coarser] = levels
  if (finest === undefined) return 1
  // unseen values: one for every value of the coarser levels, and one more
  const unseen = coarser.reduce((sum, { name }) => sum + (log.counts.get(name)?.size ?? 0), 1)
  const seen = count(log, finest.name, attempt)
  // within the value itself each coarser level has the one value it belongs to
  const within = seen === 0 ? 1 : smoothed(seen, seen, levels.length)
  const first = finest.weight * within * smoothed(seen, log.total, unseen)
  return coarser.reduce(
    (sum, { name, weight }) =>
      sum + (log.total === 0 ? 0 : (weight * count(log, name, attempt)) / log.total),
    first,
  )
}

/** count / total (1 - M / (total + M)) for a value seen, 1 / (total + M) for one of the M unseen. */
function smoothed(seen: number, total: number, unseen: number): number {
  return seen === 0 ? 1 / (total + unseen) : (seen / total) * (1 - unseen / (total + unseen))
}

function newLog(): Log {
  return { total: 0, counts: new Map(FEATURES.flat().map(({ name }) => [name, new Map()])) }
}

function count(log: Log, name: keyof FreemanAttempt, attempt: FreemanAttempt): number {
  return log.counts.get(name)?.get(attempt[name]) ?? 0
}

function add(log: Log, attempt: FreemanAttempt): void {
  log.total++
  for (const [name, values] of log.counts) {
    values.set(attempt[name], (values.get(attempt[name]) ?? 0) + 1)
  }
}
