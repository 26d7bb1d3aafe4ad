import { catalogue, type FeatureDefinition, PARENT, REMEMBERED } from '../features/catalogue.ts'
import { BUCKETS, type Population, shrink, usersOf } from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import { ACTIVE, CLOCK, FIRST, HALF_LIFE, NOVELTY } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import { findSlot, isDoubted, isProven, isTrusted, slotDays, slotTotal } from '../profile/slots.ts'
import { MANAGEMENT, managementSurprise } from './management.ts'

/** Observations that the organisation's novelty rate is worth against the identity's own. */
const KAPPA = 8
/** Pseudo-counts of the shipped priors against what the organisation showed. */
const SHIPPED = 10
const POPULARITY = 20
/** Observations at which a novelty counts half: one sight of somebody does not make a habit. */
const FEW = 2
/** Share of a new value's surprise that one in doubt keeps. */
const IN_DOUBT = 0.8
/** Features whose young values are held in doubt by how seldom they come: what a thief brings again on the next visit. */
const BROUGHT_AGAIN = Int8Array.from(catalogue, ({ name }) =>
  Number(name === 'device' || name === 'asn'),
)
/** Days after which a value is young no more, and events of its own after which it is the identity's. */
const YOUNG_DAYS = 30
const YOUNG_EVENTS = 12
/** What each event of its own takes from the doubt, nats, and days in which time takes one. */
const DOUBT_PER_EVENT = 2.5
const DOUBT_DAYS = 3
/** What a value in doubt is held for beyond that, and the most that doubt adds to the surprise of a new one, nats. */
const CAME_TOGETHER = 2
const MOST_DOUBT = 1.5
/** Largest surprise of one value, nats. */
const MOST = 9
/** How much more often identities with a short history show something new, by bucket. */
const YOUTH = [4, 3, 2.2, 1.6, 1.2, 1, 0.7]

/** The bucket of a history's length: 1, 2, 3-5, 6-11, 12-24, 25-59, 60 and more. */
export function historyBucket(n: number): number {
  if (n < 1.5) return 0
  if (n < 2.5) return 1
  if (n < 5.5) return 2
  if (n < 11.5) return 3
  if (n < 24.5) return 4
  return n < 59.5 ? 5 : 6
}

/**
 * Decayed number of observations that a value of a feature is judged against: those of its parent's value, or of the
 * whole feature where it has no parent in this event. 0: the parent itself is new, or there is no history.
 */
export function basis(
  profile: Profile,
  feature: number,
  values: Uint32Array,
  left: number,
): number {
  const parent = PARENT[feature] ?? -1
  const hash = parent < 0 ? 0 : (values[parent] ?? 0)
  if (hash === 0) return slotTotal(profile, feature) * left
  const at = findSlot(profile, parent, hash)
  return at < 0 ? 0 : (profile.f32[at + 1] ?? 0) * left
}

/** Where an identity's values were found, by index of the feature: filled by `surprise`, read by whoever comes after it. */
export interface Known {
  /** Word of the value's slot; -1 where the profile does not hold it, or the event has none. */
  readonly slots: Int32Array
  /** What the value is measured against (`basis`). */
  readonly bases: Float64Array
}

/** An empty place for what `surprise` finds. */
export function createKnown(): Known {
  return { slots: new Int32Array(REMEMBERED).fill(-1), bases: new Float64Array(REMEMBERED) }
}

const numbers = (read: (feature: FeatureDefinition, index: number) => number) =>
  Float64Array.from(catalogue.slice(0, REMEMBERED), read)
const floorOf = (index: number) => catalogue[index]?.floor ?? 1

const FLOOR = numbers(({ floor }) => floor)
const MIMICRY = numbers(({ mimicry }) => mimicry)
const TENANT = numbers(({ tenantPoints }) => tenantPoints)
/** Share of a new value in the world, alone and given its parent's value. */
const WORLD = numbers(({ floor }) => Math.min(1, floor))
const WORLD_WITHIN = numbers(({ floor }, i) => Math.min(1, floor / floorOf(PARENT[i] ?? -1)))
/** Pseudo-count of new values that ships, by feature and bucket. */
const SHIPPED_NOVEL = Float64Array.from({ length: REMEMBERED * BUCKETS }, (_, cell) => {
  const { novelty = 0 } = catalogue[Math.floor(cell / BUCKETS)] ?? {}
  return SHIPPED * Math.min(0.8, novelty * (YOUTH[cell % BUCKETS] ?? 1))
})
/** Scratch: share of each value among the organisation's identities, where it was asked for. */
const shares = new Float64Array(REMEMBERED)
const NO_SHARE = -1

