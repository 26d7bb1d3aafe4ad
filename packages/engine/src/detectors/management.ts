import { indexOf } from '../features/catalogue.ts'
import { keyedHash } from '../features/keyed-hash.ts'
import { MANAGED } from '../features/read.ts'
import { type Population, usersOf } from '../population/population.ts'

/** Index of the feature, and of the one that it is a property of. */
export const MANAGEMENT = indexOf('management')
const OS = indexOf('os')

/** Share of thieves who seem to come on a managed device: a stolen session's token goes on saying so. */
const THIEVES = 0.05
/** Sign-ins that the organisation's habit is worth against the identity's own, and identities that the absence of any is. */
const PRIOR = 3
const FEW_USERS = 2
/** Least share of sign-ins of somebody else's kind: agents lapse, private windows show nothing. */
const LAPSES = 0.03

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
