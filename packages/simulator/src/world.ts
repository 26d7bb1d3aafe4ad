import type { NetworkClass, Place } from '@gatewatch/schema'
import { crewsWorld } from './crews/crews.ts'
import { type Block, blockOf, type Internet } from './internet.ts'
import { createSociety, live } from './society.ts'
import type { SimulatedEvent } from './truth.ts'

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
  const start = Math.floor(options.start / DAY) * DAY
  if (family === 'crews') return crewsWorld({ seed, people, days, start, attacks, cloud })
  const machines = cloud === 0 ? 0 : Math.max(2, Math.round((people * cloud) / 50))
  const society = createSociety({ seed, people, start, days, machines })
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
