import { createWorld, type Family } from '@gatewatch/simulator'
import { worldLookups } from '../evaluate/lookups.ts'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { enrich } from './enrich.ts'
import { contentHash, eventKey } from './keys.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PEOPLE = 24
const START = Date.UTC(2026, 4, 4)
const DAYS = 12
/** When (ms) the last event of `worldEvents` has happened. */
export const WORLD_END = START + DAYS * DAY

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

/** Three thousand sign-ins of the same people, each with a device and a network of their own, and a stranger in the name of some. */
export function visitedHistory(): ArrivingEvent[] {
  const signIn = (n: number, who: number, from: number, country: string): ArrivingEvent => {
    const time = NOON - 30 * DAY + n * 10 * 60_000
    const one = sampleEvent({ uid: `visit ${n}`, user: `person ${who}`, time, country })
    const device = { uid: `machine ${from}` }
    const network = { prefix: `198.51.${from}.0/24`, asn: 64_500 + from, class: 'unknown' as const }
    const place = { country, city: `city ${from}`, lat: from, long: 17, provider: 'geoip' as const }
    return {
      ...one,
      event: { ...one.event, device },
      context: { ...one.context, network, place },
    }
  }
  return Array.from({ length: 3_150 }, (_, n) => {
    const who = n % PEOPLE
    const stranger = n > 2_900 && n % 7 === 0
    return stranger ? signIn(n, who, 60 + (n % 50), 'BR') : signIn(n, who, who, 'SE')
  })
}

/** Sign-ins of people of fixed habits, and at the end a visitor with a machine and a network of his own who deletes for an hour. */
export function attackedDay(): ArrivingEvent[] {
  const visits = Array.from({ length: 40 }, (_, n) => {
    const one = sampleEvent({
      uid: `visitor ${n}`,
      user: 'person 5',
      activity: 'DeleteDBInstance',
      country: 'BR',
      time: NOON - 2 * DAY + n * 60_000,
      change: {
        class_uid: 6003,
        activity_id: 4,
        api: { service: 'rds.amazonaws.com', operation: 'DeleteDBInstance', read_only: false },
      },
    })
    const network = { prefix: '203.0.113.0/24', asn: 64_999, class: 'unknown' as const }
    return { ...one, context: { ...one.context, network } }
  })
  return [...habitualHistory(), ...visits]
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

/** The events of a made-up organisation as they reach the pipeline, in order. */
export function worldEvents(family: Family, seed: number): ArrivingEvent[] {
  const world = createWorld({ family, seed, people: 40, days: DAYS, start: START })
  const lookups = worldLookups(world)
  return [...world.events()].map(({ event }) => {
    const enriched = enrich(event, lookups)
    return {
      ...enriched,
      key: eventKey(event.source, event.uid),
      content: contentHash(event),
      backfill: false,
    }
  })
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
