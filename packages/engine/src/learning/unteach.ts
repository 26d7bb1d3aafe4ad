import type { EnrichedEvent } from '@gatewatch/schema'
import { basis, historyBucket } from '../detectors/surprise.ts'
import { indexOf, REMEMBERED } from '../features/catalogue.ts'
import { HOUR_BINS } from '../features/time-of-week.ts'
import { NO_ZONE } from '../features/zone.ts'
import { ADD, add } from '../population/delta.ts'
import { BUCKETS, type PopulationDelta } from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import {
  ACTIVE,
  CLOCK,
  FIRST_SLOT,
  HALF_LIFE,
  HISTORY,
  HOURS,
  NOVELTY,
  SLOTS,
  ZONE,
} from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import {
  FIFTHS,
  findSlot,
  forgetSlot,
  isContributed,
  setContributed,
  takeFromSlot,
} from '../profile/slots.ts'
import type { Assessment } from '../types.ts'
import { AGED, isShared } from './long-memory.ts'
import { takeNumber } from './numbers.ts'

const ERROR = indexOf('error')

/** Days after which what a service does counts half (decay.ts). */
const SERVICE_HALF_LIFE = 14

/**
 * Takes `fifths` fifths of an event back out of the long memory, in profile and organisation: values, novelty, hours, bytes,
 * zone. Counts never fall below 0, and a value that nothing else taught is forgotten. Right after the event was learned,
 * everything is as before; later, as if those that followed had come without it: where others taught a value too, it was
 * theirs to be new. Days on which the identity was active, and rates of events, stay.
 */
export function unteach(
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
    takeFromSlot(profile, at, day, fifths, unit)
    // what is left of a value that only this event taught is rounding
    if ((f32[at + 1] ?? 0) < 0.05 * unit) {
      forgetSlot(profile, at, (feature, gone, contributed) => {
        if (contributed) add(delta, ADD.value, feature, gone, 0, -1)
      })
    }
  }
  unteachNovelty(profile, values, day, fifths, failed, delta)
  if (failed) return
  less(HOURS + hourBin, amount)
  const service = input.entity.class === 'service' ? 1 : 0
  add(delta, ADD.hour, service * HOUR_BINS + hourBin, 0, day, -fifths)
  const zone = (profile.u32[ZONE] ?? 0) & 0xffff
  if (zone !== NO_ZONE && service === 0) add(delta, ADD.zone, zone, 0, day, -fifths)
  const { traffic } = input.event
  for (const [which, number] of [traffic?.bytes_out, traffic?.bytes_in].entries()) {
    if (number === undefined) continue
    takeNumber(profile, delta, service, which, number, fifths, unit, day)
  }
}

/** What the event was counted as, new or not, follows from what is known without it: slots are taken from first. */
function unteachNovelty(
  profile: Profile,
  values: Uint32Array,
  day: number,
  fifths: number,
  failed: boolean,
  delta: PopulationDelta,
): void {
  const { f32, f64 } = profile
  const amount = (fifths / FIFTHS) * growth(profile, day)
  const left = 1 / growth(profile, Math.max(day, dayOf(f64[CLOCK >> 1] ?? 0)))
  for (let i = 0; i < REMEMBERED; i++) {
    if ((values[i] ?? 0) === 0 || (failed && i !== ERROR)) continue
    const n = basis(profile, i, values, left)
    // what rounding left of a count is no history
    if (n < 0.01) continue
    const novel = findSlot(profile, i, values[i] ?? 0) < 0 ? 1 : 0
    for (let at = NOVELTY + 2 * i; at <= NOVELTY + 2 * i + novel; at++) {
      f32[at] = Math.max(0, (f32[at] ?? 0) - amount)
    }
    add(delta, ADD.novelty, (i * BUCKETS + historyBucket(n)) * 2 + novel, 0, day, -fifths)
  }
}

/**
 * Takes everything back that a profile contributed to the organisation's distinct counts: before it is erased. The
 * profile itself keeps what it knows.
 */
export function withdraw(profile: Profile, delta: PopulationDelta): void {
  if ((profile.u16[ACTIVE * 2] ?? 0) >= AGED) {
    add(delta, ADD.aged, profile.f32[HALF_LIFE] === SERVICE_HALF_LIFE ? 1 : 0, 0, 0, -1)
  }
  for (let i = 0; i < REMEMBERED; i++) {
    if (!isShared(i)) continue
    const end = SLOTS + 3 * (FIRST_SLOT[i + 1] ?? 0)
    for (let at = SLOTS + 3 * (FIRST_SLOT[i] ?? 0); at < end; at += 3) {
      const hash = profile.u32[at] ?? 0
      if (hash === 0 || !isContributed(profile, at)) continue
      setContributed(profile, at, 0)
      add(delta, ADD.value, i, hash, 0, -1)
    }
  }
}

/**
 * A profile was worked out anew: what the organisation counts follows from what the one before contributed to what the
 * new one does.
 */
export function settleContributions(before: Profile, after: Profile, delta: PopulationDelta): void {
  const count = (profile: Profile, other: Profile, amount: number) => {
    for (let i = 0; i < REMEMBERED; i++) {
      if (!isShared(i)) continue
      const end = SLOTS + 3 * (FIRST_SLOT[i + 1] ?? 0)
      for (let at = SLOTS + 3 * (FIRST_SLOT[i] ?? 0); at < end; at += 3) {
        const hash = profile.u32[at] ?? 0
        if (hash === 0 || !isContributed(profile, at)) continue
        const there = findSlot(other, i, hash)
        if (there < 0 || !isContributed(other, there)) add(delta, ADD.value, i, hash, 0, amount)
      }
    }
  }
  count(before, after, -1)
  count(after, before, 1)
}
