import { type EnrichedEvent, type NotAssessedCode, SEVERITIES } from '@gatewatch/schema'
import {
  histogramOf,
  judgedIn,
  riskOf,
  SHORT,
  scoresIn,
  tailProbability,
  YOUNG,
} from './combine/calibrate.ts'
import { surprise } from './detectors/surprise.ts'
import { positivePoints, together } from './detectors/together.ts'
import { catalogue, indexOf, REMEMBERED } from './features/catalogue.ts'
import { numericSurprise, rateSurprise, type Usual } from './features/numeric.ts'
import { isAuthentication, isPresence } from './features/read.ts'
import { HOUR_BINS, hourDensity, hourSurprise, hoursShare } from './features/time-of-week.ts'
import { FAST_KMH, travelSurprise } from './features/travel.ts'
import { CAMPAIGN, failuresAt, periodOf, successesAt, usualFastAt } from './population/campaign.ts'
import { type Population, shrink } from './population/population.ts'
import { dayOf, growth } from './profile/decay.ts'
import { CLOCK, HOURS, MOVES, NUMERIC, NUMERIC_SUMS } from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import { COUNTER, countOf } from './profile/short-memory.ts'
import { evaluateRules } from './rules/index.ts'
import { campaignOf, readEvent, readSignals } from './signals.ts'
import type { Assessment, Finding, Models, Signals } from './types.ts'

const AT = {
  hour: indexOf('hour'),
  travel: indexOf('travel'),
  bytesOut: indexOf('bytes_out'),
  bytesIn: indexOf('bytes_in'),
  identityRate: indexOf('identity_rate'),
  deviceRate: indexOf('device_rate'),
  placeRate: indexOf('place_rate'),
  prefixFailures: indexOf('prefix_failures'),
  asnFailures: indexOf('asn_failures'),
  reputation: indexOf('reputation'),
  vendor: indexOf('vendor'),
  together: indexOf('together'),
}

/** The risk of a newcomer stays below 86 as long as no rule speaks. */
const SHORT_MOST_RISK = 85
/** Share of benign events that the default policy lets raise an alert. */
const BUDGET = 1e-3
/** What a sum of a tenant's numbers starts from: log1p of about 20 kB, and of two sign-ins and twenty calls an hour. */
const SHIPPED: readonly Usual[] = [
  { mean: 10, sd: 2.5 },
  { mean: 9, sd: 2.5 },
  { mean: 0.9, sd: 0.4 },
  { mean: 2.5, sd: 1.2 },
]

/** An empty assessment; made once and given to every `assess`. */
export function createAssessment(): Assessment {
  return {
    score: 0,
    risk: 0,
    probability: 0,
    decision: 'allow',
    signals: emptySignals(),
    points: new Float64Array(catalogue.length),
    findings: [],
    notAssessed: [],
    values: new Uint32Array(REMEMBERED),
    identity: 0,
    target: 0,
    attempt: 0,
    zone: 0,
    hourBin: 0,
    histogram: 0,
    isLate: false,
    isFuture: false,
    alerted: false,
    alertedWeight: 0,
  }
}

