import { hash, unit } from '../random.ts'
import { TOWNS, type Town } from './earth.ts'
import type { Crew, Person, Trade } from './roster.ts'

/** Where somebody is for some days away from home, and whose guests' network they share there. */
interface Stay {
  readonly town: Town
  /** Subscriber of the venue's line: everybody there has the same. */
  readonly venue: number
}

/** What a day is like for somebody. */
export type DayKind =
  | { readonly kind: 'off' }
  | { readonly kind: 'leave'; readonly stay: Stay | null }
  | { readonly kind: 'trip'; readonly stay: Stay }
  | { readonly kind: 'site' | 'home' }

const OFF: DayKind = { kind: 'off' }
const TRAVELLING: readonly Trade[] = ['project', 'contract', 'academy']
const SPEAKERS = ['ES', 'NL', 'US', 'PT', 'CZ', 'AE', 'IE', 'PL']
const BEACHES = ['ES', 'PT', 'GB', 'MX', 'AE', 'NL', 'IN', 'ZA']

/** Monday 0 to Sunday 6, of a day since 1970. */
export function weekday(day: number): number {
  return (day + 3) % 7
}

/** What a day is like for a person. Everything follows from the world's seed: nothing is remembered. */
export function dayOf(world: number, person: Person, day: number): DayKind {
  if (day < person.from || day >= person.to || isLongAway(person, day)) return OFF
  const { crew } = person
  const away = leaveOf(person, day)
  if (away !== undefined) return { kind: 'leave', stay: away }
  if (crew.trade === 'academy' && isBreak(crew, day)) return OFF
  const stays = !TRAVELLING.includes(crew.trade)
  const stay = stays ? null : stayOf(world, person, day)
  if (stay !== null) return { kind: 'trip', stay }
  const n = weekday(day)
  switch (crew.trade) {
    case 'calls':
    case 'shop':
      return unit(person.seed, 61, Math.floor((day + 3) / 7), n) < (n === 6 ? 0.3 : 0.72)
        ? { kind: isHomeAgent(person) ? 'home' : 'site' }
        : OFF
    case 'field':
      return n < 5 || (n === 5 && unit(person.seed, 62, day) < 0.35) ? { kind: 'site' } : OFF
    case 'academy':
      if (n > 4) return unit(person.seed, 63, day) < 0.4 ? { kind: 'home' } : OFF
      return { kind: unit(crew.seed, 64, n) < 0.7 ? 'site' : 'home' }
    case 'contract':
      if (n > 4 && unit(person.seed, 65, day) > 0.15) return OFF
      return {
        kind: unit(person.seed, 66) < 0.4 && unit(person.seed, 67, day) < 0.6 ? 'site' : 'home',
      }
    default: {
      if (n > 4) return unit(person.seed, 68, day) < 0.07 ? { kind: 'home' } : OFF
      // A snowed-in or striking town stays at home as one; a crew has its own days of the week for coming in.
      const closed = unit(crew.site.seed, 69, day) < 0.012
      const anchor = unit(crew.seed, 70, n) < 0.42
      const keeps = unit(person.seed, 71, day) < 0.86
      return { kind: !closed && anchor === keeps ? 'site' : 'home' }
    }
  }
}

/** A third of those who answer calls do so from home, on a machine of their own. */
export function isHomeAgent({ crew, seed }: Person): boolean {
  return crew.trade === 'calls' && unit(seed, 72) < 0.35
}

/** Two people in a hundred are away for months at some time: parents, the ill, the seconded. */
function isLongAway(person: Person, day: number): boolean {
  if (unit(person.seed, 81) > 0.05) return false
  const span = 60 + unit(person.seed, 82) * 90
  return (day + unit(person.seed, 83) * 200) % 200 < span
}

/** Whole days since the account was last used by its owner, as far as absences tell; 0 where in use. */
export function idleDays(world: number, person: Person, day: number): number {
  for (let back = 0; back < 60; back++)
    if (dayOf(world, person, day - back).kind !== 'off') return back
  return 60
}

/** Holidays: null: without travelling; undefined: none. */
function leaveOf(person: Person, day: number): Stay | null | undefined {
  const shifted = day + Math.floor(unit(person.seed, 84) * 47)
  const round = Math.floor(shifted / 47)
  if (unit(person.seed, 85, round) > 0.55) return undefined
  const begins = Math.floor(unit(person.seed, 86, round) * 34)
  const lasts = 3 + Math.floor(unit(person.seed, 87, round) * 10)
  const at = shifted % 47
  if (at < begins || at >= begins + lasts) return undefined
  const roll = unit(person.seed, 88, round)
  if (roll < 0.45) return null
  const near = roll < 0.7 ? [person.town.country] : BEACHES
  return { town: someTown(near, hash(person.seed, 89, round)), venue: hash(person.seed, 90, round) }
}

/** Terms of five to six weeks, then about ten days of nobody. */
function isBreak(crew: Crew, day: number): boolean {
  return (day + Math.floor(unit(crew.seed, 91) * 48)) % 48 >= 38
}

/** Trips of whole crews, and conferences where many meet. */
function stayOf(world: number, person: Person, day: number): Stay | null {
  const { crew } = person
  const shifted = day + Math.floor(unit(crew.seed, 92) * 33)
  const round = Math.floor(shifted / 33)
  if (unit(crew.seed, 93, round) < 0.42 && unit(person.seed, 94, round) < 0.7) {
    const begins = Math.floor(unit(crew.seed, 95, round) * 28)
    const at = shifted % 33
    if (at >= begins && at < begins + 2 + Math.floor(unit(crew.seed, 96, round) * 3)) {
      const near = TOWNS.get(crew.site.town.country) ?? []
      const roll = hash(crew.seed, 97, round)
      const town =
        roll % 10 < 5 || crew.trade === 'academy'
          ? (near[roll % near.length] ?? crew.site.town)
          : someTown(SPEAKERS, roll)
      return { town, venue: hash(crew.seed, 98, round) }
    }
  }
  const meeting = Math.floor(day / 19)
  const begins = 1 + Math.floor(unit(world, 99, meeting) * 14)
  const at = day - meeting * 19
  const goes = unit(person.seed, 100, meeting) < (crew.trade === 'project' ? 0.07 : 0.03)
  if (!goes || at < begins || at > begins + 2) return null
  return {
    town: someTown(SPEAKERS, hash(world, 101, meeting)),
    venue: hash(world, 102, meeting),
  }
}

function someTown(countries: readonly string[], roll: number): Town {
  const towns = TOWNS.get(countries[roll % countries.length] ?? 'GB') ?? []
  return towns[Math.floor(roll / 16) % towns.length] as Town
}
