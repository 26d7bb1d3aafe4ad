import type { EnrichedEvent } from '@gatewatch/schema'
import { defaultPolicy } from '../decide.ts'
import { judge } from '../judge.ts'
import { defaultModels } from '../models/shipped.ts'
import {
  applyDelta,
  createDelta,
  createPopulation,
  type Population,
} from '../population/population.ts'
import { createProfile, type Profile } from '../profile/profile.ts'
import type { Judgement } from '../types.ts'

/** Monday 5 January 2026, 09:00 UTC, in ms. */
export const MONDAY = Date.UTC(2026, 0, 5, 9)
/** An hour in ms. */
export const HOUR = 3_600_000
/** A day in ms. */
export const DAY = 24 * HOUR

/** Differences from an ordinary event; parts are merged field by field. */
export interface Difference {
  readonly event?: Partial<EnrichedEvent['event']>
  readonly place?: Partial<NonNullable<EnrichedEvent['context']['place']>> | null
  readonly network?: Partial<NonNullable<EnrichedEvent['context']['network']>> | null
  readonly client?: Partial<EnrichedEvent['context']['client']>
  readonly entity?: Partial<EnrichedEvent['entity']>
}

/** A person's successful sign-in from home in Berlin at a time (ms), but for what `but` says. */
export function signIn(time: number, but: Difference = {}): EnrichedEvent {
  const entity = {
    key: 'user:ada@example.com',
    name: 'Ada',
    class: 'human' as const,
    ...but.entity,
  }
  return {
    event: {
      v: 1,
      uid: `sign-in ${time}`,
      uid_kind: 'native',
      revision: 0,
      time,
      observed_time: time + 1000,
      source: { vendor: 'test', product: 'directory', format: 'test', connector: 'test' },
      class_uid: 3002,
      activity_id: 1,
      activity: 'sign-in',
      status_id: 1,
      actor: { type: 'user', key: entity.key },
      src: { ip_kind: 'public', ip: '198.51.100.7' },
      auth: { stage: 'primary', is_mfa: null },
      device: { uid: 'laptop' },
      ...but.event,
    },
    context: {
      ...(but.place === null
        ? {}
        : {
            place: {
              country: 'DE',
              city: 'Berlin',
              lat: 52.5,
              long: 13.4,
              provider: 'geoip' as const,
              ...but.place,
            },
          }),
      ...(but.network === null
        ? {}
        : {
            network: {
              prefix: '198.51.100.0/24',
              asn: 64_500,
              class: 'residential' as const,
              ...but.network,
            },
          }),
      client: {
        os: 'Windows',
        os_version: '11',
        browser: 'Firefox',
        browser_version: '140',
        kind: 'browser',
        ...but.client,
      },
      missing: [],
    },
    entity,
  }
}

/** A call of a cloud by the same person. */
export function call(time: number, operation: string, but: Difference = {}): EnrichedEvent {
  const { auth: _, device: __, ...rest } = signIn(time, but).event
  return {
    ...signIn(time, but),
    event: {
      ...rest,
      uid: `call ${operation} ${time}`,
      class_uid: 6003,
      activity: operation,
      api: { service: 'storage', operation },
      cloud: { provider: 'aws', region: 'eu-central-1' },
      ...but.event,
    },
    context: {
      ...signIn(time, but).context,
      client: { kind: 'cli', browser: 'aws-cli', ...but.client },
    },
  }
}

/** Everything a traveller from another continent would bring. */
export const STRANGER: Difference = {
  place: { country: 'BR', city: 'Recife', lat: -8, long: -34.9 },
  network: { prefix: '203.0.113.0/24', asn: 64_511 },
  client: { os: 'Linux', os_version: '6', browser: 'Chrome', browser_version: '99' },
  event: { device: { uid: 'another machine' } },
}

/** An organisation of one test: a population, profiles by entity, and a way to judge one event after the other. */
export interface Life {
  readonly population: Population
  readonly profiles: Map<string, Profile>
  readonly profile: (key?: string) => Profile
  readonly live: (input: EnrichedEvent) => Judgement
}

/** An organisation that knows nothing yet. */
export function createLife(): Life {
  const population = createPopulation(Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1))
  const profiles = new Map<string, Profile>()
  const profile = (key = 'user:ada@example.com'): Profile => {
    const known = profiles.get(key) ?? createProfile()
    profiles.set(key, known)
    return known
  }
  return {
    population,
    profiles,
    profile,
    live(input) {
      const delta = createDelta()
      const own = profile(input.entity.key)
      const judged = judge(input, own, population, defaultModels, defaultPolicy, delta)
      applyDelta(population, delta)
      return judged
    },
  }
}

/**
 * An organisation in which `people` have signed in on every working day for `days` from MONDAY on, twice a day; the
 * first of them is Ada. Everybody lives in Berlin, each with a laptop and an address range.
 */
export function livedIn(people: number, days: number): Life {
  const life = createLife()
  for (let day = 0; day < days; day++) {
    if (day % 7 > 4) continue
    for (const hour of [0, 5]) {
      for (let who = 0; who < people; who++) {
        life.live(signIn(MONDAY + day * DAY + hour * HOUR + who * 17_000, person(who)))
      }
    }
  }
  return life
}

/** What sets one colleague apart from Ada; 0 is Ada. */
export function person(who: number): Difference {
  if (who === 0) return {}
  const key = `user:colleague${who}@example.com`
  return {
    entity: { key, name: `Colleague ${who}` },
    event: { actor: { type: 'user', key }, device: { uid: `laptop ${who}` } },
    network: { prefix: `198.51.${who % 250}.0/24` },
  }
}
