import type { NetworkClass, Place } from '@gatewatch/schema'
import { crewsWorld } from './crews/crews.ts'
import { type Block, blockOf, type Internet } from './internet.ts'
import { createSociety, live } from './society.ts'
import type { SimulatedEvent } from './truth.ts'
import { POISON_DAYS } from './weeks.ts'

/**
 * The families of worlds, written apart so that what is made for one can be judged on the other. They share the words of
 * this file and the dice, nothing else. `offices`: departments with offices and homes. `crews`: a group of firms whose
 * people work by shifts, terms and projects, on shared and imaged machines.
 */
export const FAMILIES = ['offices', 'crews'] as const
export type Family = (typeof FAMILIES)[number]

/** What a world is made from. The same options give the same events, to the byte. */
export interface WorldOptions {
  readonly seed: number
  readonly people: number
  readonly days: number
  /** First instant, ms since 1970 UTC; the world begins at the midnight before it. */
  readonly start: number
  /** How many attacks, relative to the stress mix (about 0.6 % of sign-ins); 0: none. Default 1. */
  readonly attacks?: number
  /** How much people and machines use the cloud, 0-1. Default 0.25. */
  readonly cloud?: number
  /** Default `offices`. */
  readonly family?: Family
  /**
   * Day of the world, from 0, on which four weeks of drift begin: one abrupt, lasting and honest change of `DRIFT_WEEKS`
   * each. Absent: only what changes everywhere.
   */
  readonly drift?: number
  /**
   * One attacker for fifty people signs in daily for `POISON_DAYS` in small steps (label `poisoning`), then strikes
   * (`poisoned_strike`), in the second half of the world. `cold`: the same strikes without the steps before, to compare
   * with. Absent: none.
   */
  readonly poisoning?: 'trained' | 'cold'
}

/** What an IP database would say of an address, with the errors such databases have. */
export interface AddressFacts {
  readonly place?: Place
  readonly asn: number
  readonly as_name: string
  readonly class: NetworkClass
}

/** Somebody who lives in a world. */
export interface Resident {
  readonly key: string
  readonly email: string
  readonly name: string
  readonly department: string
  readonly timezone: string
}

/** A synthetic organisation with its internet. */
export interface World {
  /** Everything that happens, in strictly rising time. May be called again: it starts anew. Memory does not grow with the number of events. */
  events(): Generator<SimulatedEvent>
  /** null: not an address of this world. */
  placeOf(ip: string): AddressFacts | null
  /** Every block of the world's internet: a /24, or an IPv6 /48. */
  addressPlan(): Iterable<AddressFacts & { readonly cidr: string }>
  people(): readonly Resident[]
}

const DAY = 86_400_000

/** Hostile sign-ins for each benign one at attacks = 1: a stress mix, far above real life, so that few days give steady figures. */
const STRESS = 0.006

/** Makes a world. Throws a RangeError on options out of range, naming the option. */
export function createWorld(options: WorldOptions): World {
  const { seed, people, days, attacks = 1, cloud = 0.25, family = 'offices' } = options
  check('seed', seed, 0, 2 ** 32 - 1)
  check('people', people, 1, 10_000_000)
  check('days', days, 0, 3660)
  check('start', options.start, 0, 253402300799999 - days * DAY)
  check('attacks', attacks, 0, 100)
  check('cloud', cloud, 0, 1)
  if (options.drift !== undefined) check('drift', options.drift, 0, days)
  if (options.poisoning !== undefined) check('days of a poisoning', days, POISON_DAYS + 2, 3660)
  const start = Math.floor(options.start / DAY) * DAY
  const drift =
    options.drift === undefined ? {} : { drift: start / DAY + Math.floor(options.drift) }
  const { poisoning } = options
  if (family === 'crews')
    return crewsWorld({
      ...{ seed, people, days, start, attacks, cloud },
      ...drift,
      ...(poisoning === undefined ? {} : { poisoning }),
    })
  const machines = cloud === 0 ? 0 : Math.max(2, Math.round((people * cloud) / 50))
  const society = createSociety({ seed, people, start, days, machines, ...drift })
  return {
    events: () =>
      live(society, {
        from: start,
        to: start + days * DAY,
        cloud,
        hostility: STRESS * attacks,
        traffic: false,
        connector: 'simulator',
        delay: 90_000,
        ...(poisoning === undefined
          ? {}
          : { poisoning: { kind: poisoning, first: start / DAY, days } }),
      }),
    placeOf: (ip) => factsOf(society.internet, ip),
    addressPlan: () => addressPlan(society.internet),
    people: () =>
      society.people.map(({ key, email, name, department, timezone }) => ({
        key,
        email,
        name,
        department,
        timezone,
      })),
  }
}

/** What an IP database would say of an address; null outside this internet. */
export function factsOf(internet: Internet, ip: string): AddressFacts | null {
  const block = blockOf(internet, ip)
  return block === undefined ? null : facts(block)
}

/** Every /24 of an internet with its facts. */
export function* addressPlan(
  internet: Internet,
): Generator<AddressFacts & { readonly cidr: string }> {
  for (const block of internet.blocks.values())
    yield { cidr: `${block.prefix}.0/24`, ...facts(block) }
}

function facts(block: Block): AddressFacts {
  const { asn, name } = block.provider
  return { place: block.place, asn, as_name: name, class: block.provider.class }
}

function check(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new RangeError(`${name} must be between ${low} and ${high}, not ${value}`)
}
