import type { EnrichedEvent } from '@gatewatch/schema'
import { assess, createAssessment } from './assess.ts'
import { binOf } from './combine/calibrate.ts'
import { basis, historyBucket } from './detectors/surprise.ts'
import { effectsOf } from './effects.ts'
import { catalogue, indexOf, REMEMBERED } from './features/catalogue.ts'
import { isAuthentication, isFailedSignIn, isPresence, isStrong } from './features/read.ts'
import { HOUR_BINS } from './features/time-of-week.ts'
import { FAST_KMH, hasCoordinates, radiusKm } from './features/travel.ts'
import { NO_ZONE, offsetMinutes, zoneOf } from './features/zone.ts'
import { defaultModels } from './models/shipped.ts'
import { CAMPAIGN, periodOf } from './population/campaign.ts'
import { ADD, add } from './population/delta.ts'
import { BINS, BUCKETS, type Population, type PopulationDelta } from './population/population.ts'
import { dayOf, growth, settleLandmark } from './profile/decay.ts'
import {
  ACTIVE,
  CLOCK,
  FACTOR_AT,
  FIRST,
  FIRST_SLOT,
  HISTORY,
  HOURS,
  LAST_SUCCESS,
  MOVES,
  NOVELTY,
  NUMERIC,
  NUMERIC_SUMS,
  PLACE,
  PLACE_TIME,
  PREVIOUS,
  RESET_AT,
  SLOTS,
  ZONE,
  ZONE_DAYS,
} from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import {
  addBytes,
  COUNTER,
  countOf,
  countUp,
  moveColumns,
  raisePeak,
  rememberFailure,
  turnDay,
} from './profile/short-memory.ts'
import {
  addToSlot,
  FIFTHS,
  findSlot,
  forgetSlot,
  isContributed,
  setContributed,
  takeSlot,
} from './profile/slots.ts'
import { campaignKey, packCountry } from './signals.ts'
import type { Assessment } from './types.ts'

const ERROR = indexOf('error')
const ACTION = indexOf('action')
const SERVICE = indexOf('service')
/** Active days from which an identity's values count among the organisation's: so that strangers cannot vote. */
const AGED = 3
/** Risk up to which an event is learned whole, and the weight of one that raises an alert. */
const TRUSTED_RISK = 50
const ALERT_RISK = 75
const ALERTED_WEIGHT = 0.35
/** Active days that a new zone must last before the identity's week moves to it. */
const ZONE_MOVES_AFTER = 8

/**
 * Weight 0-1 with which an event may be learned: 1 below risk 50, falling to .35 at risk 75 and above, 0 for what was
 * denied, for failed sign-ins and for time that lies ahead.
 */
export function learningWeight(input: EnrichedEvent, assessment: Assessment): number {
  if (assessment.decision === 'deny' || assessment.isFuture || isFailedSignIn(input)) return 0
  const above = (assessment.risk - TRUSTED_RISK) / (ALERT_RISK - TRUSTED_RISK)
  const weight = 1 - (1 - ALERTED_WEIGHT) * Math.max(0, Math.min(1, above))
  return Math.ceil(weight * FIFTHS) / FIFTHS
}

/**
 * What the event teaches: the profile in place, the tenant as additions to `delta`. Returns the weight learned, 0-1.
 * A late event teaches the long memory only; one from the future teaches nothing and moves no clock.
 */
export function learn(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  delta: PopulationDelta,
): number {
  if (assessment.isFuture) return 0
  const weight = learningWeight(input, assessment)
  teachCampaigns(input, assessment, profile, delta)
  teachCalibration(input, assessment, delta)
  const isNewAction = assessment.signals.newAction === true
  if (!assessment.isLate) teachShortMemory(input, assessment, profile, delta, weight, isNewAction)
  if (weight > 0) teachLongMemory(input, assessment, Math.round(weight * FIFTHS), profile, delta)
  return weight
}

const scratch = createAssessment()

/**
 * Teaches (or, with a negative weight, takes back) what an event says for the long memory: after feedback. Short memory
 * and clocks stay. Weight between -1 and 1.
 */
export function teach(
  input: EnrichedEvent,
  weight: number,
  profile: Profile,
  delta: PopulationDelta,
  population: Population,
): void {
  assess(input, profile, population, defaultModels, scratch)
  if (scratch.isFuture) return
  const fifths = Math.round(Math.max(-1, Math.min(1, weight)) * FIFTHS)
  if (fifths > 0) teachLongMemory(input, scratch, fifths, profile, delta)
  else if (fifths < 0) unteach(input, scratch, -fifths, profile, delta)
}

