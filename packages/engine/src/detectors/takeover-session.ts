import type { EnrichedEvent } from '@gatewatch/schema'
import { riskOf, sessionTail } from '../combine/calibrate.ts'
import { effectsOf } from '../effects.ts'
import { indexOf } from '../features/catalogue.ts'
import { keyedHash } from '../features/keyed-hash.ts'
import { isAuthentication } from '../features/read.ts'
import { periodOf } from '../population/campaign.ts'
import { haulsAtOnce } from '../population/hauls.ts'
import { type Population, SESSION_HISTOGRAM, shrink } from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import { CLOCK } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import { isFirstTime, knowsObject, readSession, type Session } from '../profile/session.ts'
import { advanceChains, enumerates } from '../rules/attack-chains.ts'
import { selfCare } from '../rules/self-care.ts'
import { operationOf, sensitiveOperation } from '../rules/sensitive-operations.ts'
import type { Assessment } from '../types.ts'
import { AMOUNT, ownSurprise, rarity, sessionsOf, shareOf } from './session-amounts.ts'

/** What a session's score is made of, by index of its evidence. The first four add up from event to event. */
export const CHANNELS = [
  'sign_in',
  'network',
  'program',
  'hour',
  'bytes',
  'objects',
  'slow',
  'reads',
  'denied',
  'deletes',
  'reconnaissance',
  'sensitive',
  'care',
  'together',
] as const
export type Channel = (typeof CHANNELS)[number]

const AT = Object.fromEntries(CHANNELS.map((name, i) => [name, i])) as Record<Channel, number>

/** What a nat of each of the first channels counts for, and the most nats it may have. The others are in the score's nats. */
const WEIGHT = [0.65, 0.4, 0.4, 0.4]
const MOST = [12, 12, 8, 3]

/** Nats up to which being a stranger counts whole, and what more of it counts: who somebody is matters, what they do more. */
const STRANGE_ENOUGH = 9
const STRANGER_STILL = 0.25

/** One value is worth at most this many nats to a session, and once only. */
const MOST_A_VALUE = 4

const FEATURE = { hour: indexOf('hour'), action: indexOf('action') }

/** Which terms feed which channel, with what of them counts. A value that is known gives no credit: only surprise counts. */
const FED: readonly (readonly [feature: number, channel: number, share: number])[] = [
  [indexOf('country'), AT.network, 0.5],
  [indexOf('city'), AT.network, 0.2],
  [indexOf('asn'), AT.network, 1.3],
  [indexOf('prefix'), AT.network, 0.5],
  [indexOf('network_class'), AT.network, 1],
  [indexOf('client'), AT.program, 1],
]

/** Sessions that an organisation must have shown before one of them is called strange. */
const FEW_SESSIONS = 50

/** Share of benign sessions that may raise an alert. */
const BUDGET = 1e-3

/** Risk from which a session whose score is mostly of data taken, by nobody who seems a stranger (nats), counts as a haul. */
const HAUL_RISK = 50
const MOST_OF_IT = 0.6
const STRANGER = 3

/** Label of the hash of an object, among those that are not features. */
const OBJECT = 1002

/** Most nats of a strange sign-in that a change of the own factors or password is held against. */
const MOST_CARE = 10

/** Most nats of both sides of what comes together. */
const MOST_TOGETHER = 7
const TOGETHER = 0.25

/** Most of a sign-in's score that a session begins with, nats. */
export const MOST_START = MOST[AT.sign_in] ?? 12

