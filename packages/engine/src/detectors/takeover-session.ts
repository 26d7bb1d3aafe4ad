import type { EnrichedEvent } from '@gatewatch/schema'
import { riskOf, sessionTail } from '../combine/calibrate.ts'
import { effectsOf } from '../effects.ts'
import { indexOf } from '../features/catalogue.ts'
import { keyedHash } from '../features/keyed-hash.ts'
import { isAuthentication } from '../features/read.ts'
import {
  amountCell,
  type Population,
  SESSION_HISTOGRAM,
  sessionsCell,
  shrink,
} from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import { CLOCK, SESSION_SUMS } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import { isFirstTime, knowsObject, readSession } from '../profile/session.ts'
import { advanceChains } from '../rules/attack-chains.ts'
import { sensitiveOperation } from '../rules/sensitive-operations.ts'
import type { Assessment } from '../types.ts'

/** What a session's score is made of, by index of its evidence. */
export const CHANNELS = [
  'sign_in',
  'network',
  'program',
  'region',
  'order',
  'hour',
  'sensitive',
  'transfers',
  'bytes',
  'objects',
  'denied',
  'deletes',
  'together',
] as const
export type Channel = (typeof CHANNELS)[number]

const AT = Object.fromEntries(CHANNELS.map((name, i) => [name, i])) as Record<Channel, number>

/** What a nat of each channel counts for, and the most nats it may have. Tuned on the offices' worlds 1 to 3. */
const WEIGHT = [1.4, 0.7, 0.6, 0.35, 0.5, 0.4, 0.1, 0.8, 1.2, 1.4, 0.3, 0.55, 1]
const MOST = [12, 12, 8, 8, 4, 3, 8, 30, 12, 12, 12, 12, 20]

/** One value is worth at most this many nats to a session, and once only. */
const MOST_A_VALUE = 4

const FEATURE = {
  hour: indexOf('hour'),
  bytes: indexOf('bytes_out'),
  action: indexOf('action'),
}

/** Which terms feed which channel, with what of them counts. A value that is known gives no credit: only surprise counts. */
const FED: readonly (readonly [feature: number, channel: number, share: number])[] = [
  [indexOf('country'), AT.network, 0.5],
  [indexOf('city'), AT.network, 0.2],
  [indexOf('asn'), AT.network, 1.3],
  [indexOf('prefix'), AT.network, 0.5],
  [indexOf('network_class'), AT.network, 1],
  [indexOf('client'), AT.program, 1],
  [indexOf('region'), AT.region, 1],
  [indexOf('sequence'), AT.order, 1],
]

/** Terms whose newness makes a sensitive operation count. */
const NEW_POWERS: readonly number[] = ['service', 'action', 'role', 'credential'].map(indexOf)

/** Sessions that an organisation must have shown before one of them is called strange. */
const FEW_SESSIONS = 50

/** Share of benign sessions that may raise an alert. */
const BUDGET = 1e-3

/** Label of the hash of an object, among those that are not features. */
const OBJECT = 1002

/** The part of a transfer's surprise that is ordinary, nats. */
const ORDINARY_TRANSFER = 0.5

/** Most of a sign-in's score that a session begins with, nats. */
export const MOST_START = MOST[AT.sign_in] ?? 12

/**
 * Follows what an identity does: reads its session from the profile, adds what this event is evidence of, and judges the
 * session as a whole, into `out.session`. A session begins after an hour of silence. Familiar networks and devices give no
 * credit here: evidence of a channel only adds up (to its cap, each value once), and what the session sent and which objects
 * it touched for the first time is compared with the identity's and the organisation's sessions. The score is calibrated
 * against the highest scores of former sessions, so that its risk is per session, not per event. Sign-ins are not judged; they
 * set what a session begins with. Call it when `out.raw` is complete. Late events are not part of any session.
 */