/** Judges an event against what is known. Changes nothing but `out`, which the caller owns. */
export function assess(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  models: Models,
  out: Assessment,
): void {
  const { points, signals } = out
  readEvent(input, profile, population, out)
  readSignals(input, profile, population, out)
  surprise(input.event.time, out.values, profile, population, points)
  points[AT.hour] = hourPoints(input, profile, population, out)
  points[AT.travel] = travelPoints(profile, signals)
  numericPoints(input, profile, population, points)
  crowdPoints(input, population, out)

  points[AT.together] = Number.NaN

  let score = 0
  for (let i = 0; i < points.length; i++) {
    const weighed = (points[i] ?? Number.NaN) * (models.head[i] ?? Number.NaN)
    // a term that could not be worked out says nothing, whatever the model
    points[i] = Number.isNaN(weighed) ? 0 : weighed
    score += points[i] ?? 0
  }
  signals.networkSurprise = positivePoints(points, 'network')
  signals.deviceSurprise = positivePoints(points, 'device')
  points[AT.together] = together(points) * (models.head[AT.together] ?? 0)
  score += points[AT.together] ?? 0
  out.findings = restrained(evaluateRules({ input, signals }))
  for (const finding of out.findings) score += finding.points
  out.score = score

  const histogram = histogramOf(input, signals)
  out.histogram = histogram
  let risk = riskOf(tailProbability(population, histogram, score))
  if (signals.history < SHORT && out.findings.length === 0) risk = Math.min(risk, SHORT_MOST_RISK)
  out.risk = risk
  out.probability = 0
  out.decision = 'allow'
  out.alerted = false
  const alerted = (population.alerted[histogram] ?? 0) * shrink(population)
  const judged = (population.judged[histogram] ?? 0) * shrink(population)
  out.alertedWeight =
    out.findings.length > 0 ? 0 : Math.min(1, (1.5 * BUDGET * judged) / (alerted + 1))
  collectCodes(input, out, scoresIn(population, histogram), judgedIn(population))
}

function hourPoints(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  out: Assessment,
): number {
  const { f32 } = profile
  const day = Math.max(dayOf(input.event.time), dayOf(profile.f64[CLOCK >> 1] ?? 0))
  const left = 1 / growth(profile, day)
  let own = 0
  for (let i = 0; i < HOUR_BINS; i++) own += f32[HOURS + i] ?? 0
  const group = input.entity.class === 'service' ? 1 : 0
  const points = hourSurprise(
    f32,
    HOURS,
    own * left,
    population.hours,
    group * HOUR_BINS,
    (population.hourTotals[group] ?? 0) * shrink(population),
    out.hourBin,
  )
  // there is little else that somebody never seen before can be judged by
  return out.signals.history > 0 ? points : 2.5 * points
}

function travelPoints(profile: Profile, signals: Signals): number {
  if (signals.travel === null) return Number.NaN
  if (signals.travel.speed_kmh <= FAST_KMH) return 0
  const { f32 } = profile
  return travelSurprise(f32[MOVES + 1] ?? 0, f32[MOVES] ?? 0)
}

function numericPoints(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  points: Float64Array,
): void {
  const { traffic, time } = input.event
  const group = input.entity.class === 'service' ? 1 : 0
  const left = 1 / growth(profile, Math.max(dayOf(time), dayOf(profile.f64[CLOCK >> 1] ?? 0)))
  const surpriseOf = (which: number, x: number): number => {
    if (Number.isNaN(x)) return Number.NaN
    const at = NUMERIC_SUMS + 3 * which
    const { f32 } = profile
    const own = {
      n: (f32[at] ?? 0) * left,
      sum: (f32[at + 1] ?? 0) * left,
      squares: (f32[at + 2] ?? 0) * left,
    }
    return numericSurprise(x, own, usualOf(population, group, which))
  }
  points[AT.bytesOut] = surpriseOf(0, Math.log1p(traffic?.bytes_out ?? Number.NaN))
  points[AT.bytesIn] = surpriseOf(1, Math.log1p(traffic?.bytes_in ?? Number.NaN))
  const signIn = isAuthentication(input)
  const counter = signIn ? COUNTER.signIns : COUNTER.events
  const rate = Math.log1p(countOf(profile, counter, time) + (input.event.count ?? 1))
  // few events in an hour are no evidence for anybody: only more than usual is strange
  points[AT.identityRate] = Math.max(0, surpriseOf(signIn ? 2 : 3, rate))
}