/**
 * Follows what an identity does: reads its session from the profile, adds what this event is evidence of, and judges the
 * session as a whole, into `out.session`. A session begins after an hour of silence. Familiar networks and devices give no
 * credit here: evidence of who it is only adds up (to its cap, each value once). What the session read, sent, deleted, was
 * refused and tried out is compared with the identity's sessions and with the organisation's. The score is calibrated
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
  noteNewPowers(input, out)
  noteData(input, profile, population, session)
  const effects = effectsOf(input)
  if (effects.denied) session.denied += event.count ?? 1
  if (effects.deletes) session.deletes += event.count ?? 1
  const care = selfCare(input)
  if (care !== null) session.care |= care === 'factor' ? 1 : 2

  const left = 1 / growth(profile, Math.max(dayOf(event.time), dayOf(profile.f64[CLOCK >> 1] ?? 0)))
  weighDoings(profile, population, group, session, left)
  const strangeness =
    (evidence[AT.sign_in] ?? 0) + (evidence[AT.network] ?? 0) + (evidence[AT.program] ?? 0)
  advanceChains(event, effects, signals, session, strangeness)

  session.score = sessionScore(evidence)
  session.peak = Math.max(session.peak, session.score)
  if (sessionsOf(population, group) >= FEW_SESSIONS) {
    const tail = sessionTail(population, group, session.score)
    session.risk = group === 0 ? amongOthers(tail, input, population, out) : riskOf(tail)
  }
  signals.session = session
  signals.chains = session.completed
}

/**
 * Risk of a person's session that one benign session in 1 / `tail` is as strange as, on a usual day. Where many more people than
 * usual take much at once (a month's end), that many times more are as strange: so of owners, to all appearances, who take much,
 * only those are reported who stand out on such a day too. Notes in the session whether it is one of them.
 */
function amongOthers(
  tail: number,
  { event }: EnrichedEvent,
  population: Population,
  { session }: Assessment,
): number {
  const risk = riskOf(tail)
  if (risk < HAUL_RISK || !isHaul(session.evidence)) return risk
  const times = haulsAtOnce(population, periodOf(event.time), session.isHaul)
  session.becomesHaul = !session.isHaul
  session.isHaul = true
  return riskOf(Math.min(1, tail * times))
}

/** Is it the data taken that makes a session strange, and not who takes them? */
function isHaul(evidence: Float64Array): boolean {
  let data = 0
  for (let i = AT.bytes; i <= AT.reads; i++) data += evidence[i] ?? 0
  return data >= MOST_OF_IT * sessionScore(evidence) && strangerNats(evidence) < STRANGER
}

/** What a channel adds to a session's score, nats. */
export function channelPoints(evidence: Float64Array, channel: number): number {
  const nats = (evidence[channel] ?? 0) * (WEIGHT[channel] ?? 1)
  return channel <= AT.program ? nats * strangerShare(evidence) : nats
}

/** The score of a session, nats: what its channels add up to. More evidence never lowers it. */
export function sessionScore(evidence: Float64Array): number {
  let sum = 0
  for (let i = 0; i < CHANNELS.length; i++) sum += channelPoints(evidence, i)
  return sum
}

/** What is left of being a stranger: all of it up to 9 nats. */
function strangerShare(evidence: Float64Array): number {
  const whole = strangerNats(evidence)
  if (whole <= STRANGE_ENOUGH) return 1
  return (STRANGE_ENOUGH + STRANGER_STILL * (whole - STRANGE_ENOUGH)) / whole
}

function strangerNats(evidence: Float64Array): number {
  let sum = 0
  for (let i = 0; i <= AT.program; i++) sum += (evidence[i] ?? 0) * (WEIGHT[i] ?? 0)
  return sum
}

/**
 * Works out, from what the session counted, the channels that are not added up: against the identity's own sessions where
 * people differ, against everybody's where a thief is unlike all of them. Weights are tuned on worlds 1 and 2 of both families.
 */
