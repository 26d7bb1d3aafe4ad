import { randomOf } from '../random.ts'
import type { SimulatedEvent } from '../truth.ts'
import type { AddressFacts, World } from '../world.ts'
import type { Act } from './acts.ts'
import { addonDay } from './addons.ts'
import { campaign, SIGN_IN_ATTACKS } from './campaigns.ts'
import { consoleTheft, consoleWork, insider, leakedKey, worksInCloud } from './console.ts'
import { liveDay } from './days.ts'
import { makeGangs } from './gangs.ts'
import { climb, drip, grant, hops } from './intrusions.ts'
import type { Stagecraft } from './plots.ts'
import { poisonings } from './poisoners.ts'
import { recordOf } from './record.ts'
import { handover, makeRobots, type Robot, robotDay } from './robots.ts'
import { makeRoster, type Roster } from './roster.ts'
import { createTokens } from './tokens.ts'
import { type Block, blockAt, layWires, type Wires } from './wires.ts'

const DAY = 86_400_000
/** Hostile successes for each benign one at attacks = 1. */
const STRESS = 0.0068
/** Campaigns against cloud access a day, for each service account and each person who works there. */
const KEY_LEAKS = 0.012
const INSIDERS = 0.0016
const INTRUSIONS = 0.0025
/** Add-ons that ask for too much, a day for each person. */
const GRANTS = 0.00012
/** Days of campaigns before the first, so that a world begins in the middle of things. */
const EARLIER = 8

interface Options {
  readonly seed: number
  readonly people: number
  readonly days: number
  readonly start: number
  readonly attacks: number
  readonly cloud: number
  /** First day (since 1970) of the drift weeks. */
  readonly drift?: number
  readonly poisoning?: 'trained' | 'cold'
}

/**
 * The world of crews: a group of firms whose people work in crews, by shifts, terms and projects, on shared and on
 * imaged machines, meet at events, and come out of zero-trust gateways. `start` is a midnight UTC.
 */
export function crewsWorld(options: Options): World {
  const { seed, people, days, start, cloud } = options
  const wires = layWires(seed, people)
  const roster = makeRoster(wires, people, start / DAY, days, options.drift)
  const robots = makeRobots(wires, cloud === 0 ? 0 : Math.max(3, Math.round((people * cloud) / 12)))
  return {
    events: () => live(options, wires, roster, robots),
    placeOf: (ip) => {
      const block = blockAt(wires, ip)
      return block === undefined ? null : facts(block)
    },
    *addressPlan() {
      for (const block of wires.blocks.values()) yield { cidr: block.cidr, ...facts(block) }
    },
    people: () =>
      roster.people.map(({ key, email, name, crew, town }) => ({
        key,
        email,
        name,
        department: `${crew.trade} ${crew.id + 1}`,
        timezone: town.zone.name,
      })),
  }
}

function facts({ carrier, seen }: Block): AddressFacts {
  return { place: seen, asn: carrier.asn, as_name: carrier.name, class: carrier.class }
}

/** Day after day: plans everybody's day, then tells what falls into it in the order of time. Only plans not yet due are kept. */
function* live(
  options: Options,
  wires: Wires,
  roster: Roster,
  robots: readonly Robot[],
): Generator<SimulatedEvent> {
  const { seed, days, start, attacks, cloud } = options
  const first = start / DAY
  const gangs = makeGangs(wires, roster.people)
  const tokens = createTokens(first)
  let due: Act[] = []
  let number = 0
  let last = start - 1
  const keep = (act: Act) => {
    if (act.time >= start) due.push(act)
  }
  const benignDay = (day: number): number => {
    let count = 0
    for (const person of roster.people) {
      for (const act of addonDay(wires, person, day, randomOf(seed, 504, person.id, day))) keep(act)
      const random = randomOf(seed, 501, person.id, day)
      for (const act of liveDay(wires, person, day, tokens, random)) {
        keep(act)
        if (act.kind !== 'sign-in' || act.failure !== undefined) continue
        count++
        if (worksInCloud(person, cloud)) for (const call of consoleWork(act, random)) keep(call)
      }
    }
    return count
  }
  const hostileDay = (day: number, usual: number) => {
    const random = randomOf(seed, 502, day)
    const craft: Stagecraft = { wires, roster, gangs, day, random }
    const begin = (plan: Iterable<Act>) => {
      for (const act of plan) {
        keep(act)
        if (act.kind === 'sign-in' && act.who !== null && worksInCloud(act.who, cloud))
          for (const call of consoleTheft(act, random)) keep(call)
      }
    }
    for (const attack of SIGN_IN_ATTACKS) {
      const mean = (usual * STRESS * attacks * attack.share) / attack.yield
      for (let n = random.poisson(mean); n > 0; n--) begin(campaign(craft, attack))
    }
    for (let n = random.poisson(robots.length * KEY_LEAKS * attacks); n > 0; n--)
      begin(leakedKey(craft, robots))
    const engineers = roster.people.length * 0.43 * Math.min(1, cloud * 2)
    for (let n = random.poisson(engineers * INSIDERS * attacks); n > 0; n--)
      begin(insider(craft, cloud))
    for (const intrusion of [drip, climb, hops])
      for (let n = random.poisson(robots.length * INTRUSIONS * attacks); n > 0; n--)
        begin(intrusion(craft, robots))
    for (let n = random.poisson(roster.people.length * GRANTS * attacks); n > 0; n--)
      begin(grant(craft))
  }
  if (options.poisoning !== undefined)
    for (const act of poisonings(wires, roster, gangs, first, days, options.poisoning)) {
      keep(act)
      if (act.kind === 'sign-in' && act.truth.label === 'poisoned_strike')
        if (act.who !== null && worksInCloud(act.who, cloud))
          for (const call of consoleTheft(act, randomOf(seed, 511, act.attempt))) keep(call)
    }
  // Local days begin up to half a day before those of UTC: plans run one day ahead.
  let usual = benignDay(first)
  for (let day = first - EARLIER; day < first; day++) hostileDay(day, usual)
  for (let day = first; day < first + days; day++) {
    const count = benignDay(day + 1)
    usual += (count - usual) / 6
    hostileDay(day, usual)
    for (const robot of robots)
      for (const call of robotDay(robot, day, randomOf(seed, 503, robot.seed, day))) keep(call)
    for (const call of handover(robots, day, randomOf(seed, 505, day))) keep(call)
    const end = (day + 1) * DAY
    const later = due.filter((act) => act.time >= end)
    const today = due.filter((act) => act.time < end).sort((a, b) => a.time - b.time)
    due = later
    for (const act of today) {
      // Two things never happen at once. What is pushed over midnight by that belongs to nobody's day.
      const time = Math.max(last + 1, Math.floor(act.time))
      if (time >= end) break
      last = time
      yield { event: recordOf(seed, number++, act, time), truth: act.truth }
    }
  }
}