/** Mean and deviation of a number in the organisation, shrunk to the shipped one with 20 pseudo-observations. */
function usualOf(population: Population, group: number, which: number): Usual {
  const shipped = SHIPPED[which] ?? { mean: 0, sd: 1 }
  const at = (group * NUMERIC + which) * 3
  const now = shrink(population)
  // sums are kept of x in 32nds
  const n = (population.numbers[at] ?? 0) * now + 20
  const sum = ((population.numbers[at + 1] ?? 0) * now) / 32
  const squares = ((population.numbers[at + 2] ?? 0) * now) / 1024
  const mean = (sum + 20 * shipped.mean) / n
  const square = (squares + 20 * (shipped.sd ** 2 + shipped.mean ** 2)) / n
  return { mean, sd: Math.sqrt(Math.max(0.1, square - mean * mean)) }
}

function crowdPoints(input: EnrichedEvent, population: Population, out: Assessment): void {
  const { points, values } = out
  const { event, context } = input
  const period = periodOf(event.time)
  points[AT.deviceRate] = Number.NaN
  points[AT.placeRate] = Number.NaN
  points[AT.prefixFailures] = Number.NaN
  points[AT.asnFailures] = Number.NaN
  if (isAuthentication(input)) {
    const prefix = campaignOf(population, CAMPAIGN.prefix, input, values)
    if (prefix !== undefined) {
      points[AT.prefixFailures] =
        0.8 * failRatio(failuresAt(prefix, period), successesAt(prefix, period), 4, 3.5)
    }
    const asn = campaignOf(population, CAMPAIGN.asn, input, values)
    if (asn !== undefined) {
      points[AT.asnFailures] =
        0.5 * failRatio(failuresAt(asn, period), successesAt(asn, period), 20, 3)
    }
  }
  if (isPresence(input)) {
    const busy = busyness(population, input.entity.class === 'service' ? 1 : 0, out.hourBin)
    points[AT.deviceRate] = crowding(population, CAMPAIGN.device, input, values, period, busy)
    points[AT.placeRate] = crowding(population, CAMPAIGN.city, input, values, period, busy)
  }
  let listed = Number.NaN
  for (const { age_days } of context.network?.listed ?? []) {
    const fresh = 1.5 * 2 ** (-Math.max(0, age_days) / 30)
    if (!(listed >= fresh)) listed = fresh
  }
  points[AT.reputation] = listed
  points[AT.vendor] = vendorPoints(input, out.signals)
}

/** ln of the decayed share of failures, with pseudo-events at the usual 5 %, over 5 %; between -.3 and `most`. */
function failRatio(failures: number, successes: number, pseudo: number, most: number): number {
  const ratio = (failures + 0.05 * pseudo) / (failures + successes + pseudo)
  return Math.max(-0.3, Math.min(most, Math.log(ratio / 0.05)))
}

/** How much busier than a week's average the organisation is at an hour: at least 1, at most 10. */
function busyness(population: Population, group: number, bin: number): number {
  const total = population.hourTotals[group] ?? 0
  if (!(total > 0)) return 1
  const density = hourDensity(population.hours, group * HOUR_BINS, bin, total)
  return Math.max(1, Math.min(10, density / hoursShare(bin)))
}

function crowding(
  population: Population,
  kind: number,
  input: EnrichedEvent,
  values: Uint32Array,
  period: number,
  busy: number,
): number {
  const entry = campaignOf(population, kind, input, values)
  if (entry === undefined) return Number.NaN
  const now = failuresAt(entry, period) + successesAt(entry, period) + 1
  return rateSurprise(now, usualFastAt(entry, period) * busy)
}

/** What source or caller claim: weak evidence, at most 1.5 nats. */
function vendorPoints(input: EnrichedEvent, signals: Signals): number {
  const { vendor_risk, auth } = input.event
  let points = Number.NaN
  if (vendor_risk !== undefined) {
    points = vendor_risk.level_id === 4 ? 1 : vendor_risk.level_id >= 2 ? 0.4 : 0
  }
  if (auth?.new_device === true && signals.newDevice !== false) {
    points = 0.5 + (Number.isNaN(points) ? 0 : points)
  }
  return points
}

