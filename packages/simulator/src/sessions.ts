import { type DeviceHabit, identifierOf } from './clients.ts'
import type { Person } from './people.ts'
import { hash, unit } from './random.ts'

/** Whose browsers hold a session that has not run out: where nobody has signed in there is none to resume. */
export interface Sessions {
  /** Can somebody go on at an instant (ms UTC) with what they have on a device, without proving themselves again? */
  canResume(person: Person, device: DeviceHabit, now: number): boolean
  /** Notes that somebody got in on a device. */
  note(person: Person, device: DeviceHabit, now: number): void
}

/** A session that is not used for so long has run out, ms. */
const IDLE = 30 * 86_400_000
/** Share of lost identifiers that take the session along: cookies are cleared together, script storage is purged alone. */
const LOST_TOGETHER = 0.5
/** Share of replaced machines that are set up from the old one, sessions and all. */
const CARRIED_OVER = 0.15

interface Last {
  readonly time: number
  readonly identifier: number
  readonly generation: number
}

/** Sessions of everybody in a stretch of life that begins at `from` (ms UTC); devices that are older than it have theirs. */
export function createSessions(from: number): Sessions {
  const last = new Map<number, Last>()
  const keyOf = (person: Person, device: DeviceHabit) =>
    hash(person.seed, device.seed) * 2 ** 21 + (hash(device.seed, person.seed) >>> 11)
  return {
    canResume(person, device, now) {
      const { identifier, generation } = identifierOf(device, now)
      // private windows forget everything
      if (device.uid === undefined && device.cookieDays === 0) return false
      const known = last.get(keyOf(person, device))
      if (known === undefined) return person.joined < from && now - from < IDLE
      if (now - known.time > IDLE) return false
      if (known.generation !== generation) return unit(device.seed, 9, generation) < CARRIED_OVER
      if (known.identifier === identifier) return true
      return unit(device.seed, 10, identifier) >= LOST_TOGETHER
    },
    note(person, device, now) {
      last.set(keyOf(person, device), { time: now, ...identifierOf(device, now) })
    },
  }
}