function teachLongMemory(
  input: EnrichedEvent,
  assessment: Assessment,
  fifths: number,
  profile: Profile,
  delta: PopulationDelta,
): void {
  const { f32, u16, f64 } = profile
  const { values } = assessment
  const { time } = input.event
  const day = dayOf(time)
  const service = input.entity.class === 'service' ? 1 : 0
  settleLandmark(profile, day, service ? 14 : 60)
  const unit = growth(profile, day)
  const weight = fifths / FIFTHS
  const first = f64[FIRST >> 1] ?? 0
  if (first === 0 || time < first) f64[FIRST >> 1] = time
  f32[HISTORY] = (f32[HISTORY] ?? 0) + weight * unit
  const agedBefore = (u16[ACTIVE * 2] ?? 0) >= AGED
  if (day > (u16[ACTIVE * 2 + 1] ?? 0)) {
    u16[ACTIVE * 2] = Math.min(65_535, (u16[ACTIVE * 2] ?? 0) + 1)
    u16[ACTIVE * 2 + 1] = day
    settleZone(input, profile, day)
  }
  const aged = (u16[ACTIVE * 2] ?? 0) >= AGED

  const failed = input.event.status_id === 2
  const strong = isStrong(input)
  const evicted = (feature: number, hash: number, contributed: boolean) => {
    if (contributed) add(delta, ADD.value, feature, hash, 0, -1)
  }
  const left = 1 / growth(profile, Math.max(day, dayOf(f64[CLOCK >> 1] ?? 0)))
  // novelty is measured against what was known before the event, so parents must not be learned first
  for (let i = 0; i < REMEMBERED; i++) {
    if ((values[i] ?? 0) === 0 || (failed && i !== ERROR)) continue
    const n = basis(profile, i, values, left)
    if (n <= 0) continue
    const novel = findSlot(profile, i, values[i] ?? 0) < 0 ? 1 : 0
    f32[NOVELTY + 2 * i] = (f32[NOVELTY + 2 * i] ?? 0) + weight * unit
    if (novel) f32[NOVELTY + 2 * i + 1] = (f32[NOVELTY + 2 * i + 1] ?? 0) + weight * unit
    add(delta, ADD.novelty, (i * BUCKETS + historyBucket(n)) * 2 + novel, 0, day, fifths)
  }
  for (let i = 0; i < REMEMBERED; i++) {
    const hash = values[i] ?? 0
    // an authenticated caller's refused call teaches which errors are usual, and nothing else
    if (hash === 0 || (failed && i !== ERROR)) continue
    let at = findSlot(profile, i, hash)
    if (at < 0) at = takeSlot(profile, i, hash, day, evicted)
    addToSlot(profile, at, day, fifths, unit, strong)
    if (aged && agedBefore && isShared(i) && !isContributed(profile, at)) {
      setContributed(profile, at, 1)
      add(delta, ADD.value, i, hash, 0, 1)
    }
  }
  if (aged && !agedBefore) contributeAll(profile, delta)
  if (failed) return

  f32[HOURS + assessment.hourBin] = (f32[HOURS + assessment.hourBin] ?? 0) + weight * unit
  add(delta, ADD.hour, service * HOUR_BINS + assessment.hourBin, 0, day, fifths)
  const zone = (profile.u32[ZONE] ?? 0) & 0xffff
  if (zone !== NO_ZONE && !service) add(delta, ADD.zone, zone, 0, day, fifths)
  const { traffic } = input.event
  if (traffic?.bytes_out !== undefined)
    addNumber(profile, delta, service, 0, traffic.bytes_out, fifths, unit, day)
  if (traffic?.bytes_in !== undefined)
    addNumber(profile, delta, service, 1, traffic.bytes_in, fifths, unit, day)
}

function addNumber(
  profile: Profile,
  delta: PopulationDelta,
  service: number,
  which: number,
  amount: number,
  fifths: number,
  unit: number,
  day: number,
): void {
  const { f32 } = profile
  const at = NUMERIC_SUMS + 3 * which
  // in 32nds, so that the organisation's sums are whole numbers and add up exactly
  const x = Math.round(Math.log1p(amount) * 32)
  const weight = (fifths / FIFTHS) * unit
  f32[at] = (f32[at] ?? 0) + weight
  f32[at + 1] = (f32[at + 1] ?? 0) + (weight * x) / 32
  f32[at + 2] = (f32[at + 2] ?? 0) + (weight * x * x) / 1024
  if (fifths < FIFTHS) return
  const cell = (service * NUMERIC + which) * 3
  add(delta, ADD.number, cell, 0, day, 1)
  add(delta, ADD.number, cell + 1, 0, day, x)
  add(delta, ADD.number, cell + 2, 0, day, x * x)
}

/**
 * Takes everything back that a profile contributed to the organisation's distinct counts: before it is erased. The
 * profile itself keeps what it knows.
 */