/**
 * Findings with the points that they may add: those of one campaign 3 nats together; of all findings the strongest
 * counts whole, each further one 60 % of the one before's share, so that many names for one thing do not flood a score.
 */
function restrained(findings: readonly Finding[]): Finding[] {
  if (findings.length === 0) return []
  const order = findings.toSorted(
    (a, b) =>
      b.points - a.points ||
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      (a.code < b.code ? -1 : 1),
  )
  let campaign = 3
  let share = 1
  return order.map((finding) => {
    let points = finding.points * share
    if (finding.campaign !== undefined) {
      points = Math.min(points, campaign)
      campaign -= points
    }
    share *= 0.6
    return { ...finding, points }
  })
}

function collectCodes(input: EnrichedEvent, out: Assessment, alike: number, judged: number): void {
  const codes = out.notAssessed
  codes.length = 0
  const say = (code: NotAssessedCode) => {
    if (!codes.includes(code)) codes.push(code)
  }
  for (const code of input.context.missing) say(code)
  const { event, context } = input
  if (out.signals.history <= 0) say('no_history')
  else if (out.signals.history < SHORT) say('short_history')
  const kind = event.src.ip_kind
  if (kind === 'service') say('service_address')
  else if (kind === 'invalid')
    say(event.src.ip_raw === undefined ? 'invalid_address' : 'opaque_address')
  else if (kind === 'missing') say('hidden_address')
  else if (kind !== 'public' && kind !== 'hostname') say('private_address')
  if (context.place?.country === undefined) say('no_location')
  if (context.network === undefined) say('no_network')
  if (isAuthentication(input)) {
    if (event.device?.uid === undefined) say('no_device')
    if (context.client.os === undefined && context.client.browser === undefined)
      say('no_user_agent')
  }
  if (out.isLate) say('late')
  if (out.isFuture) say('future_time')
  if (event.class_uid === 0) say('unmapped')
  if (alike < 1) say('no_calibration')
  if (judged < YOUNG) say('population_young')
}

function emptySignals(): Signals {
  return {
    history: 0,
    ageDays: Number.NaN,
    idleDays: Number.NaN,
    activeDays: 0,
    newCountry: null,
    newCity: null,
    newAsn: null,
    newPrefix: null,
    newDevice: null,
    newOs: null,
    newBrowser: null,
    newAction: null,
    newService: null,
    newRegion: null,
    countryUsers: Number.NaN,
    asnUsers: Number.NaN,
    prefixUsers: Number.NaN,
    actionUsers: Number.NaN,
    travel: null,
    travelRate: Number.NaN,
    runningSessionCountry: null,
    runningSessionHours: Number.NaN,
    failures10m: 0,
    failures60m: 0,
    mfaDenied60m: 0,
    minutesSincePasswordReset: Number.NaN,
    minutesSinceMfaChange: Number.NaN,
    resets60m: 0,
    creates60m: 0,
    deletes60m: 0,
    usualCreates60m: 0,
    usualDeletes60m: 0,
    denied60m: 0,
    newActions60m: 0,
    events60m: 0,
    usualEvents60m: 0,
    bytesOut24h: 0,
    bytesOutUsual: Number.NaN,
    bytesOutUsualSd: Number.NaN,
    prefixFailingUsers: Number.NaN,
    prefixFailures: Number.NaN,
    prefixSuccesses: Number.NaN,
    asnFailingUsers: Number.NaN,
    clientFailingUsers: Number.NaN,
    prefixFailingUsersUsual: Number.NaN,
    asnFailingUsersUsual: Number.NaN,
    clientFailingUsersUsual: Number.NaN,
    localHour: 0,
    localDay: 0,
    hourShare: Number.NaN,
    networkSurprise: 0,
    deviceSurprise: 0,
  }
}
