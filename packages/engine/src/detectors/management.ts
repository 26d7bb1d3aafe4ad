import type { EnrichedEvent } from '@gatewatch/schema'
import { indexOf } from '../features/catalogue.ts'
import { keyedHash } from '../features/keyed-hash.ts'
import { MANAGED, management } from '../features/read.ts'
import { type Population, usersOf } from '../population/population.ts'
import type { Profile } from '../profile/profile.ts'
import { isVouched } from '../profile/slots.ts'
import type { Known } from './surprise.ts'
import { clearedPoints } from './together.ts'

/** Index of the feature, and of the one that it is a property of. */
export const MANAGEMENT = indexOf('management')
const OS = indexOf('os')
const DEVICE = indexOf('device')
/** Index of the term of `unvouchedPoints`. */
export const UNVOUCHED = indexOf('unvouched')

/** Share of thieves who seem to come on a managed device: a stolen session's token goes on saying so. */
const THIEVES = 0.05
/** Sign-ins that the organisation's habit is worth against the identity's own, and identities that the absence of any is. */
const PRIOR = 3
const FEW_USERS = 2
/** What it weighs, nats, that a session's device shows no management any more: chosen on worlds; ln of 65 % of thieves over 3 % lapses is 3. */
const GONE = 5
/** Least share of sign-ins of somebody else's kind: agents lapse, private windows show nothing. */
const LAPSES = 0.03

/**
 * A session that goes on where nothing shows any more that its device is managed, though that device showed it when its
 * owner was last there: nats before the head's weight, 0 for anything else. Whoever stole a session has all that is familiar
 * about the device as well, so what that clears (`raw`, nats) is given back, and the missing certificate speaks by itself.
 */
export function unvouchedPoints(
  input: EnrichedEvent,
  profile: Profile,
  known: Known,
  raw: Float64Array,
): number {
  if (input.event.auth?.stage !== 'session') return 0
  const at = known.slots[DEVICE] ?? -1
  if (at < 0 || !isVouched(profile, at) || management(input) === MANAGED) return 0
  return GONE - clearedPoints(raw, 'device') - clearedPoints(raw, 'access')
}

/** Hash of the value that says that a device is managed (or is not), given the operating system's hash. */
export function managementHash(population: Population, os: number, what: string): number {
  return keyedHash(population.key, MANAGEMENT + 1, os, what)
}

/**
 * Surprise of a managed or unmanaged device, nats: what share of thieves shows the same over what share the identity does on
 * this operating system, shrunk to the organisation. A certificate stays on the machine that it was made for, so a managed
 * device clears much even where it is new, and the lack of one speaks against whoever always has it.
 * `hash`: the event's value; `known`: decayed sign-ins with that value; `all`: with this operating system.
 */
export function managementSurprise(
  population: Population,
  os: number,
  hash: number,
  known: number,
  all: number,
): number {
  const managed = managementHash(population, os, MANAGED)
  const isManaged = hash === managed
  const users = usersOf(population, MANAGEMENT, managed)
  const usual = Math.min(1, users / (usersOf(population, OS, os) + FEW_USERS))
  if (!isManaged && users === 0) return 0
  const own = isManaged ? Math.min(known, all) : Math.max(0, all - known)
  const share = Math.min(1 - LAPSES, (own + PRIOR * usual) / (all + PRIOR))
  if (isManaged) return Math.min(0, Math.log(THIEVES / Math.max(LAPSES, share)))
  return Math.max(0, Math.log((1 - THIEVES) / (1 - share)))
}
