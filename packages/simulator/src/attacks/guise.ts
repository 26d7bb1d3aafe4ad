import { circumstances, officeAddress } from '../circumstances.ts'
import { type Client, clientOf, type DeviceHabit, deviceUid, drawDevice } from '../clients.ts'
import { type Address, addressOf, anyCity } from '../internet.ts'
import type { Person } from '../people.ts'
import { type Random, randomOf, unit } from '../random.ts'
import type { Stage } from '../stage.ts'
import { whereabouts } from '../whereabouts.ts'

/** How an attacker appears in a log: an address, a client, perhaps a device identifier. */
export interface Guise {
  readonly address: Address
  readonly client: Client
  readonly deviceUid: string
  /** Does it show that it is enrolled with the victim's employer? No machine of an attacker's is. */
  readonly isManaged?: boolean
}

/** Share of sessions stolen from enrolled machines that are still taken for the machine's: the token says so, nobody asks again. */
const CLAIM_STAYS = 0.4

/** A computer of the attacker's own, drawn from the same mix as everybody's. */
export function ownDevice(random: Random): DeviceHabit {
  return drawDevice(random, random.chance(0.8) ? 'desktop' : 'mobile')
}

/** From wherever the attacker is, with whatever they have. */
export function strangerGuise(stage: Stage, now: number, random: Random): Guise {
  const city = anyCity(random)
  const provider = random.chance(0.35)
    ? random.pick(random.chance(0.5) ? stage.internet.hosting : stage.internet.vpns)
    : stage.internet.pickProvider(city, random)
  return dressed(addressOf(provider, city, random), ownDevice(random), now, random)
}

/** Through a VPN exit or a residential proxy in the victim's country; half of the careful ones choose the victim's kind of device. */
export function countryGuise(stage: Stage, victim: Person, now: number, random: Random): Guise {
  const { internet } = stage
  const city = random.chance(0.35)
    ? victim.city
    : random.pick([...victim.provider.blocks.values()].flat()).city
  const provider = random.chance(0.4)
    ? random.pick(internet.vpns)
    : internet.pickProvider(city, random)
  const [laptop] = victim.devices
  const device =
    random.chance(0.5) && laptop !== undefined ? lookAlike(laptop, random) : ownDevice(random)
  return dressed(addressOf(provider, city, random), device, now, random)
}

/**
 * From the victim's own city, mostly through the victim's own provider, now and then through an infected machine at the
 * victim's office or a phone on the victim's carrier; with the victim's user agent.
 */
export function neighbourGuise(
  stage: Stage,
  victim: Person,
  day: number,
  now: number,
  random: Random,
): Guise {
  const here = victimHere(stage, victim, day, now, random)
  return {
    address: nearby(stage, victim, random),
    client: here.client,
    deviceUid: deviceUid(ownDevice(random), now, random),
  }
}

function nearby({ internet }: Stage, victim: Person, random: Random): Address {
  const roll = random.next()
  if (roll < 0.18 && victim.office !== null) return officeAddress(victim.office, random)
  if (roll < 0.3) return addressOf(victim.carrier, null, random)
  const provider = roll < 0.82 ? victim.provider : internet.pickProvider(victim.city, random)
  return addressOf(provider, victim.city, random)
}

/** With the victim's cookie, so with the victim's device identifier; network near or in the country; the client cloned as a rule. */
export function cookieGuise(
  stage: Stage,
  victim: Person,
  day: number,
  now: number,
  random: Random,
): Guise {
  const here = victimHere(stage, victim, day, now, random)
  const near = random.chance(0.6)
    ? neighbourGuise(stage, victim, day, now, random)
    : countryGuise(stage, victim, now, random)
  return {
    address: near.address,
    client: random.chance(0.75) ? here.client : near.client,
    deviceUid: here.deviceUid,
    isManaged: here.isManaged && unit(victim.seed, 119, Math.floor(now / 1000)) < CLAIM_STAYS,
  }
}

/** The victim themselves, where and with what they are that day. */
export function victimHere(stage: Stage, victim: Person, day: number, now: number, random: Random) {
  const where = whereabouts(victim, day)
  const atOffice = random.chance(victim.officeShare)
  return circumstances(stage, victim, day, where, atOffice, now, randomOf(victim.seed, 121, day))
}

function lookAlike(device: DeviceHabit, random: Random): DeviceHabit {
  return { ...device, seed: random.int(2 ** 31), lagDays: random.exponential(8), cookieDays: 90 }
}

function dressed(address: Address, device: DeviceHabit, now: number, random: Random): Guise {
  return {
    address,
    client: clientOf(device, now),
    deviceUid: deviceUid({ ...device, cookieDays: 90 }, now, random),
  }
}
