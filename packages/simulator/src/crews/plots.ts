import { type Random, weighted } from '../random.ts'
import type { Truth } from '../truth.ts'
import type { Act } from './acts.ts'
import { appsOf } from './apps.ts'
import { idleDays } from './calendar.ts'
import { wallTime } from './earth.ts'
import { type Gang, kitLook, type Nearness, rentedLine } from './gangs.ts'
import type { Look } from './gear.ts'
import { type Entry, pass, step } from './mishaps.ts'
import type { Person, Roster } from './roster.ts'
import type { Wires } from './wires.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000

/** What a campaign has to work with. `day`: days since 1970, UTC. */
export interface Stagecraft {
  readonly wires: Wires
  readonly roster: Roster
  readonly gangs: readonly Gang[]
  readonly day: number
  readonly random: Random
}

/** One campaign of one gang. `visit` names it, for what must stay the same through it. */
export interface Plot extends Stagecraft {
  readonly gang: Gang
  readonly visit: number
  readonly truth: (victim?: Person) => Truth
}

/** Where those come out who make no effort. */
export const NAIVE = weighted<Nearness>(['centre', 'tunnel', 'abroad'], (_, i) => [3, 3, 4][i] ?? 0)

/** Where those come out who know the victim's country. */
export const DISGUISE = weighted<Nearness>(
  ['country', 'tunnel', 'mobile'],
  (_, i) => [6, 2.5, 1.5][i] ?? 0,
)

/** Somebody of whom a thing is true; null where forty tries find nobody. */
export function somebody(
  { roster, random }: Stagecraft,
  test: (person: Person) => boolean,
): Person | null {
  for (let tries = 0; tries < 40; tries++) {
    const person = random.pick(roster.people)
    if (test(person)) return person
  }
  return null
}

/** Somebody employed who has used their account within the last days. */
export const isStaff = ({ wires, day }: Stagecraft, person: Person) =>
  day >= person.from && day < person.to && idleDays(wires.seed, person, day) < 8
/** Somebody whom a password alone lets in. */
export const byPassword = (person: Person) => person.proof === 'password'

/** Within the gang's working hours of a day. */
export function theirTime({ gang, day, random }: Plot, later = 0): number {
  return (day + later) * DAY + ((gang.begins + random.next() * 10) % 24) * HOUR
}

/** At an hour at which the victim would be at work. */
export function victimsTime(
  { day, random }: Pick<Plot, 'day' | 'random'>,
  victim: Person,
  later = 0,
): number {
  const early = day + later >= victim.crew.clock ? 1 : 0
  const hour = (victim.crew.trade === 'academy' ? 12 : 9 + victim.owl) - early
  return wallTime(victim.town.zone, day + later, hour + random.next() * 8.5)
}

/** Days until an attacker comes back. */
export const pauseDays = (random: Random) => Math.ceil(random.exponential(1.6))

/** A way in for an attacker who comes out so near to the victim, as a stranger or a lookalike. */
export function entryOf(
  { wires, gang, truth, random }: Plot,
  who: Person,
  time: number,
  near: Nearness,
  look: Look,
  stage: Entry['stage'],
): Entry {
  return {
    time,
    who,
    line: rentedLine(wires, gang, who, near, time, random),
    look,
    app: random.pick(appsOf(who)),
    stage,
    truth: truth(who),
  }
}

/** One or more visits with a machine of the gang, the first after some wrong guesses. */
export function* visits(
  run: Plot,
  victim: Person,
  near: Nearness,
  again: number,
  guesses: number,
): Generator<Act> {
  let { time, later } = { time: theirTime(run), later: 0 }
  for (let n = 1 + run.random.poisson(again); n > 0; n--) {
    const entry = entryOf(
      run,
      victim,
      time,
      near,
      kitLook(run.gang, run.visit, time, run.random),
      'primary',
    )
    for (let g = later === 0 ? guesses : 0; g > 0; g--)
      yield step(entry, run.random, time - g * (8_000 + run.random.int(40_000)), 'bad_credentials')
    yield pass(entry, run.random, time)
    if (run.random.chance(0.08)) yield tampering(entry, run.random)
    later += pauseDays(run.random)
    time = theirTime(run, later)
  }
}

/** A new factor or password, so that the owner's does not matter any more. */
export function tampering({ who, line, look, truth, time }: Entry, random: Random): Act {
  const what = random.chance(0.6) ? 'factor' : 'password'
  return {
    kind: 'care',
    what,
    who,
    line,
    look,
    truth,
    time: time + 30_000 + random.int(20 * MINUTE),
  }
}