export function followSession(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  out: Assessment,
): void {
  const { session, raw, values, signals } = out
  signals.session = null
  signals.chains = Number.NaN
  if (out.isLate || out.isFuture) {
    session.start = 0
    return
  }
  const { event } = input
  readSession(profile, event.time, session)
  const group = input.entity.class === 'service' ? 1 : 0
  if (session.isFresh) session.closing = closingWeight(population, group)
  if (isAuthentication(input)) return

  const { evidence } = session
  session.actions += event.count ?? 1
  for (const [feature, channel, share] of FED) {
    const points = (raw[feature] ?? 0) * share
    const value = values[feature] ?? 0
    if (points <= 0 || value === 0) continue
    if (isFirstTime(session, mixed(feature, value))) gather(evidence, channel, points)
  }
  evidence[AT.hour] = Math.max(
    evidence[AT.hour] ?? 0,
    Math.min(MOST[AT.hour] ?? 0, raw[FEATURE.hour] ?? 0),
  )
  gatherSensitive(input, out)
  const transfer = (raw[FEATURE.bytes] ?? 0) - ORDINARY_TRANSFER
  if (transfer > 0) {
    evidence[AT.transfers] = Math.min(
      MOST[AT.transfers] ?? 0,
      (evidence[AT.transfers] ?? 0) + transfer,
    )
  }
  session.bytes = Math.min(1e18, session.bytes + (event.traffic?.bytes_out ?? 0))
  const uid = event.resources?.[0]?.uid ?? event.resources?.[0]?.name
  if (uid !== undefined && event.status_id === 1) {
    session.object = keyedHash(population.key, OBJECT, 0, uid)
    if (!knowsObject(profile, session.object)) session.objects++
  }
  const left = 1 / growth(profile, Math.max(dayOf(event.time), dayOf(profile.f64[CLOCK >> 1] ?? 0)))
  const effects = effectsOf(input)
  if (effects.denied) session.denied += event.count ?? 1
  if (effects.deletes) session.deletes += event.count ?? 1
  evidence[AT.bytes] = volumeSurprise(profile, population, group, 0, session.bytes, left)
  evidence[AT.objects] = volumeSurprise(profile, population, group, 1, session.objects, left)
  evidence[AT.denied] = volumeSurprise(profile, population, group, 2, session.denied, left)
  evidence[AT.deletes] = volumeSurprise(profile, population, group, 3, session.deletes, left)
  evidence[AT.together] = togetherNats(evidence)
  const strangeness =
    (evidence[AT.sign_in] ?? 0) + (evidence[AT.network] ?? 0) + (evidence[AT.program] ?? 0)
  advanceChains(event, effects, signals, session, strangeness)

  session.score = sessionScore(evidence)
  session.peak = Math.max(session.peak, session.score)
  if (sessionsOf(population, group) >= FEW_SESSIONS) {
    session.risk = riskOf(sessionTail(population, group, session.score))
  }
  signals.session = session
  signals.chains = session.completed
}

/** What a channel adds to a session's score, nats. Many surprising transfers in a row say less each. */
export function channelPoints(evidence: Float64Array, channel: number): number {
  const nats = evidence[channel] ?? 0
  return (WEIGHT[channel] ?? 0) * (channel === AT.transfers ? Math.log1p(nats) : nats)
}

/** The score of a session, nats: what its channels add up to. More evidence never lowers it. */
export function sessionScore(evidence: Float64Array): number {
  let sum = 0
  for (let i = 0; i < CHANNELS.length; i++) sum += channelPoints(evidence, i)
  return sum
}

/** What much data from objects never touched is worth beyond both, and what a stranger's session is that also does strange things. */
const DATA_TOGETHER = 0.8
const STRANGER_TOGETHER = 0.3

/**
 * Nats for evidence that comes together: exporters send much, newcomers to a project touch much, travellers come from elsewhere,
 * and each is common; a thief does it all at once. The lesser of both sides counts, so one side alone says nothing.
 */
function togetherNats(evidence: Float64Array): number {
  let stranger = 0
  let doings = 0
  for (let i = 0; i < AT.together; i++) {
    if (i <= AT.program) stranger += channelPoints(evidence, i)
    else doings += channelPoints(evidence, i)
  }
  const data = channelPoints(evidence, AT.transfers) + channelPoints(evidence, AT.bytes)
  const nats =
    DATA_TOGETHER * Math.min(data, channelPoints(evidence, AT.objects)) +
    STRANGER_TOGETHER * Math.min(stranger, doings)
  return Math.min(MOST[AT.together] ?? 0, nats)
}

function gather(evidence: Float64Array, channel: number, points: number): void {
  const now = (evidence[channel] ?? 0) + Math.min(MOST_A_VALUE, points)
  evidence[channel] = Math.min(MOST[channel] ?? 0, now)
}

function mixed(feature: number, value: number): number {
  return Math.imul(value ^ Math.imul(feature + 1, 0x9e37_79b1), 0x85eb_ca6b) >>> 9
}

