import type { EnrichedEvent, Habit, Habits } from '@gatewatch/schema'
import { createAssessment } from './assess.ts'
import { printable } from './explain.ts'
import { catalogue, REMEMBERED } from './features/catalogue.ts'
import { HOUR_BINS, localTime } from './features/time-of-week.ts'
import { offsetMinutes } from './features/zone.ts'
import { organisationZone, type Population } from './population/population.ts'
import { dayOf, growth } from './profile/decay.ts'
import { CLOCK, FIRST, FIRST_SLOT, HISTORY, HOURS, SLOTS, ZONE } from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import { findSlot, slotTotal } from './profile/slots.ts'
import { readEvent } from './read-event.ts'

const scratch = createAssessment()

/**
 * What an identity usually does, and how the judged event compares. Profiles hold keyed hashes only: names come from the
 * judged and the recent events, and values that none of them names are left out (shares then add up to less than 1).
 */
export function habits(
  profile: Profile,
  population: Population,
  current: EnrichedEvent | null,
  recent: readonly EnrichedEvent[],
): Habits {
  const names = Array.from({ length: REMEMBERED }, () => new Map<number, string>())
  const name = (event: EnrichedEvent) => {
    readEvent(event, profile, population, scratch)
    for (let i = 0; i < REMEMBERED; i++) {
      const hash = scratch.values[i] ?? 0
      if (hash !== 0) names[i]?.set(hash, printable(i, event))
    }
  }
  for (const event of recent) name(event)
  const judged = new Uint32Array(REMEMBERED)
  if (current !== null) {
    name(current)
    judged.set(scratch.values)
  }
  const features: Habit[] = []
  for (let i = 0; i < REMEMBERED; i++) {
    const habit = habitOf(profile, i, names[i] ?? new Map(), judged[i] ?? 0)
    if (habit !== null) features.push(habit)
  }
  const last = profile.f64[CLOCK >> 1] ?? 0
  const first = profile.f64[FIRST >> 1] ?? 0
  const left = 1 / growth(profile, dayOf(last))
  const zone = (profile.u32[ZONE] ?? 0) & 0xffff || organisationZone(population)
  const time = current?.event.time ?? last
  return {
    events: (profile.f32[HISTORY] ?? 0) * left,
    ...(first > 0 ? { first_seen: first } : {}),
    ...(last > 0 ? { last_seen: last } : {}),
    utc_offset_minutes: offsetMinutes(zone, time),
    hours: hourShares(profile),
    ...(current === null ? {} : { current_hour: localTime(zone, time).bin }),
    features,
  }
}

function hourShares(profile: Profile): number[] {
  const counts = [...profile.f32.subarray(HOURS, HOURS + HOUR_BINS)]
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total > 0 ? count / total : 0))
}

function habitOf(
  profile: Profile,
  feature: number,
  names: ReadonlyMap<number, string>,
  judged: number,
): Habit | null {
  const { u32, f32 } = profile
  const total = slotTotal(profile, feature)
  const shares = new Map<string, Habit['values'][number]>()
  const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
  for (let at = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0); at < end; at += 3) {
    const hash = u32[at] ?? 0
    const value = names.get(hash)
    if (hash === 0 || value === undefined || total <= 0) continue
    // version 10 of one system and of another look the same to a reader
    const same = shares.get(value)
    const share = (f32[at + 1] ?? 0) / total + (same?.share ?? 0)
    shares.set(value, { value, share, current: hash === judged || same?.current === true })
  }
  const values = [...shares.values()].sort(
    (a, b) => b.share - a.share || (a.value < b.value ? -1 : 1),
  )
  const isUnseen = judged !== 0 && findSlot(profile, feature, judged) < 0
  const { name = '', label = '' } = catalogue[feature] ?? {}
  if (values.length === 0 && !isUnseen) return null
  const unseen = isUnseen ? names.get(judged) : undefined
  return { feature: name, label, values, ...(unseen === undefined ? {} : { unseen }) }
}
