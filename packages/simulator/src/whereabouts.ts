import { type City, citiesOf } from './geography.ts'
import { type Address, addressIn, addressOf, anyCity, type Internet } from './internet.ts'
import type { Person } from './people.ts'
import { hash, type Random, randomOf, unit } from './random.ts'

/** Where somebody is on a day. */
export interface Whereabouts {
  readonly city: City
  readonly travelling: boolean
  readonly absent: boolean
}

/** Where a person is on a local day (days since 1970): at home, on a trip, or away from work altogether. */
export function whereabouts(person: Person, day: number): Whereabouts {
  const home = homeOf(person, day).city
  if (person.isSteady === true) return { city: home, travelling: false, absent: false }
  const trip = tripOn(person, day)
  if (trip !== null) return { city: trip, travelling: true, absent: false }
  return { city: home, travelling: false, absent: onLeave(person, day) }
}

/** Trips: at most one starts in every slot of `tripEvery` days; two to six days each, farther ones longer. */
function tripOn(person: Person, day: number): City | null {
  const slot = Math.max(8, Math.round(person.tripEvery))
  const index = Math.floor((day + (person.seed % slot)) / slot)
  const random = randomOf(person.seed, 21, index)
  const from = index * slot - (person.seed % slot) + random.int(slot - 7)
  const kind = random.next()
  const length = 2 + random.int(kind < 0.35 ? 3 : 5)
  if (day < from || day >= from + length) return null
  if (kind < 0.35) return random.pick(citiesOf(person.city.country))
  if (kind < 0.65) return random.pick(person.company.offices).city
  return anyCity(random)
}

/** Holidays: one block of 5-15 days in most quarters of a year; a few people stay away for a month or more. */
function onLeave(person: Person, day: number): boolean {
  const slot = 120
  const index = Math.floor((day + (person.seed % slot)) / slot)
  const random = randomOf(person.seed, 22, index)
  if (!random.chance(0.65)) return false
  const length = random.chance(0.04) ? 30 + random.int(40) : 5 + random.int(11)
  const from = index * slot - (person.seed % slot) + random.int(slot - length)
  return day >= from && day < from + length
}

/** Home on a day: about every two years people move within their city or change their provider. */
function homeOf(person: Person, day: number) {
  const era = Math.floor((day + (hash(person.seed, 23) % 700)) / 700)
  return { city: person.city, era }
}

/** The address somebody's home has on a day: leases within the few blocks of a neighbourhood. */
export function homeAddress(internet: Internet, person: Person, day: number): Address {
  if (person.fixedHome !== undefined) {
    const parts = person.fixedHome.split('.').map(Number)
    const block = internet.blocks.get(
      (parts[0] ?? 0) * 65536 + (parts[1] ?? 0) * 256 + (parts[2] ?? 0),
    )
    if (block !== undefined) return { ip: person.fixedHome, block }
  }
  const { city, era } = homeOf(person, day)
  const provider =
    era % 2 === 0 ? person.provider : internet.pickProvider(city, randomOf(person.seed, 24, era))
  const lease = Math.floor(day / Math.max(1, person.leaseDays) + unit(person.seed, 25))
  const blocks = provider.blocks.get(city.index) ?? []
  // A neighbourhood sees two or three of a provider's blocks; one lease in ten comes from elsewhere in the city.
  const near = 2 + (person.seed % 2)
  const which =
    unit(person.seed, 26, lease, era) < 0.1
      ? hash(person.seed, 27, lease)
      : hash(person.seed, 28, hash(person.seed, 29, lease) % near, era)
  const block = blocks[which % Math.max(1, blocks.length)]
  if (block === undefined) throw new Error(`${provider.name} has no block at ${city.name}`)
  return addressIn(block, hash(person.seed, 30, lease, era))
}

/** A phone's address on its carrier (carrier-grade NAT): a few blocks a day out of the carrier's pool. */
export function carrierAddress(
  internet: Internet,
  person: Person,
  where: Whereabouts,
  random: Random,
): Address {
  const abroad = where.city.country !== person.city.country
  const carrier =
    abroad && !person.roaming ? internet.pickCarrier(where.city.country, random) : person.carrier
  return addressOf(carrier, null, random)
}

/** An address of an ordinary line somewhere in a city: a hotel, a cafe, a friend's home. */
export function guestAddress(internet: Internet, city: City, random: Random): Address {
  return addressOf(internet.pickProvider(city, random), city, random)
}