/** Rate at which this identity shows something new of a feature: its own, shrunk to the organisation's, to the shipped. */
export function noveltyRate(
  profile: Profile,
  population: Population,
  feature: number,
  n: number,
  left: number,
): number {
  const cell = feature * BUCKETS + historyBucket(n)
  const now = shrink(population)
  const seen = (population.novelty[2 * cell] ?? 0) * now
  const novel = (population.novelty[2 * cell + 1] ?? 0) * now
  const base = (novel + (SHIPPED_NOVEL[cell] ?? 0)) / (seen + novel + SHIPPED)
  const observed = (profile.f32[NOVELTY + 2 * feature] ?? 0) * left
  const fresh = (profile.f32[NOVELTY + 2 * feature + 1] ?? 0) * left
  return Math.max(1e-4, Math.min(0.97, (KAPPA * base + fresh) / (KAPPA + observed)))
}

/** Share of a value among the organisation's identities, with the shipped floor for what nobody has. */
function popularity(population: Population, feature: number, hash: number): number {
  const floor = FLOOR[feature] ?? 0
  const total = Math.max(0, population.valueTotals[feature] ?? 0)
  return (usersOf(population, feature, hash) + POPULARITY * floor) / (total + POPULARITY)
}

/**
 * Per-identity novelty-rate surprise of every remembered feature, in nats, into `points` (before the head's weights);
 * NaN where the event has no value. For a value x with parent value par:
 *   B  = share of x given par among the organisation's identities (floors for what nobody has)
 *   A  = B e^t, what an outsider would show: halfway between the organisation and the world, t at most `tenantPoints`
 *   Pu = (1 - nu) c / max(N, c) + nu B / 2 where the identity knows x (c > 0);  nu^(N / (N + 2)) B where it knows only par
 *        (N > 0);  B else
 *   points = ln(m + (1 - m) A / Pu), so that a familiar value clears at most -ln m
 * A value that has not earned trust (two days, or strong authentication) clears nothing and keeps half its surprise; one in
 * doubt (it came with a new device in a new place, and with nothing trusted since) keeps four fifths. Young devices and networks
 * keep what `doubtOf` says instead.
 * Where it found the values stands in `known`.
 */
