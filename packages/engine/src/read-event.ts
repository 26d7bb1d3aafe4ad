import type { EnrichedEvent } from '@gatewatch/schema'
import { catalogue, indexOf, PARENT, REMEMBERED } from './features/catalogue.ts'
import { keyedHash } from './features/keyed-hash.ts'
import { zoneOf } from './features/zone.ts'
import { organisationZone, type Population } from './population/population.ts'
import { dayOf } from './profile/decay.ts'
import { CLOCK, PREVIOUS, ZONE } from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import type { Assessment } from './types.ts'

const AT = {
  service: indexOf('service'),
  sequence: indexOf('sequence'),
}

/** The last day (since 1970) that a slot can hold: 18 September 2059. */
const LAST_DAY = 32_767

const HOUR = 3_600_000

const DAY = 86_400_000

/** Label of the hash of an identity, among those that are not features. */
export const IDENTITY = 1000

const ATTEMPT = 1001

/** Hashes the event's values into `out.values` and reads its clock. */
export function readEvent(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  out: Assessment,
): void {
  const { event, context, entity } = input
  const { values } = out
  for (let i = 0; i < REMEMBERED; i++) {
    const feature = catalogue[i]
    const text = feature?.read(input)
    const parent = PARENT[i] ?? -1
    const within = feature?.within === true && parent >= 0 ? (values[parent] ?? 0) : 0
    values[i] =
      text === undefined || text === '' ? 0 : keyedHash(population.key, i + 1, within, text)
  }
  const clock = profile.f64[CLOCK >> 1] ?? 0
  const before = profile.u32[PREVIOUS + 1] ?? 0
  const service = values[AT.service] ?? 0
  if (service !== 0 && before !== 0 && before !== service && Math.abs(event.time - clock) < HOUR) {
    values[AT.sequence] = keyedHash(population.key, AT.sequence + 1, service, String(before))
  }
  out.identity = keyedHash(population.key, IDENTITY, 0, entity.key)
  const target = event.target?.key ?? event.target?.uid
  out.target = target === undefined ? 0 : keyedHash(population.key, IDENTITY, 0, target)
  const attempt = event.auth?.attempt_uid
  out.attempt = attempt === undefined ? 0 : keyedHash(population.key, ATTEMPT, 0, attempt)
  out.isFuture = event.time > event.observed_time + DAY || dayOf(event.time) > LAST_DAY
  out.isLate = event.time < clock
  const own = (profile.u32[ZONE] ?? 0) & 0xffff
  out.zone = own !== 0 ? own : zoneOf(context.place) || organisationZone(population)
}
