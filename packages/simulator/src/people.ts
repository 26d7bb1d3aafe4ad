import { type DeviceHabit, drawDevice } from './clients.ts'
import { type City, citiesOf } from './geography.ts'
import { anyCity, type Block, type Internet, type Provider } from './internet.ts'
import { enrols } from './management.ts'
import { hash, type Random, randomOf, zipf } from './random.ts'

/** What people of a department do in the cloud, if anything. */
export type CloudRole = 'developer' | 'operations' | 'data' | 'security' | 'finance' | 'none'

/** A place of work: one NAT address or a few, shared by everybody in it. */
export interface Office {
  readonly city: City
  readonly block: Block
  readonly exits: number
}

/** An employer: offices, an identity provider, perhaps a VPN that leaves in another country. */
export interface Company {
  readonly index: number
  readonly name: string
  readonly domain: string
  readonly idp: 'entra' | 'okta'
  readonly offices: readonly Office[]
  readonly vpn: Office | null
  readonly vpnShare: number
  /** Are the machines it hands out enrolled, and does its identity provider ask for that (management.ts)? */
  readonly enrols: boolean
  readonly account: string
}

/** Somebody who signs in. Everything about them on a given day follows from this record and the date. */
export interface Person {
  readonly index: number
  readonly seed: number
  readonly key: string
  readonly email: string
  readonly name: string
  readonly department: string
  readonly cloudRole: CloudRole
  readonly company: Company
  readonly city: City
  readonly timezone: string
  readonly provider: Provider
  readonly carrier: Provider
  readonly office: Office | null
  readonly officeShare: number
  /** Sign-ins on a working day, mean. */
  readonly rate: number
  readonly rhythm: 'day' | 'night' | 'free'
  /** Middle of the working day, local hour, and its spread in hours. */
  readonly midday: number
  readonly spread: number
  readonly leaseDays: number
  /** Nights away a year come in trips; this is the mean number of days between their starts. */
  readonly tripEvery: number
  readonly vpn: Provider | null
  readonly vpnShare: number
  readonly roaming: boolean
  readonly devices: readonly DeviceHabit[]
  readonly typos: number
  readonly mfa: 'push' | 'otp' | 'webauthn' | null
  /** Days for which a second factor is remembered. */
  readonly mfaEvery: number
  readonly isAdmin: boolean
  /** First day (ms UTC) this person exists, and the last; people who left stay as dormant accounts. */
  readonly joined: number
  readonly left: number
  /** Index of a second user of the same account, with devices and home of their own, or null. */
  readonly sharedWith: Person | null
  /** A fixed home address instead of leases. */
  readonly fixedHome?: string
  /** Never away: no trips, no holidays. */
  readonly isSteady?: boolean
}

const FIRST =
  'Ada Amir Ana Anders Aisha Bea Boris Carla Chen Chloe Dana David Diego Ebba Elif Emma Erik Fatima Felix Freya Gita Goran Hana Hugo Ines Ivan Jamal Jana Jonas Julia Kai Karin Kofi Laila Lars Lea Liam Lin Lucia Luka Maja Marco Maria Mei Mina Nadia Nils Noah Nora Olga Omar Oscar Paula Pedro Priya Rafael Rania Ravi Rosa Ruth Sam Sara Sven Tariq Tea Theo Uma Vera Viktor Wei Yara Yusuf Zoe'.split(
    ' ',
  )
const LAST =
  'Abe Adeyemi Aguilar Ahmed Alm Andersson Bakker Banerjee Barros Becker Berg Bianchi Bose Brandt Braun Brown Carter Castro Chan Costa Cruz Dahl Das Diaz Dubois Dupont Eriksen Evans Farah Fischer Fontaine Garcia Gomez Green Gupta Hall Hansen Haas Hoang Holm Ibrahim Ito Ivanova Jensen Jones Kaya Keller Khan Kim Kovac Kumar Larsen Lee Lewis Lim Lopez Mann Martin Meyer Mills Moreau Murphy Nair Nakamura Nguyen Novak Okafor Olsen Ortiz Park Patel Perez Petrov Popescu Rao Reyes Ricci Rossi Roy Sato Schmidt Shah Silva Singh Smith Sousa Stone Suzuki Tan Torres Vargas Vogel Walker Wang Weber White Wolf Wong Yilmaz Young Zhang'.split(
    ' ',
  )
const DEPARTMENTS: readonly (readonly [string, CloudRole])[] = [
  ['Sales', 'none'],
  ['Engineering', 'developer'],
  ['Support', 'none'],
  ['Platform', 'operations'],
  ['Marketing', 'none'],
  ['Data', 'data'],
  ['Finance', 'finance'],
  ['Manufacturing', 'none'],
  ['Security', 'security'],
  ['People', 'none'],
]
const pickDepartment = zipf(DEPARTMENTS, 0.7)
const COMPANY_NAMES =
  'alder birch cedar dune elm fjord garnet heron iris juniper kestrel larch maple nettle onyx pine quartz rowan sable tern umber violet willow yarrow zephyr'.split(
    ' ',
  )
const DAY = 86_400_000

/** How a population is drawn. */
export interface PopulationOptions {
  readonly seed: number
  readonly people: number
  /** First instant and length in days of the window in which joiners appear. */
  readonly start: number
  readonly days: number
  /** Employers to draw from, instead of drawn ones. */
  readonly employers?: (internet: Internet) => readonly Company[]
}

