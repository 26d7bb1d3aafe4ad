import type { NetworkClass, Place } from '@gatewatch/schema'
import { createAgenda } from './agenda.ts'
import { planTakeovers } from './attacks/sign-in-attacks.ts'
import { createEmitter } from './emit.ts'
import { blockOf, buildInternet } from './internet.ts'
import { drawPeople } from './people.ts'
import { planSignIns, type Stage } from './sign-ins.ts'
import type { SimulatedEvent } from './truth.ts'

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
  /** Every /24 of the world's internet. */
  addressPlan(): Iterable<AddressFacts & { readonly cidr: string }>
  people(): readonly Resident[]
}

const DAY = 86_400_000

/** Makes a world. Throws on options out of range, naming the option. */
export function createWorld(options: WorldOptions): World {
  check('people', options.people, 1, 10_000_000)
  check('days', options.days, 0, 3660)
  check('seed', options.seed, 0, 2 ** 53)
  check('start', options.start, 0, 253402300799999)
  const { seed, attacks = 1 } = options
  const start = Math.floor(options.start / DAY) * DAY
  const end = start + options.days * DAY
  const internet = buildInternet()
  const people = drawPeople(internet, { seed, people: options.people, start, days: options.days })

  function* events(): Generator<SimulatedEvent> {
    const made: SimulatedEvent[] = []
    const agenda = createAgenda()
    const emit = createEmitter({ seed, traffic: false }, (one) => made.push(one))
    const stage: Stage = { seed, internet, agenda, emit }
    const rate = people.reduce((sum, person) => sum + person.rate, 0) * 0.75
    let planned = start / DAY - 2
    const planUntil = (day: number) => {
      for (; planned < day; ) {
        planned++
        for (const person of people) planSignIns(stage, person, planned)
        planTakeovers(stage, people, planned, rate * 0.006 * attacks)
      }
    }
    for (let midnight = start; midnight < end; midnight += DAY) {
      // A local day begins up to 14 hours before its UTC midnight.
      planUntil(midnight / DAY + 1)
      while (agenda.next() < midnight + DAY) {
        agenda.run()
        for (const one of made) {
          if (one.event.time >= start && one.event.time < end) yield one
        }
        made.length = 0
      }
    }
  }
  const facts = (ip: string): AddressFacts | null => {
    const block = blockOf(internet, ip)
    if (block === undefined) return null
    const { asn, name } = block.provider
    return { place: block.place, asn, as_name: name, class: block.provider.class }
  }
  return {
    events,
    placeOf: facts,
    *addressPlan() {
      for (const block of internet.blocks.values()) {
        const { asn, name } = block.provider
        yield {
          cidr: `${block.prefix}.0/24`,
          place: block.place,
          asn,
          as_name: name,
          class: block.provider.class,
        }
      }
    },
    people: () => people,
  }
}

function check(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new RangeError(`${name} must be between ${low} and ${high}, not ${value}`)
}