function weighDoings(
  profile: Profile,
  population: Population,
  group: 0 | 1,
  session: Session,
  left: number,
): void {
  const { evidence, actions, bytes, objects, reads, denied, deletes } = session
  const { reconnaissance, sensitive } = session
  evidence[AT.bytes] =
    0.3 * ownSurprise(profile, population, group, AMOUNT.bytes, bytes, left) +
    0.35 * rarity(population, group, AMOUNT.bytes, bytes)
  evidence[AT.objects] =
    0.45 * ownSurprise(profile, population, group, AMOUNT.objects, objects, left) +
    0.5 * rarity(population, group, AMOUNT.objects, objects)
  evidence[AT.slow] =
    0.6 * ownSurprise(profile, population, group, AMOUNT.slowObjects, session.slow, left)
  evidence[AT.reads] = 0.45 * rarity(population, group, AMOUNT.reads, reads)
  evidence[AT.denied] =
    0.25 * rarity(population, group, AMOUNT.denied, denied) +
    0.3 * rarity(population, group, AMOUNT.deniedShare, shareOf(denied, actions))
  evidence[AT.deletes] =
    0.4 * ownSurprise(profile, population, group, AMOUNT.deletes, deletes, left) +
    0.2 * rarity(population, group, AMOUNT.deletesShare, shareOf(deletes, actions))
  evidence[AT.reconnaissance] =
    0.5 * rarity(population, group, AMOUNT.reconnaissanceShare, shareOf(reconnaissance, actions))
  evidence[AT.sensitive] =
    0.4 * rarity(population, group, AMOUNT.sensitiveShare, shareOf(sensitive, actions))
  const signIn = Math.min(MOST_CARE, evidence[AT.sign_in] ?? 0)
  evidence[AT.care] =
    ((session.care & 1) !== 0 ? 0.5 + 0.25 * signIn : 0) +
    ((session.care & 2) !== 0 ? 0.15 * signIn : 0)
  evidence[AT.together] = togetherNats(evidence)
}

/**
 * Nats for evidence that comes together: exporters read much, newcomers to a project touch much, travellers come from
 * elsewhere, and each is common; a thief does it all at once. The lesser of both sides counts, so one side alone says nothing.
 */
function togetherNats(evidence: Float64Array): number {
  let doings = 0
  for (let i = AT.bytes; i < AT.together; i++) doings += evidence[i] ?? 0
  const stranger = strangerNats(evidence) * strangerShare(evidence)
  return TOGETHER * Math.min(stranger, doings, MOST_TOGETHER)
}

function gather(evidence: Float64Array, channel: number, points: number): void {
  const now = (evidence[channel] ?? 0) + Math.min(MOST_A_VALUE, points)
  evidence[channel] = Math.min(MOST[channel] ?? 0, now)
}

function mixed(feature: number, value: number): number {
  return Math.imul(value ^ Math.imul(feature + 1, 0x9e37_79b1), 0x85eb_ca6b) >>> 9
}

/** Counts operations that look around or are sensitive, each once, where the identity never used them before. */
function noteNewPowers(input: EnrichedEvent, { session, signals, values }: Assessment): void {
  if (signals.newAction !== true) return
  const looks = enumerates(operationOf(input.event))
  const isSensitive = sensitiveOperation(input.event) !== undefined
  if (!looks && !isSensitive) return
  if (!isFirstTime(session, mixed(FEATURE.action + 100, values[FEATURE.action] ?? 0))) return
  if (looks) session.reconnaissance++
  if (isSensitive) session.sensitive++
}

/** Counts what the session read: objects whose bytes went out, and of them those that the identity never read before. */
function noteData(
  { event }: EnrichedEvent,
  profile: Profile,
  population: Population,
  session: Session,
): void {
  const bytes = event.traffic?.bytes_out ?? 0
  if (event.status_id !== 1 || bytes <= 0) return
  session.bytes = Math.min(1e18, session.bytes + bytes)
  session.reads += event.count ?? 1
  const uid = event.resources?.[0]?.uid ?? event.resources?.[0]?.name
  if (uid === undefined) return
  session.object = keyedHash(population.key, OBJECT, 0, uid)
  if (knowsObject(profile, session.object)) return
  session.objects++
  session.slow++
}

/** A session that raised an alert enters the histogram with the budget's share of such sessions, as events do. */
function closingWeight(population: Population, group: 0 | 1): number {
  const alerted = population.accused[SESSION_HISTOGRAM + group] ?? 0
  const now = alerted * shrink(population)
  return Math.min(1, (BUDGET * (sessionsOf(population, group) + now)) / (now + 1))
}