/** Employers with heavy-tailed sizes, about one for every 150 people. */
function companies(internet: Internet, options: PopulationOptions): Company[] {
  const count = Math.max(1, Math.min(COMPANY_NAMES.length, Math.round(options.people / 150)))
  return Array.from({ length: count }, (_, index) => {
    const random = randomOf(options.seed, 11, index)
    const name = COMPANY_NAMES[index] ?? `company${index}`
    const seat = anyCity(random)
    const abroad = anyCity(random)
    const places = [seat, random.pick(citiesOf(seat.country)), random.chance(0.6) ? abroad : seat]
    const offices = [...new Set(places)].map((city) => ({
      city,
      block: internet.office(`${name} ${city.name}`, city),
      exits: 1 + random.int(2),
    }))
    const exit = random.chance(0.5) ? seat : anyCity(random)
    return {
      index,
      name,
      domain: `${name}.example`,
      idp: random.chance(0.55) ? 'entra' : 'okta',
      offices,
      vpn: random.chance(0.5)
        ? { city: exit, block: internet.office(`${name} gateway ${exit.name}`, exit), exits: 3 }
        : null,
      vpnShare: 0.1 + 0.4 * random.next(),
      enrols: enrols(options.seed, index),
      account: String(100_000_000_000 + (hash(options.seed, 12, index) % 899_999_999)),
    }
  })
}

/** Draws everybody of a world. Deterministic for its options. */
export function drawPeople(internet: Internet, options: PopulationOptions): Person[] {
  const employers = options.employers?.(internet) ?? companies(internet, options)
  const pickEmployer = zipf(employers, 0.8)
  const taken = new Set<string>()
  return Array.from({ length: options.people }, (_, index) => {
    const random = randomOf(options.seed, 13, index)
    return drawPerson(internet, options, pickEmployer(random), index, random, taken)
  })
}

function drawPerson(
  internet: Internet,
  options: PopulationOptions,
  company: Company,
  index: number,
  random: Random,
  taken: Set<string>,
): Person {
  const office = random.chance(0.8) ? pickOffice(company.offices, random) : null
  const city = homeCity(office, company, random)
  const name = `${random.pick(FIRST)} ${random.pick(LAST)}`
  const [department, cloudRole] = pickDepartment(random)
  const email = freeAddress(name, company.domain, taken)
  const rhythm = random.chance(0.06) ? 'night' : random.chance(0.09) ? 'free' : 'day'
  const isJoiner = random.chance(0.12)
  const isDormant = random.chance(0.03)
  const self: Person = {
    index,
    seed: hash(options.seed, 14, index),
    key: `user:${email}`,
    email,
    name,
    department,
    cloudRole,
    company,
    city,
    timezone: city.zone,
    provider: internet.pickProvider(city, random),
    carrier: internet.pickCarrier(city.country, random),
    office,
    officeShare: office === null ? 0 : Math.min(0.95, Math.max(0.05, random.normal(0.55, 0.3))),
    rate: Math.min(14, Math.max(0.12, random.lognormal(1.7, 0.85))),
    rhythm,
    midday: rhythm === 'night' ? random.normal(25.5, 1.2) : random.normal(12.8, 1.1),
    spread: random.lognormal(2.6, 0.25),
    leaseDays: random.lognormal(25, 1.1),
    tripEvery: random.chance(0.05) ? 12 : random.lognormal(120, 0.7),
    vpn: random.chance(0.06) ? random.pick(internet.vpns) : null,
    vpnShare: 0.1 + 0.6 * random.next(),
    roaming: random.chance(0.7),
    devices: drawDevices(random),
    typos: Math.min(0.3, random.lognormal(0.035, 0.7)),
    mfa: random.chance(0.6) ? random.pick(['push', 'push', 'otp', 'webauthn'] as const) : null,
    mfaEvery: random.chance(0.25) ? 0 : random.pick([7, 14, 30, 30, 60]),
    isAdmin: cloudRole === 'operations' ? random.chance(0.4) : random.chance(0.02),
    joined: isJoiner ? options.start + random.next() * options.days * DAY : 0,
    left: isDormant ? options.start + (random.next() - 0.6) * options.days * DAY : Infinity,
    sharedWith: null,
  }
  if (!random.chance(0.015)) return self
  const other: Person = {
    ...self,
    seed: hash(options.seed, 15, index),
    provider: internet.pickProvider(city, random),
    devices: drawDevices(random),
  }
  return { ...self, sharedWith: other }
}

function pickOffice(offices: readonly Office[], random: Random): Office {
  const [seat] = offices
  return seat !== undefined && random.chance(0.6) ? seat : random.pick(offices)
}

function homeCity(office: Office | null, company: Company, random: Random): City {
  if (office !== null) return office.city
  const [seat] = company.offices
  return seat !== undefined && random.chance(0.7)
    ? random.pick(citiesOf(seat.city.country))
    : anyCity(random)
}

function freeAddress(name: string, domain: string, taken: Set<string>): string {
  const local = name.toLowerCase().replace(' ', '.')
  let email = `${local}@${domain}`
  for (let n = 2; taken.has(email); n++) email = `${local}${n}@${domain}`
  taken.add(email)
  return email
}

function drawDevices(random: Random): DeviceHabit[] {
  const devices = [drawDevice(random, 'desktop')]
  if (random.chance(0.75)) devices.push(drawDevice(random, 'mobile'))
  if (random.chance(0.15))
    devices.push(drawDevice(random, random.chance(0.5) ? 'tablet' : 'desktop'))
  return devices
}