/** A sensitive operation counts as far as it is new to the identity, by what one call of it can cost. */
function gatherSensitive(input: EnrichedEvent, { session, raw, values }: Assessment): void {
  const known = sensitiveOperation(input.event)
  if (known === undefined) return
  let points = 0
  for (const feature of NEW_POWERS) {
    points += Math.max(0, Math.min(MOST_A_VALUE, raw[feature] ?? 0))
  }
  points *= known.weight / 4
  if (
    points <= 0 ||
    !isFirstTime(session, mixed(FEATURE.action + 100, values[FEATURE.action] ?? 0))
  )
    return
  gather(session.evidence, AT.sensitive, points)
}

/** A session that raised an alert enters the histogram with the budget's share of such sessions, as events do. */
function closingWeight(population: Population, group: 0 | 1): number {
  const alerted = population.accused[SESSION_HISTOGRAM + group] ?? 0
  const now = alerted * shrink(population)
  return Math.min(1, (BUDGET * (sessionsOf(population, group) + now)) / (now + 1))
}

/** Decayed number of an organisation's sessions that raised no alert. */
function sessionsOf(population: Population, group: 0 | 1): number {
  return (population.numbers[sessionsCell(group)] ?? 0) * shrink(population)
}

/** What a session is taken for before any is known: log1p of each amount, mean and deviation; worth ten sessions. */
const SHIPPED = [
  { mean: 12, sd: 4 },
  { mean: 1, sd: 1 },
  { mean: 0.9, sd: 0.4 },
  { mean: 1, sd: 0.7 },
] as const
const SHIPPED_SESSIONS = 10
/** Sessions that the organisation's usual is worth against the identity's own; of them, for how often it has any. */
const PRIOR = 12
const PRIOR_SHARE = 4
const DEGREES = 60

/**
 * Surprise of an amount of a session (`which`: bytes 0, new objects 1, refusals 2, deletions 3), nats, 0 to 12: a broad Student t (60 degrees of freedom) around
 * the organisation's sessions that have any, over the identity's own shrunk to it, and half over the share of its sessions that
 * have any. 0 at or below the usual.
 */
function volumeSurprise(
  profile: Profile,
  population: Population,
  group: 0 | 1,
  which: 0 | 1 | 2 | 3,
  amount: number,
  left: number,
): number {
  if (amount <= 0) return 0
  const x = Math.log1p(amount)
  const { numbers } = population
  const now = shrink(population)
  const at = amountCell(group, which)
  const shipped = SHIPPED[which]
  // sums are kept of x in 32nds
  const n = (numbers[at] ?? 0) * now + SHIPPED_SESSIONS
  const mean = (((numbers[at + 1] ?? 0) * now) / 32 + SHIPPED_SESSIONS * shipped.mean) / n
  const squares =
    ((numbers[at + 2] ?? 0) * now) / 1024 + SHIPPED_SESSIONS * (shipped.sd ** 2 + shipped.mean ** 2)
  const sd = Math.sqrt(Math.max(0.04, squares / n - mean * mean))
  const { f32 } = profile
  const own = SESSION_SUMS + 1 + 3 * which
  const ownN = (f32[own] ?? 0) * left
  const m = ownN + PRIOR
  const ownMean = ((f32[own + 1] ?? 0) * left + PRIOR * mean) / m
  if (x <= ownMean) return 0
  const ownSquares = (f32[own + 2] ?? 0) * left + PRIOR * (sd * sd + mean * mean)
  const ownSd = Math.sqrt(Math.max(0.04, ownSquares / m - ownMean * ownMean))
  const having = n / (sessionsOf(population, group) + SHIPPED_SESSIONS)
  const share = (ownN + PRIOR_SHARE * having) / ((f32[SESSION_SUMS] ?? 0) * left + PRIOR_SHARE)
  const broad = Math.max(1, 2 * sd, Math.abs(x - mean) / 2)
  const surprise =
    logStudent(x - mean, broad) -
    logStudent(x - ownMean, ownSd) +
    Math.log(0.5 / Math.min(1, share))
  return Math.max(0, Math.min(MOST[AT.bytes] ?? 0, surprise))
}

function logStudent(distance: number, sd: number): number {
  const z = distance / sd
  return -Math.log(sd) - ((DEGREES + 1) / 2) * Math.log1p((z * z) / DEGREES)
}
