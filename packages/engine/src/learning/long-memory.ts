import type { EnrichedEvent } from '@gatewatch/schema'
import { historyBucket } from '../detectors/surprise.ts'
import { catalogue, indexOf, REMEMBERED } from '../features/catalogue.ts'
import { isAuthentication, isStrong, MANAGED, management } from '../features/read.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import { NO_ZONE, offsetMinutes, zoneOf } from '../features/zone.ts'
import { ADD, add } from '../population/delta.ts'
import { BUCKETS, type PopulationDelta } from '../population/population.ts'
import { dayOf, growth, settleLandmark } from '../profile/decay.ts'
import {
  ACTIVE,
  FIRST,
  FIRST_SLOT,
  HISTORY,
  HOURS,
  NOVELTY,
  SLOTS,
  ZONE,
  ZONE_DAYS,
} from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import {
  addToSlot,
  FIFTHS,
  isContributed,
  isDoubted,
  setContributed,
  setDoubted,
  setVouched,
  slotDays,
  takeSlot,
} from '../profile/slots.ts'
import type { Assessment } from '../types.ts'
import { addNumber } from './numbers.ts'

/** Active days from which an identity's values count among the organisation's: so that strangers cannot vote. */
export const AGED = 3

/** Active days that a new zone must last before the identity's week moves to it. */
const ZONE_MOVES_AFTER = 8

const DEVICE = indexOf('device')
const ERROR = indexOf('error')

/**
 * Adds an event to the long memory with a weight of `fifths` fifths: values and their novelty, hours, numbers, and what the
 * organisation counts. The order of events within a day does not matter.
 */
export function teachLongMemory(
  input: EnrichedEvent,
  assessment: Assessment,
  fifths: number,
  profile: Profile,
  delta: PopulationDelta,
): void {
  const { f32, u16, f64 } = profile
  const { values } = assessment
  const { slots, bases } = assessment.known
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
    if (contributed && isShared(feature)) add(delta, ADD.value, feature, hash, 0, -1)
  }
  // novelty is measured against what was known before the event, so parents must not be learned first
  for (let i = 0; i < REMEMBERED; i++) {
    if ((values[i] ?? 0) === 0 || (failed && i !== ERROR)) continue
    const n = bases[i] ?? 0
    if (n <= 0) continue
    const novel = (slots[i] ?? -1) < 0 ? 1 : 0
    f32[NOVELTY + 2 * i] = (f32[NOVELTY + 2 * i] ?? 0) + weight * unit
    if (novel) f32[NOVELTY + 2 * i + 1] = (f32[NOVELTY + 2 * i + 1] ?? 0) + weight * unit
    add(delta, ADD.novelty, (i * BUCKETS + historyBucket(n)) * 2 + novel, 0, day, fifths)
  }
  for (let i = 0; i < REMEMBERED; i++) {
    const hash = values[i] ?? 0
    // an authenticated caller's refused call teaches which errors are usual, and nothing else
    if (hash === 0 || (failed && i !== ERROR)) continue
    let at = slots[i] ?? -1
    // in a full profile a value learned just now may have pushed this one out
    const isNew = at < 0 || profile.u32[at] !== hash
    if (isNew) at = takeSlot(profile, i, hash, day, evicted)
    addToSlot(profile, at, day, fifths, unit, strong)
    settleDoubt(i, at, isNew, input, assessment, profile)
    if (i === DEVICE) settleVouched(at, input, profile)
    if (aged && agedBefore && isShared(i) && !isContributed(profile, at)) {
      setContributed(profile, at, 1)
      add(delta, ADD.value, i, hash, 0, 1)
    }
  }
  if (aged && !agedBefore) {
    contributeAll(profile, delta)
    add(delta, ADD.aged, service, 0, 0, 1)
  }
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

/** Nats of surprise from which a device, or a place, is a stranger. */
const STRANGE = 1
/** Active days below which everything of an identity is new. */
const SETTLED = 2
/** Days after which a value that keeps coming is no longer in doubt. */
const DOUBT_DAYS = 6

/**
 * A device and a place that came together as strangers stay in doubt until something that is no stranger comes with them: a
 * thief's device never shows up where its victim always is, nor the victim's own device at the thief's.
 */
function settleDoubt(
  feature: number,
  at: number,
  isNew: boolean,
  input: EnrichedEvent,
  { signals }: Assessment,
  profile: Profile,
): void {
  const group = catalogue[feature]?.group
  if (group !== 'network' && group !== 'device') return
  const other = group === 'network' ? signals.deviceSurprise : signals.networkSurprise
  if (isNew) {
    const both = Math.min(signals.deviceSurprise, signals.networkSurprise)
    if (both >= STRANGE && signals.activeDays >= SETTLED) setDoubted(profile, at, 1)
  } else if (isDoubted(profile, at)) {
    const { first, last } = slotDays(profile, at)
    // a call shows no device, so nothing trusted came with it
    const isMet = isAuthentication(input) && other < STRANGE
    if (isMet || last - first >= DOUBT_DAYS) setDoubted(profile, at, 0)
  }
}

/** What a device shows of its management; where a session goes on, only that it does show it: whoever stole one shows none. */
function settleVouched(at: number, input: EnrichedEvent, profile: Profile): void {
  const shown = management(input)
  if (shown === MANAGED) setVouched(profile, at, 1)
  else if (shown !== undefined && input.event.auth?.stage !== 'session') setVouched(profile, at, 0)
}

/** Is a value counted for the organisation? Devices and keys belong to one identity; counting them would only cost memory. */
export function isShared(feature: number): boolean {
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
