import { type Client, clientOf, type DeviceHabit, deviceUid } from './clients.ts'
import { type Address, addressIn, addressOf, type Internet } from './internet.ts'
import { isVouched } from './management.ts'
import type { Office, Person } from './people.ts'
import { hash, type Random, randomOf, unit } from './random.ts'
import type { Stage } from './stage.ts'
import { carrierAddress, guestAddress, homeAddress, type Whereabouts } from './whereabouts.ts'

/** The circumstances under which somebody signs in. */
export interface Circumstances {
  readonly address: Address
  readonly client: Client
  readonly device: DeviceHabit
  readonly deviceUid: string
  /** Does the identity provider see that the machine is an enrolled one? */
  readonly isManaged: boolean
}

const DAY = 86_400_000

/** An hour at which this person signs in: a bump at the start of work, a wide one over the day, some evenings. */
export function localHour(person: Person, random: Random): number {
  if (person.rhythm === 'free') return random.next() * 24
  const kind = random.next()
  if (kind < 0.35) return random.normal(person.midday - 4, 0.6)
  if (kind < 0.88) return random.normal(person.midday, person.spread)
  if (kind < 0.97) return random.normal(person.midday + 7.5, 1.5)
  return random.next() * 24
}

/** Device and address of somebody at an instant, from where they are that day. */
export function circumstances(
  stage: Stage,
  person: Person,
  day: number,
  where: Whereabouts,
  atOffice: boolean,
  now: number,
  random: Random,
): Circumstances {
  const device = pickDevice(person, where, random)
  return {
    address: pickAddress(stage.internet, person, day, where, atOffice, device, now, random),
    client: clientOf(device, now),
    device,
    deviceUid: deviceUid(device, now, random),
    isManaged: isVouched(person, device, now),
  }
}

function pickDevice(person: Person, where: Whereabouts, random: Random): DeviceHabit {
  const [first, ...others] = person.devices
  if (first === undefined) throw new Error(`${person.email} has no device`)
  return others.length > 0 && random.chance(where.travelling ? 0.45 : 0.28)
    ? random.pick(others)
    : first
}

function pickAddress(
  internet: Internet,
  person: Person,
  day: number,
  where: Whereabouts,
  atOffice: boolean,
  device: DeviceHabit,
  now: number,
  random: Random,
): Address {
  const { company } = person
  if (person.vpn !== null && random.chance(person.vpnShare))
    return vpnAddress(person, where, random)
  if (company.vpn !== null && !atOffice && random.chance(company.vpnShare))
    return officeAddress(company.vpn, random)
  if (device.kind !== 'desktop' && random.chance(0.6))
    return carrierAddress(internet, person, where, random)
  if (where.travelling) {
    const isVisit = company.offices.find((office) => office.city === where.city)
    if (isVisit !== undefined && random.chance(0.5)) return officeAddress(isVisit, random)
    // A hotel: the same line for the whole stay, mostly.
    return guestAddress(
      internet,
      where.city,
      random.chance(0.7) ? randomOf(person.seed, 54, Math.floor(day / 5)) : random,
    )
  }
  if (random.chance(0.035)) return guestAddress(internet, where.city, random)
  const hour = (now % DAY) / 3_600_000
  if (atOffice && person.office !== null && unit(person.seed, 55, day, Math.floor(hour / 6)) < 0.85)
    return officeAddress(person.office, random)
  return homeAddress(internet, person, day)
}

/** One of an office's NAT addresses. */
export function officeAddress(office: Office, random: Random): Address {
  return addressIn(office.block, hash(office.block.base, random.int(office.exits)))
}

function vpnAddress(person: Person, where: Whereabouts, random: Random): Address {
  if (person.vpn === null) throw new Error(`${person.email} uses no VPN`)
  return addressOf(person.vpn, random.chance(0.55) ? where.city : null, random)
}
