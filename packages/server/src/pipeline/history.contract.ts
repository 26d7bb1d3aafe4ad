import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PEOPLE = 24

/** Sign-ins of people of fixed habits: what each teaches does not hang on how much of the others' was known at that moment. */
export function habitualHistory(): ArrivingEvent[] {
  return Array.from({ length: 600 }, (_, n) =>
    sampleEvent({
      uid: `habit ${n}`,
      user: `person ${n % PEOPLE}`,
      time: NOON - 30 * DAY + n * HOUR,
    }),
  )
}

/** The same with an attack at the end: two people delete databases by the dozen. */
export function attackedHistory(): ArrivingEvent[] {
  const attacks = [3, 7].flatMap((insider) =>
    Array.from({ length: 40 }, (_, n) =>
      sampleEvent({
        uid: `attack ${insider} ${n}`,
        user: `person ${insider}`,
        activity: 'DeleteDBInstance',
        time: NOON - 4 * DAY + insider * HOUR + n * 10_000,
        change: {
          class_uid: 6003,
          activity_id: 4,
          api: { service: 'rds.amazonaws.com', operation: 'DeleteDBInstance', read_only: false },
        },
      }),
    ),
  )
  return [...habitualHistory(), ...attacks]
}

/** The events in pieces of `size`, in order. */
export function chunks<T>(events: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
    events.slice(index * size, (index + 1) * size),
  )
}

/** Every profile of a tenant in hexadecimal, by identity. */
export async function profilesOf(storage: Storage, tenant: TenantId): Promise<Map<string, string>> {
  const entities = await storage.reader.entities(tenant, { limit: 100_000 })
  const keys = entities.map(({ entity }) => entity.key).sort()
  const profiles = new Map<string, string>()
  for (const key of keys) {
    const found = await storage.reader.entity(tenant, key)
    profiles.set(key, Buffer.from(found?.profile ?? []).toString('hex'))
  }
  return profiles
}