export function withdraw(profile: Profile, delta: PopulationDelta): void {
  for (let i = 0; i < REMEMBERED; i++) {
    const end = SLOTS + 3 * (FIRST_SLOT[i + 1] ?? 0)
    for (let at = SLOTS + 3 * (FIRST_SLOT[i] ?? 0); at < end; at += 3) {
      const hash = profile.u32[at] ?? 0
      if (hash === 0 || !isContributed(profile, at)) continue
      setContributed(profile, at, 0)
      add(delta, ADD.value, i, hash, 0, -1)
    }
  }
}

/** Devices and keys belong to one identity; counting them for the organisation would only cost memory. */
function isShared(feature: number): boolean {
  return (catalogue[feature]?.tenantPoints ?? 0) > 0
}

function contributeAll(profile: Profile, delta: PopulationDelta): void {
  for (let i = 0; i < REMEMBERED; i++) {
    if (!isShared(i)) continue
    const end = SLOTS + 3 * (FIRST_SLOT[i + 1] ?? 0)
    for (let at = SLOTS + 3 * (FIRST_SLOT[i] ?? 0); at < end; at += 3) {
      const hash = profile.u32[at] ?? 0
      if (hash === 0 || isContributed(profile, at)) continue
      setContributed(profile, at, 1)
      add(delta, ADD.value, i, hash, 0, 1)
    }
  }
}

/** The identity's clock: the first place it is seen at, and another once that one has lasted. Its week turns with it. */
function settleZone(input: EnrichedEvent, profile: Profile, day: number): void {
  const { u16, f32 } = profile
  const seen = zoneOf(input.context.place)
  if (seen === NO_ZONE) return
  const own = u16[ZONE * 2] ?? 0
  if (own === NO_ZONE || own === seen) {
    u16[ZONE * 2] = seen
    u16[ZONE_DAYS * 2] = 0
    return
  }
  if (u16[ZONE * 2 + 1] !== seen) u16[ZONE_DAYS * 2] = 0
  u16[ZONE * 2 + 1] = seen
  u16[ZONE_DAYS * 2] = (u16[ZONE_DAYS * 2] ?? 0) + 1
  if ((u16[ZONE_DAYS * 2] ?? 0) < ZONE_MOVES_AFTER) return
  const noon = day * 86_400_000 + 43_200_000
  const turn = Math.round((offsetMinutes(seen, noon) - offsetMinutes(own, noon)) / 60)
  const before = f32.slice(HOURS, HOURS + HOUR_BINS)
  for (let bin = 0; bin < HOUR_BINS; bin++) {
    const base = bin < 24 ? 0 : 24
    f32[HOURS + base + ((bin - base + turn + 48) % 24)] = before[bin] ?? 0
  }
  u16[ZONE * 2] = seen
  u16[ZONE_DAYS * 2] = 0
}

function unteach(
  input: EnrichedEvent,
  assessment: Assessment,
  fifths: number,
  profile: Profile,
  delta: PopulationDelta,
): void {
  const { f32 } = profile
  if ((f32[HISTORY] ?? 0) <= 0) return
  const { values, hourBin } = assessment
  const day = dayOf(input.event.time)
  const unit = growth(profile, day)
  const amount = (fifths / FIFTHS) * unit
  const failed = input.event.status_id === 2
  const less = (at: number, by: number) => {
    f32[at] = Math.max(0, (f32[at] ?? 0) - by)
  }
  less(HISTORY, amount)
  for (let i = 0; i < REMEMBERED; i++) {
    const hash = values[i] ?? 0
    if (hash === 0 || (failed && i !== ERROR)) continue
    const at = findSlot(profile, i, hash)
    if (at < 0) continue
    less(at + 1, amount)
    // what is left of a value that only this event taught is rounding
    if ((f32[at + 1] ?? 0) < 0.05 * unit) {
      forgetSlot(profile, at, (feature, gone, contributed) => {
        if (contributed) add(delta, ADD.value, feature, gone, 0, -1)
      })
    }
  }
  if (failed) return
  less(HOURS + hourBin, amount)
  const service = input.entity.class === 'service' ? 1 : 0
  add(delta, ADD.hour, service * HOUR_BINS + hourBin, 0, day, -fifths)
  const { traffic } = input.event
  const numbers = [traffic?.bytes_out, traffic?.bytes_in]
  for (const [which, number] of numbers.entries()) {
    if (number === undefined) continue
    const x = Math.round(Math.log1p(number) * 32) / 32
    less(NUMERIC_SUMS + 3 * which, amount)
    less(NUMERIC_SUMS + 3 * which + 1, amount * x)
    less(NUMERIC_SUMS + 3 * which + 2, amount * x * x)
  }
}

