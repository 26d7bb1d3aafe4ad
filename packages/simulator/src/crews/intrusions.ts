import { hash, type Random } from '../random.ts'
import type { AttackType, Truth } from '../truth.ts'
import type { Act } from './acts.ts'
import { addonOf, addonRound, consent } from './addons.ts'
import { dayOf } from './calendar.ts'
import { type Gang, type Nearness, rentedLine } from './gangs.ts'
import { homeOf, play } from './play.ts'
import { isStaff, type Stagecraft, somebody } from './plots.ts'
import { assume, borrowed, type Robot, robotLine } from './robots.ts'
import { homeLine, siteLine } from './spots.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000

/** A key copied by somebody who has left: a little every night for weeks, in amounts its owner moves too. */
export function* drip(craft: Stagecraft, robots: readonly Robot[]): Generator<Act> {
  const { random, day } = craft
  const keyed = robots.filter((robot) => robot.keyed)
  if (keyed.length === 0) return
  const robot = random.pick(keyed)
  const gang = random.pick(craft.gangs)
  const truth = truthOf('slow_exfiltration', robot.key, random)
  const line = rented(craft, gang, ['tunnel', 'country', 'centre'], day * DAY)
  const hour = random.next() * 24
  for (let night = 0, nights = 9 + random.int(20); night < nights; night++) {
    if (random.chance(0.2)) continue
    const time = (day + night) * DAY + (hour + random.normal(0, 0.7)) * HOUR
    const own = borrowed(robot, line, robot.agent, time)
    yield* play({ ...own, workflow: 'drip', reach: own.reach * 2, truth }, random)
  }
}

/** A service made to hand out its role: rights are tried out and widened, from outside or through the service itself. */
export function* climb(craft: Stagecraft, robots: readonly Robot[]): Generator<Act> {
  const { random, day } = craft
  const roles = robots.filter((robot) => !robot.keyed)
  if (roles.length === 0) return
  const robot = random.pick(roles)
  const gang = random.pick(craft.gangs)
  const truth = truthOf('privilege_escalation', robot.key, random)
  let time = hoursOf(gang, day, random)
  const line = random.chance(0.35)
    ? robotLine(robot, time)
    : rented(craft, gang, ['centre', 'tunnel', 'abroad'], time)
  const agent = random.chance(0.4)
    ? robot.agent
    : 'aws-cli/2.25.7 md/awscrt#0.23.8 ua/2.1 os/linux#5.15 md/arch#x86_64'
  for (let n = 1 + random.poisson(0.6); n > 0; n--) {
    const own = borrowed(robot, line, agent, time)
    yield* play(
      { ...own, workflow: 'climb', reach: 60, home: homeOf(hash(robot.seed, n)), truth },
      random,
    )
    time += random.exponential(12 * HOUR)
  }
}

/** From robot to robot: with one's key, into the roles it may take on, and from those on, as far as it goes. */
export function* hops(craft: Stagecraft, robots: readonly Robot[]): Generator<Act> {
  const { random, day } = craft
  const keyed = robots.filter((robot) => robot.keyed)
  const roles = robots.filter((robot) => !robot.keyed)
  if (keyed.length === 0 || roles.length === 0) return
  let host = random.pick(keyed)
  const gang = random.pick(craft.gangs)
  const truth = truthOf('role_chain', host.key, random)
  let time = hoursOf(gang, day, random)
  const line = random.chance(0.25)
    ? robotLine(host, time)
    : rented(craft, gang, ['centre', 'tunnel', 'country'], time)
  const { agent } = host
  const count = 2 + random.int(3)
  for (let hop = 0; hop < count; hop++) {
    yield* play({ ...borrowed(host, line, agent, time), workflow: 'foothold', truth }, random)
    time += 2 * MINUTE + random.exponential(10 * MINUTE)
    const guest = random.pick(roles)
    for (const call of assume(host, guest, line, time, random, truth)) yield { ...call, agent }
    time += 5_000 + random.exponential(MINUTE)
    host = guest
  }
  yield* play(
    {
      ...borrowed(host, line, agent, time),
      workflow: random.chance(0.6) ? 'hoarding' : 'climb',
      reach: 90,
      truth,
    },
    random,
  )
}

/** An add-on that asks for too much: let in by its victim from home or work, it reads mail and files for weeks. */
export function* grant(craft: Stagecraft): Generator<Act> {
  const { random, wires, day } = craft
  const victim = somebody(
    craft,
    (one) => isStaff(craft, one) && dayOf(wires.seed, one, day).kind !== 'off',
  )
  if (victim === null) return
  const truth = truthOf('consent_abuse', victim.key, random)
  const addon = addonOf(wires, random.int(2 ** 31), random.chance(0.15))
  const begin = day * DAY + (8 + random.next() * 10) * HOUR
  const atSite = dayOf(wires.seed, victim, day).kind === 'site'
  const line = atSite ? siteLine(victim.crew.site, day, random) : homeLine(victim, begin, random)
  yield consent(victim, addon, line, begin, random, truth)
  for (let later = 0, days = 4 + random.int(22); later < days; later++) {
    for (let round = 1 + random.poisson(1.5); round > 0; round--) {
      const time = begin + (later + random.next()) * DAY
      yield* addonRound(victim, addon, time, random.lognormal(2, 0.8), random, truth)
    }
  }
}

function truthOf(label: AttackType, victim: string, random: Random): Truth {
  return { label, victim, campaign: `${label}-${random.int(2 ** 31).toString(36)}` }
}

function hoursOf(gang: Gang, day: number, random: Random): number {
  return day * DAY + ((gang.begins + random.next() * 10) % 24) * HOUR
}

function rented(craft: Stagecraft, gang: Gang, near: readonly Nearness[], time: number) {
  const { random, roster, wires } = craft
  return rentedLine(wires, gang, random.pick(roster.people), random.pick(near), time, random)
}
