import type { EnrichedEvent } from '@gatewatch/schema'
import { HOUR_BINS, hourSurprise } from '../features/time-of-week.ts'
import { FAST_KMH, travelSurprise } from '../features/travel.ts'
import { type Population, shrink } from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import { CLOCK, HOURS, MOVES } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import type { Assessment, Signals } from '../types.ts'

/** Surprise of the hour, nats: from the identity's own week, shrunk to the organisation's (time-of-week.ts). */
export function hourPoints(
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

/** Surprise of a move faster than an airliner, nats; 0 for a slower one, NaN where travel cannot be measured. */
export function travelPoints(profile: Profile, signals: Signals): number {
  if (signals.travel === null) return Number.NaN
  if (signals.travel.speed_kmh <= FAST_KMH) return 0
  const { f32 } = profile
  return travelSurprise(f32[MOVES + 1] ?? 0, f32[MOVES] ?? 0)
}
