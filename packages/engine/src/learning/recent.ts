import type { EnrichedEvent } from '@gatewatch/schema'
import { teachActions } from '../actions.ts'
import { effectsOf } from '../effects.ts'
import { indexOf } from '../features/catalogue.ts'
import { isAuthentication, isPresence } from '../features/read.ts'
import { FAST_KMH, hasCoordinates, radiusKm } from '../features/travel.ts'
import { ADD, add } from '../population/delta.ts'
import type { PopulationDelta } from '../population/population.ts'
import { dayOf, growth, settleLandmark } from '../profile/decay.ts'
import {
  CLOCK,
  FACTOR_AT,
  LAST_SUCCESS,
  MOVES,
  PLACE,
  PLACE_TIME,
  PREVIOUS,
  RESET_AT,
} from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import {
  addBytes,
  COUNTER,
  countOf,
  countUp,
  moveColumns,
  raisePeak,
  rememberFailure,
  turnDay,
} from '../profile/short-memory.ts'
import { FIFTHS } from '../profile/slots.ts'
import { packCountry } from '../signals.ts'
import type { Assessment } from '../types.ts'
import { addNumber } from './numbers.ts'
import { teachSession } from './session.ts'

const ACTION = indexOf('action')

const SERVICE = indexOf('service')

/**
 * Moves the clock to an event and notes in short memory what it did: failures, counts of the hour, bytes, the last trusted
 * place. Call it in the order of time; a late event must not come here. `weight` is what the gate allows, 0-1.
 */
export function teachShortMemory(
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
  teachSession(input, assessment, profile, delta)
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
  teachActions(assessment, profile)
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