function teachCampaigns(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  delta: PopulationDelta,
): void {
  if (!isAuthentication(input)) return
  const { status_id, time, count } = input.event
  if (status_id !== 1 && status_id !== 2) return
  const period = periodOf(time)
  const amount = count ?? 1
  const failed = status_id === 2
  // who failed in the last hour already is not another identity that begins to fail
  const begins = failed && countOf(profile, COUNTER.failures, time) === 0
  for (let kind = 0; kind <= CAMPAIGN.city; kind++) {
    const key = campaignKey(kind, input, assessment.values)
    if (key === 0) continue
    const crowd = kind >= CAMPAIGN.device
    if (crowd && !isPresence(input)) continue
    add(delta, failed ? ADD.failure : ADD.success, kind, key, period, amount)
    if (crowd || begins) add(delta, ADD.slow, kind, key, period, crowd ? amount : 1)
    if (failed && !crowd) add(delta, ADD.failing, kind, key, period, assessment.identity)
  }
}

function teachCalibration(
  input: EnrichedEvent,
  assessment: Assessment,
  delta: PopulationDelta,
): void {
  const { histogram } = assessment
  const day = dayOf(input.event.time)
  add(delta, ADD.judged, histogram, 0, day, 1)
  if (assessment.alerted) add(delta, ADD.alerted, histogram, 0, day, 1)
  const weight = assessment.alerted ? Math.round(assessment.alertedWeight * FIFTHS) : FIFTHS
  if (weight > 0) add(delta, ADD.score, histogram * BINS + binOf(assessment.score), 0, day, weight)
}

function teachShortMemory(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  delta: PopulationDelta,
  weight: number,
  isNewAction: boolean,
): void {
  const { event, context } = input
  const { f64, f32, u32, u16 } = profile
  const { time } = event
  const day = dayOf(time)
  const service = input.entity.class === 'service' ? 1 : 0
  settleLandmark(profile, day, service ? 14 : 60)
  turnDay(profile, time)
  moveColumns(profile, time)
  f64[CLOCK >> 1] = time
  const count = event.count ?? 1
  const effects = effectsOf(input)
  if (effects.failure) rememberFailure(profile, time, assessment.attempt, count)
  if (effects.mfaDenied) countUp(profile, COUNTER.mfaDenied, count)
  if (effects.resetOfAnother) countUp(profile, COUNTER.resets, count)
  if (effects.creates) countUp(profile, COUNTER.creates, count)
  if (effects.deletes) countUp(profile, COUNTER.deletes, count)
  if (effects.denied) countUp(profile, COUNTER.denied, count)
  if (isNewAction) countUp(profile, COUNTER.newActions, 1)
  countUp(profile, COUNTER.events, count)
  if (isAuthentication(input)) countUp(profile, COUNTER.signIns, count)
  const seconds = Math.floor(time / 1000)
  if (effects.resetOfSelf) u32[RESET_AT] = seconds
  if (effects.factorChange) u32[FACTOR_AT] = seconds
  if (effects.resetOfAnother && assessment.target !== 0) {
    add(delta, ADD.change, 0, assessment.target, seconds, 0)
  }
  if (effects.factorChange && assessment.target !== 0) {
    add(delta, ADD.change, 1, assessment.target, seconds, 0)
  }
  const sent = event.traffic?.bytes_out
  if (sent !== undefined) addBytes(profile, sent)
  u32[PREVIOUS] = assessment.values[ACTION] ?? 0
  u32[PREVIOUS + 1] = assessment.values[SERVICE] ?? 0

  const unit = growth(profile, day)
  if (weight > 0) {
    raisePeak(profile, 0, countOf(profile, COUNTER.creates, time))
    raisePeak(profile, 1, countOf(profile, COUNTER.deletes, time))
    raisePeak(profile, 2, countOf(profile, COUNTER.events, time))
    const signIn = isAuthentication(input)
    const rate = countOf(profile, signIn ? COUNTER.signIns : COUNTER.events, time)
    addNumber(profile, delta, service, signIn ? 2 : 3, rate, Math.round(weight * FIFTHS), unit, day)
  }
  if (event.status_id !== 1) return
  f64[LAST_SUCCESS >> 1] = time
  const { travel } = assessment.signals
  if (travel !== null && weight > 0) {
    f32[MOVES] = (f32[MOVES] ?? 0) + weight * unit
    if (travel.speed_kmh > FAST_KMH) f32[MOVES + 1] = (f32[MOVES + 1] ?? 0) + weight * unit
  }
  const { place } = context
  if (!isPresence(input) || !hasCoordinates(place) || weight < 1) return
  const radius = radiusKm(input)
  if (Number.isNaN(radius)) return
  f64[PLACE_TIME >> 1] = time
  f32[PLACE] = place.lat
  f32[PLACE + 1] = place.long
  u16[(PLACE + 2) * 2] = packCountry(place.country)
  u16[(PLACE + 2) * 2 + 1] = Math.min(65_535, Math.round(radius))
}
