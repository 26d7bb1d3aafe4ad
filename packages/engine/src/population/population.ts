import { REMEMBERED } from '../features/catalogue.ts'
import { type HashKey, hashKey } from '../features/keyed-hash.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import { AMOUNTS, NUMERIC } from '../profile/layout.ts'
import {
  addCounts,
  addFailing,
  CAMPAIGN_KINDS,
  type CampaignEntry,
  createEntry,
  isSpent,
  SLOT_MS,
} from './campaign.ts'
import { ADD, type PopulationDelta } from './delta.ts'
import { addRehearsal, dropIdentity, type Rehearsal } from './rehearsals.ts'
import { addSamples, dropSamples, noSamples, type Sample, type Samples } from './samples.ts'
import { addMark, dropMarks, MARK, MARKS, type Wave } from './wave.ts'

export { createDelta, mergeDelta, type PopulationDelta } from './delta.ts'

/** Buckets of history that novelty rates are kept by: 1, 2, 3-5, 6-11, 12-24, 25-59, 60 and more. */
export const BUCKETS = 7
/** Bins of a score histogram. */
export const BINS = 4000
/** Width of a bin, nats. */
export const BIN_NATS = 0.02
/** Score at which the lowest bin begins. */
export const LOWEST = -20
/** Histograms of scores: 12 of events (calibrate.ts says which event belongs to which), of sessions of people and of services, and of sign-ins of newcomers. */
export const HISTOGRAMS = 16
/** First of the sessions' histograms. */
export const SESSION_HISTOGRAM = 12
/** First of the histograms of newcomers' sign-ins. */
export const YOUNG_HISTOGRAM = 14
/** First cell of `numbers` that is about sessions. */
export const SESSION_CELLS = 2 * NUMERIC * 3
/**
 * Amounts of sessions that the organisation keeps sums of: those of the profile (layout.ts), objects read, refusals, and by the
 * square root of how many actions there were refusals, deletions, operations of reconnaissance and sensitive ones.
 */
const SESSION_AMOUNTS = AMOUNTS + 6
const SESSION_CELLS_EACH = 1 + 3 * SESSION_AMOUNTS

/** The cell of `numbers` that counts the sessions of people (0) or services (1). */
export function sessionsCell(group: 0 | 1): number {
  return SESSION_CELLS + group * SESSION_CELLS_EACH
}

/** The first of three cells of `numbers` (weight, x, x squared) of an amount of sessions. */
export function amountCell(group: 0 | 1, which: number): number {
  return sessionsCell(group) + 1 + 3 * which
}
/** Days after which the organisation's sums count half. */
const HALF_LIFE_DAYS = 32
/**
 * Score histograms count half after 3.2 days, a tenth of that: identities become better known, and what was strange a week
 * ago says little of what is strange now. Sessions are few: theirs after 6.4 days.
 */
const SCORE_LIVES = 10
const SESSION_LIVES = 5

/**
 * What a tenant knows together. All sums by day are counted forward from `landmark` (a day) and read times `shrink`;
 * values and campaign counters are exact sparse counts. Built from deltas by addition alone.
 */
export interface Population {
  readonly key: HashKey
  landmark: number
  /** What is left on the newest day of a sum by day: 2^((landmark - day) / 32). */
  left: number
  /** The same of score histograms, and of those of sessions. */
  scoresLeft: number
  sessionsLeft: number
  /** Events judged since the beginning, exact: it names the moment at which models were fitted. */
  events: number
  /** Aged identities: people, services. */
  readonly aged: [people: number, services: number]
  /** First day of which an event was judged; 0 before any. */
  firstDay: number
  /** Newest day and newest campaign period that was added. */
  day: number
  period: number
  /** Distinct aged identities by value (`keyOf`), and their sum, for each remembered feature. */
  readonly values: Map<number, number>[]
  readonly valueTotals: Float64Array
  readonly novelty: Float64Array
  readonly hours: Float64Array
  readonly hourTotals: Float64Array
  readonly scores: Float64Array
  /** Sums of 64 bins each, so that counting a tail is short. */
  readonly coarse: Float64Array
  readonly numbers: Float64Array
  /** Told which bins of a histogram, `end` excluded, are read while somebody writes down what is (seen.ts). */
  watch: ((histogram: number, begin: number, end: number) => void) | null
  readonly judged: Float64Array
  readonly accused: Float64Array
  readonly zones: Map<number, number>
  /** Counters by kind and value (`keyOf`). */
  readonly campaigns: Map<number, CampaignEntry>[]
  /** Seconds of the latest password reset (0) and change of factors (1) by hash of whose; seven days at most. */
  readonly changes: readonly [Map<number, number>, Map<number, number>]
  /** What campaigns under way are known again by, by kind of mark (wave.ts). */
  readonly marks: Map<number, Wave>[]
  /** Identities that were erased within a day, by hash, and when (seconds): what is said of them up to then is not kept. */
  readonly forgotten: Map<number, number>
  /** Sign-ins kept to refit the head, the oldest first; at least the newest 2,048. */
  readonly rehearsals: Rehearsal[]
  /** Sign-ins kept to fit members of the ensemble. */
  readonly samples: Samples
}

