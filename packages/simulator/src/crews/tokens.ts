import { hash, unit } from '../random.ts'
import { type Gear, spellOf } from './gear.ts'
import type { Person } from './roster.ts'

/** Days after which a session that nobody uses has run out. */
const UNUSED = 30
/** Of browsers that clean up, those that throw sessions away too. */
const THOROUGH = 0.5
/** Share of new gear that takes its owner's sessions over from the gear before. */
const MOVED = 0.15

/** On which gear each person is signed in. Told day by day, in the order of days. */
export interface Tokens {
  /** Is there a session to go on with, at an instant (ms UTC) of a day since 1970? */
  isSignedIn(person: Person, gear: Gear, day: number, time: number): boolean
  /** They got in. */
  signIn(person: Person, gear: Gear, day: number, time: number): void
}

/** Nobody's sessions are known before day `first`; whoever was there by then has them on all their gear but the machines that come later. */
export function createTokens(first: number): Tokens {
  const used = new Map<string, { day: number; spell: number }>()
  const nameOf = (person: Person, gear: Gear) => `${person.id} ${gear.seed}`
  return {
    isSignedIn(person, gear, day, time) {
      const last = used.get(nameOf(person, gear))
      if (last === undefined) {
        if (unit(hash(person.seed, gear.seed), 61) < MOVED) return true
        const isNew = person.from > first || (gear === person.desk[1] && person.crew.refit > first)
        return !isNew && day - first < UNUSED
      }
      const spell = spellOf(gear, time)
      if (day - last.day > UNUSED) return false
      return spell === last.spell || unit(hash(gear.seed, spell), 62) >= THOROUGH
    },
    signIn(person, gear, day, time) {
      used.set(nameOf(person, gear), { day, spell: spellOf(gear, time) })
    },
  }
}
