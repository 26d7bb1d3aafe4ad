import { type BrowserFamily, type DeviceHabit, identifierOf } from './clients.ts'
import type { Person } from './people.ts'
import { hash, unit } from './random.ts'

const DAY = 86_400_000

/** Share of employers that enrol the computers they hand out, and let their identity provider ask whether one is. */
const COMPANIES = 0.6
/** Share of such an employer's computers that are enrolled (the others are contractors' and people's own), and of its phones. */
const COMPUTERS = 0.85
const PHONES = 0.2
/** Share of enrolled machines whose browser passes on that they are: of itself, by an extension, by a setting nobody knows. */
const TELLS: Readonly<Record<BrowserFamily, number>> = {
  edge: 0.98,
  chrome: 0.88,
  safari: 0.85,
  firefox: 0.2,
}
/** Share of days on which an enrolled machine cannot show it: an agent out of date, a certificate that has run out. */
const LAPSES = 0.03
/** Days after which a new machine is enrolled at the latest. */
const SETTING_UP = 3

/** Does an employer enrol machines? */
export function enrols(seed: number, company: number): boolean {
  return unit(seed, 16, company) < COMPANIES
}

/**
 * Does the identity provider see, by a certificate that stays on the machine, that a device is its owner's employer's, at an
 * instant (ms UTC)? Private windows never show one.
 */
export function isVouched(person: Person, device: DeviceHabit, now: number): boolean {
  const isPrivate = device.uid === undefined && device.cookieDays === 0
  if (!person.company.enrols || isPrivate) return false
  const { generation } = identifierOf(device, now)
  const share = device.kind === 'desktop' && device.os !== 'linux' ? COMPUTERS : PHONES
  if (unit(device.seed, 17, generation) >= share) return false
  if (unit(device.seed, 18, generation) >= TELLS[device.browser]) return false
  if (
    identifierOf(device, now - SETTING_UP * unit(device.seed, 19) * DAY).generation !== generation
  )
    return false
  return unit(hash(device.seed, 20, Math.floor(now / DAY)), 21) >= LAPSES
}