export function surprise(
  time: number,
  values: Uint32Array,
  profile: Profile,
  population: Population,
  points: Float64Array,
  known: Known,
): void {
  const { slots, bases } = known
  const { f32 } = profile
  const clock = profile.f64[CLOCK >> 1] ?? 0
  const today = Math.max(dayOf(time), dayOf(clock))
  const left = 1 / growth(profile, today)
  const settled = (profile.u16[ACTIVE * 2] ?? 0) >= 2
  for (let i = 0; i < REMEMBERED; i++) {
    const hash = values[i] ?? 0
    slots[i] = -1
    bases[i] = 0
    shares[i] = NO_SHARE
    if (hash === 0) {
      points[i] = Number.NaN
      continue
    }
    const parent = PARENT[i] ?? -1
    const parentHash = parent < 0 ? 0 : (values[parent] ?? 0)
    const world = (parentHash === 0 ? WORLD[i] : WORLD_WITHIN[i]) ?? 1
    const most = TENANT[i] ?? 0
    let share = world
    let tenant = 0
    // what belongs to one identity (a device, a key) nobody else has by chance, so nobody is asked
    if (most !== 0) {
      const own = popularity(population, i, hash)
      shares[i] = own
      const held = parentHash === 0 ? 1 : (shares[parent] ?? NO_SHARE)
      const above = held === NO_SHARE ? popularity(population, parent, parentHash) : held
      share = Math.max(1e-12, Math.min(1, own / above))
      tenant = tenantSurprise(share, world, most)
    }
    const at = findSlot(profile, i, hash)
    slots[i] = at
    const parentAt = parentHash === 0 ? -1 : (slots[parent] ?? -1)
    let n = 0
    if (parentHash === 0) n = slotTotal(profile, i) * left
    else if (parentAt >= 0) n = (f32[parentAt + 1] ?? 0) * left
    bases[i] = n
    if (i === MANAGEMENT) {
      const c = at < 0 ? 0 : (f32[at + 1] ?? 0) * left
      points[i] = managementSurprise(population, parentHash, hash, c, n)
      continue
    }
    if (at < 0 && n <= 0) {
      points[i] = tenant
      continue
    }
    const rate = noveltyRate(profile, population, i, n, left)
    let llr = 0
    if (at < 0) llr = asNew(tenant, n, rate)
    else {
      const c = (f32[at + 1] ?? 0) * left
      const pu = ((1 - rate) * c) / Math.max(n, c, 1e-9) + 0.5 * rate * share
      llr = tenant + Math.log(share / pu)
      // what is more usual here than in the organisation is always less strange than something new
      if (share > pu) llr = Math.min(asNew(tenant, n, rate), llr)
      const trusted = isTrusted(profile, at)
      if (settled && BROUGHT_AGAIN[i] === 1) {
        const doubt = doubtOf(profile, i, at, c, today, left)
        if (doubt > -Infinity) llr = Math.max(llr, asNew(tenant, n, rate) + doubt)
        if (!trusted) llr = Math.max(0, llr)
      } else if (isDoubted(profile, at)) llr = Math.max(0, IN_DOUBT * asNew(tenant, n, rate))
      else if (!trusted) {
        llr = settled ? Math.max(0, 0.5 * asNew(tenant, n, rate)) : Math.max(0, llr)
      }
    }
    llr = Math.max(-6, Math.min(MOST, llr))
    const mimicry = MIMICRY[i] ?? 0
    points[i] = llr === 0 ? 0 : Math.log(mimicry + (1 - mimicry) * Math.exp(llr))
  }
}

/** Nats of a value never seen: what the organisation says of it, and how seldom this identity shows something new. */
function asNew(tenant: number, n: number, rate: number): number {
  return n > 0 ? tenant - Math.log(rate) * (n / (n + FEW)) : tenant
}

/** Is a device or network, that came `c` times (decayed), still so young that coming seldom speaks against it? */
export function isYoung(
  profile: Profile,
  feature: number,
  at: number,
  c: number,
  today: number,
): boolean {
  if (BROUGHT_AGAIN[feature] !== 1 || c >= YOUNG_EVENTS || isProven(profile, at)) return false
  return today - slotDays(profile, at).first < YOUNG_DAYS
}

/**
 * How much stranger than a value never seen a young one is, nats: somebody else comes back a few times, an owner many, so it
 * grows with ln(1 + e), e the events that the identity showed since, and falls with each of the value's own (`c`) and with time.
 * Minus infinity for a value that is young no more, or that strong authentication proved.
 */
function doubtOf(
  profile: Profile,
  feature: number,
  at: number,
  c: number,
  today: number,
  left: number,
): number {
  if (!isYoung(profile, feature, at, c, today)) return -Infinity
  const age = Math.max(0, today - slotDays(profile, at).first)
  const halfLife = profile.f32[HALF_LIFE] ?? 0
  const lived = Math.max(1, today - dayOf(profile.f64[FIRST >> 1] ?? 0))
  const mean = (halfLife * (1 - 2 ** (-lived / halfLife))) / Math.LN2
  const since = (slotTotal(profile, feature) * left * age) / mean
  const together = isDoubted(profile, at) ? CAME_TOGETHER : 0
  const doubt = Math.log1p(since) - DOUBT_PER_EVENT * c - age / DOUBT_DAYS + together
  return Math.min(MOST_DOUBT, doubt)
}

/** How much rarer a value is in the organisation than an outsider would show it, nats; exactly 0 where nothing is known. */
function tenantSurprise(share: number, world: number, most: number): number {
  if (Math.abs(world - share) < 1e-9 * share) return 0
  return Math.max(-0.7, Math.min(most, Math.log(0.5 + (0.5 * world) / share)))
}