/** Bins that one coarse sum spans. */
export const COARSE = 64

/**
 * The population of a tenant that knows nothing.
 * @throws RangeError when the tenant's secret has fewer than 16 bytes.
 */
export function createPopulation(secret: Uint8Array): Population {
  const population: Population = {
    key: hashKey(secret),
    landmark: 0,
    left: Number.NaN,
    scoresLeft: Number.NaN,
    sessionsLeft: Number.NaN,
    events: Number.NaN,
    aged: [0, 0],
    firstDay: Number.NaN,
    day: Number.NaN,
    period: Number.NaN,
    values: Array.from({ length: REMEMBERED }, () => new Map<number, number>()),
    valueTotals: new Float64Array(REMEMBERED),
    novelty: new Float64Array(REMEMBERED * BUCKETS * 2),
    hours: new Float64Array(2 * HOUR_BINS),
    hourTotals: new Float64Array(2),
    scores: new Float64Array(HISTOGRAMS * BINS),
    coarse: new Float64Array(HISTOGRAMS * Math.ceil(BINS / COARSE)),
    numbers: new Float64Array(amountCell(1, SESSION_AMOUNTS)),
    judged: new Float64Array(HISTOGRAMS),
    accused: new Float64Array(HISTOGRAMS),
    zones: new Map(),
    campaigns: Array.from({ length: CAMPAIGN_KINDS }, () => new Map<number, CampaignEntry>()),
    changes: [new Map(), new Map()],
    marks: Array.from({ length: MARKS }, () => new Map<number, Wave>()),
    forgotten: new Map(),
    rehearsals: [],
    samples: noSamples(),
    watch: null,
  }
  // What is added comes as doubles; whole numbers that become doubles later cost all compiled code that reads the object.
  population.events = 0
  population.firstDay = 0
  population.period = 0
  settleDay(population, 0)
  return population
}

/** Factor by which sums by day are read: what is left of them on the population's newest day. */
export function shrink(population: Population): number {
  return population.left
}

/** The same for a score histogram. */
export function shrinkScores(population: Population, histogram: number): number {
  return isOfEvents(histogram) ? population.scoresLeft : population.sessionsLeft
}

function isOfEvents(histogram: number): boolean {
  return histogram < SESSION_HISTOGRAM || histogram >= YOUNG_HISTOGRAM
}

function livesOf(histogram: number): number {
  return isOfEvents(histogram) ? SCORE_LIVES : SESSION_LIVES
}

/** Judged events of a histogram a day and aged identity of its class; NaN while no identity is aged. */
export function judgedRate(population: Population, histogram: number, service: 0 | 1): number {
  const age = population.day - population.firstDay + 1
  // a steady rate r leaves r * H / ln 2 * (1 - 2^(-age / H)) behind
  const days = (HALF_LIFE_DAYS / Math.LN2) * (1 - 2 ** (-age / HALF_LIFE_DAYS))
  const identities = population.aged[service]
  if (!(identities > 0)) return Number.NaN
  return ((population.judged[histogram] ?? 0) * shrink(population)) / days / identities
}

/** A hash as a key of `values` and `campaigns`: as a signed number it is found without an object being made of it. */
export function keyOf(hash: number): number {
  return hash | 0
}

/** Distinct aged identities that use a value. */
export function usersOf(population: Population, feature: number, hash: number): number {
  return population.values[feature]?.get(keyOf(hash)) ?? 0
}

