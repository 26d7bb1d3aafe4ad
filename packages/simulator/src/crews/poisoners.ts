import { hash, type Random, randomOf } from '../random.ts'
import type { AttackType } from '../truth.ts'
import type { Act } from './acts.ts'
import { appsOf } from './apps.ts'
import { dayOf } from './calendar.ts'
import { someGear } from './days.ts'
import { clonedLook, type Gang, kitLook, type Nearness, rentedLine } from './gangs.ts'
import { browserOn, lookOf } from './gear.ts'
import { type Entry, pass } from './mishaps.ts'
import { byPassword, tampering, victimsTime } from './plots.ts'
import type { Person, Roster } from './roster.ts'
import type { Wires } from './wires.ts'

const DAY = 86_400_000
/** Days before the strike. */
const PATIENCE = 30

/** How near each stretch of the month is, nearest first: a malware's own machine, the street, the town, the country. */
const STEPS: readonly Nearness[] = ['inside', 'street', 'town', 'country']

/**
 * Every poisoning of a world that begins at day `first` (since 1970): a gang that holds a victim's session moves away from
 * the victim in four steps of a week, the machine changing halfway, and then strikes from its tunnel or a data centre.
 * `cold`: the same strikes alone.
 */
export function* poisonings(
  wires: Wires,
  { people }: Roster,
  gangs: readonly Gang[],
  first: number,
  days: number,
  kind: 'trained' | 'cold',
): Generator<Act> {
  const pool = people.filter((one) => one.from <= first && one.to > first + days && byPassword(one))
  if (pool.length === 0) return
  for (let n = Math.max(1, Math.round(people.length / 50)); n > 0; n--) {
    const random = randomOf(wires.seed, 507, n)
    const plan: Plan = {
      wires,
      victim: random.pick(pool),
      gang: random.pick(gangs),
      visit: random.int(2 ** 31),
      campaign: `poisoning-${hash(wires.seed, 508, n).toString(36)}`,
    }
    const earliest = Math.max(PATIENCE + 1, Math.floor(days / 2))
    const strike = first + earliest + random.int(Math.max(1, days - 1 - earliest))
    if (kind === 'trained')
      for (let step = 0; step < PATIENCE; step++)
        yield* lesson(plan, strike - PATIENCE + step, step, randomOf(wires.seed, 509, n, step))
    yield* blow(plan, strike, randomOf(wires.seed, 510, n))
  }
}

interface Plan {
  readonly wires: Wires
  readonly victim: Person
  readonly gang: Gang
  readonly visit: number
  readonly campaign: string
}

function* lesson(plan: Plan, day: number, step: number, random: Random): Generator<Act> {
  const { wires, victim, gang, visit } = plan
  // On days off nobody signs in, so neither do they.
  if (dayOf(wires.seed, victim, day).kind === 'off') return
  const time = victimsTime({ day, random }, victim)
  const near = STEPS[Math.floor((step * STEPS.length) / PATIENCE)] ?? 'country'
  const gear = browserOn(someGear(victim, day, random))
  const look =
    step < 6
      ? { ...lookOf(gear, time, 1), managed: false }
      : step < 15
        ? clonedLook(browserOn(victim.desk[0]), visit, time, random)
        : kitLook(gang, visit, time, random)
  const line = rentedLine(wires, gang, victim, near, time, random)
  const stage = random.chance(0.6) ? 'session' : 'primary'
  yield pass(entry(plan, 'poisoning', { time, line, look, stage }, random), random, time)
}

function* blow(plan: Plan, day: number, random: Random): Generator<Act> {
  const { wires, victim, gang, visit } = plan
  const time = day * DAY + random.next() * DAY
  const line = rentedLine(
    wires,
    gang,
    victim,
    random.chance(0.6) ? 'tunnel' : 'centre',
    time,
    random,
  )
  const look = kitLook(gang, visit, time, random)
  const way = entry(plan, 'poisoned_strike', { time, line, look, stage: 'primary' }, random)
  yield pass(way, random, time)
  if (random.chance(0.3)) yield tampering(way, random)
}

function entry(
  { victim, campaign }: Plan,
  label: AttackType,
  how: Pick<Entry, 'time' | 'line' | 'look' | 'stage'>,
  random: Random,
): Entry {
  return {
    ...how,
    who: victim,
    app: random.pick(appsOf(victim)),
    truth: { label, victim: victim.key, campaign },
  }
}