/** Adds a delta. Deltas may come in any order: the result differs by rounding at most. */
export function applyDelta(population: Population, delta: PopulationDelta): void {
  const { additions } = delta
  const periodBefore = population.period
  for (let i = 0; i < additions.length; i += 5) {
    applyOne(
      population,
      additions[i] ?? 0,
      additions[i + 1] ?? 0,
      additions[i + 2] ?? 0,
      additions[i + 3] ?? 0,
      additions[i + 4] ?? 0,
    )
  }
  const { forgotten } = population
  const isKept = (identity: number, seconds: number) => (forgotten.get(identity) ?? -1) < seconds
  for (const one of delta.rehearsals) {
    if (!isKept(one.identity, one.time) || !isKept(one.lender, one.time)) continue
    addRehearsal(population.rehearsals, one)
  }
  addSamples(population.samples, forgotten.size === 0 ? delta.samples : kept(delta.samples, isKept))
  // spent counters are looked for once every eight periods (six hours)
  if (population.period >> 3 !== periodBefore >> 3) dropSpent(population)
}

function kept(
  { ordinary, uncommon, strange, judged, sequences }: Samples,
  isKept: (identity: number, seconds: number) => boolean,
): Samples {
  const some = <T extends Sample>(list: readonly T[]) =>
    list.filter(({ identity, time }) => isKept(identity, time))
  return {
    ordinary: some(ordinary),
    uncommon: some(uncommon),
    strange: some(strange),
    judged: some(judged),
    sequences: some(sequences),
  }
}

function applyOne(
  population: Population,
  kind: number,
  a: number,
  b: number,
  time: number,
  amount: number,
): void {
  switch (kind) {
    case ADD.value: {
      const counts = population.values[a]
      if (counts === undefined) return
      const key = keyOf(b)
      const count = (counts.get(key) ?? 0) + amount
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
      population.valueTotals[a] = (population.valueTotals[a] ?? 0) + amount
      return
    }
    case ADD.aged:
      population.aged[a === 0 ? 0 : 1] += amount
      return
    case ADD.success:
      addCounts(entryOf(population, a, b, time), time, amount, 0, 0)
      return
    case ADD.failure:
      addCounts(entryOf(population, a, b, time), time, 0, amount, 0)
      return
    case ADD.slow:
      addCounts(entryOf(population, a, b, time), time, 0, 0, amount)
      return
    case ADD.failing:
      if (isForgotten(population, amount, (time * SLOT_MS) / 1000)) return
      addFailing(entryOf(population, a, b, time), time, amount)
      return
    case ADD.change: {
      if (isForgotten(population, b, time)) return
      const changes = population.changes[a === 0 ? 0 : 1]
      changes.set(b, Math.max(time, changes.get(b) ?? 0))
      return
    }
    case ADD.mark: {
      if (a === MARK.target && isForgotten(population, b, (time * SLOT_MS) / 1000)) return
      const marks = population.marks[a]
      if (marks !== undefined) addMark(marks, b, time, amount)
      return
    }
    case ADD.forget:
      forget(population, b, time)
      return
    default:
      addByDay(population, kind, a, time, amount)
  }
}

function isForgotten({ forgotten }: Population, identity: number, seconds: number): boolean {
  return forgotten.size > 0 && (forgotten.get(identity) ?? -1) >= seconds
}

/** Takes out what is kept under an identity's hash. Counts that only tell how many there were stay. */
function forget(population: Population, identity: number, seconds: number): void {
  population.forgotten.set(identity, Math.max(seconds, population.forgotten.get(identity) ?? 0))
  dropIdentity(population.rehearsals, identity, seconds)
  dropSamples(population.samples, identity, seconds)
  for (const changes of population.changes) {
    if ((changes.get(identity) ?? 0) <= seconds) changes.delete(identity)
  }
  const isOver = (period = 0) => (period * SLOT_MS) / 1000 <= seconds
  const targets = population.marks[MARK.target]
  if (isOver(targets?.get(identity)?.last)) targets?.delete(identity)
  for (const entries of population.campaigns) {
    for (const { ids } of entries.values()) if (isOver(ids?.get(identity))) ids?.delete(identity)
  }
}

function entryOf(
  population: Population,
  kind: number,
  hash: number,
  period: number,
): CampaignEntry {
  if (period > population.period) population.period = period
  const entries = population.campaigns[kind]
  const key = keyOf(hash)
  const known = entries?.get(key)
  if (known !== undefined) return known
  const entry = createEntry(period)
  entries?.set(key, entry)
  return entry
}

function addByDay(
  population: Population,
  kind: number,
  a: number,
  day: number,
  amount: number,
): void {
  if (day > population.day) advance(population, day)
  const grown = growthUntil(day - population.landmark)
  const weight = amount * grown.sums
  switch (kind) {
    case ADD.novelty:
      population.novelty[a] = (population.novelty[a] ?? 0) + weight / 5
      return
    case ADD.hour: {
      population.hours[a] = (population.hours[a] ?? 0) + weight / 5
      const total = a < HOUR_BINS ? 0 : 1
      population.hourTotals[total] = (population.hourTotals[total] ?? 0) + weight / 5
      return
    }
    case ADD.score: {
      const histogram = Math.floor(a / BINS)
      const fast = (amount / 5) * (isOfEvents(histogram) ? grown.scores : grown.sessions)
      population.scores[a] = (population.scores[a] ?? 0) + fast
      const coarse =
        histogram * Math.ceil(BINS / COARSE) + Math.floor((a - histogram * BINS) / COARSE)
      population.coarse[coarse] = (population.coarse[coarse] ?? 0) + fast
      return
    }
    case ADD.number:
      population.numbers[a] = (population.numbers[a] ?? 0) + weight
      return
    case ADD.zone:
      population.zones.set(a, (population.zones.get(a) ?? 0) + weight / 5)
      return
    case ADD.judged:
      population.events += amount
      if (population.firstDay === 0 || day < population.firstDay) population.firstDay = day
      population.judged[a] = (population.judged[a] ?? 0) + weight
      return
    case ADD.accused:
      population.accused[a] = (population.accused[a] ?? 0) + weight
      return
    default:
      throw new RangeError(`a population delta has an addition of unknown kind ${kind}`)
  }
}

let grownDays = Number.NaN
let grown = { sums: Number.NaN, scores: Number.NaN, sessions: Number.NaN }

/** What one counts on a day so long after the landmark. A batch is of one day or two: the last answer is kept. */
function growthUntil(days: number): { sums: number; scores: number; sessions: number } {
  if (days !== grownDays) {
    grownDays = days
    grown = {
      sums: 2 ** (days / HALF_LIFE_DAYS),
      scores: 2 ** ((SCORE_LIVES * days) / HALF_LIFE_DAYS),
      sessions: 2 ** ((SESSION_LIVES * days) / HALF_LIFE_DAYS),
    }
  }
  return grown
}

/** Moves the newest day on. */
function advance(population: Population, day: number): void {
  moveLandmark(population, day)
  settleDay(population, day)
}

/** Sets the newest day, and with it what is left of sums. */
export function settleDay(population: Population, day: number): void {
  population.day = day
  population.left = 2 ** ((population.landmark - day) / HALF_LIFE_DAYS)
  population.scoresLeft = population.left ** SCORE_LIVES
  population.sessionsLeft = population.left ** SESSION_LIVES
}

/** Moves the landmark by whole half-lives (exact) before numbers grow large. */
function moveLandmark(population: Population, day: number): void {
  if (population.landmark === 0) population.landmark = day - (day % HALF_LIFE_DAYS)
  const lives = Math.floor((day - population.landmark) / HALF_LIFE_DAYS)
  if (lives < 16) return
  const factor = 2 ** -Math.min(lives, 1000)
  for (const sums of [
    population.novelty,
    population.hours,
    population.hourTotals,
    population.numbers,
    population.judged,
    population.accused,
  ]) {
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) * factor
  }
  for (const sums of [population.scores, population.coarse]) {
    const each = sums.length / HISTOGRAMS
    for (let i = 0; i < sums.length; i++) {
      sums[i] = (sums[i] ?? 0) * factor ** livesOf(Math.floor(i / each))
    }
  }
  for (const [zone, weight] of population.zones) population.zones.set(zone, weight * factor)
  population.landmark += lives * HALF_LIFE_DAYS
}

function dropSpent(population: Population): void {
  for (const entries of population.campaigns) {
    for (const [hash, entry] of entries) {
      if (isSpent(entry, population.period)) entries.delete(hash)
    }
  }
  for (const marks of population.marks) dropMarks(marks, population.period)
  const weekAgo = (population.period * SLOT_MS) / 1000 - 7 * 86_400
  for (const [identity, time] of population.forgotten) {
    if (time < weekAgo + 6 * 86_400) population.forgotten.delete(identity)
  }
  for (const changes of population.changes) {
    for (const [hash, time] of changes) if (time < weekAgo) changes.delete(hash)
  }
}

/** The zone most of the organisation's learned events were in; 0 (no zone) where none is known. The smaller wins a tie. */
export function organisationZone(population: Population): number {
  let best = 0
  let most = 0
  for (const [zone, weight] of population.zones) {
    if (weight > most || (weight === most && zone < best)) {
      best = zone
      most = weight
    }
  }
  return best
}
