import { hash, type Random, unit } from '../random.ts'
import { BENIGN } from '../truth.ts'
import type { Act } from './acts.ts'
import { appsOf } from './apps.ts'
import { type DayKind, dayOf, isHomeAgent, weekday } from './calendar.ts'
import { type Town, wallTime } from './earth.ts'
import { browserOn, type Gear, lookOf } from './gear.ts'
import { enter } from './mishaps.ts'
import type { Person } from './roster.ts'
import { gateLine, homeLine, phoneLine, siteLine, tunnelLine, venueLine } from './spots.ts'
import type { Tokens } from './tokens.ts'
import { type Line, lineOf, type Wires } from './wires.ts'

type Where = 'site' | 'home' | 'phone' | 'venue' | 'cafe'

/** One moment at which somebody wants to get in. `hours`: their wall clock, may pass 24. */
interface Move {
  readonly hours: number
  readonly gear: Gear
  readonly where: Where
  readonly stage: 'primary' | 'session'
}

/** What one person does on one of their local days, as steps of signing in and what comes of them. */
export function* liveDay(
  wires: Wires,
  person: Person,
  day: number,
  tokens: Tokens,
  random: Random,
): Generator<Act> {
  const kind = dayOf(wires.seed, person, day)
  if (kind.kind === 'off') return
  const town =
    kind.kind === 'trip' || kind.kind === 'leave' ? (kind.stay?.town ?? person.town) : person.town
  for (const move of movesOf(person, day, kind, random)) {
    const early = day >= person.crew.clock ? 1 : 0
    const time =
      wallTime(town.zone, day, move.hours - early + random.normal(0, 0.06)) + random.int(60_000)
    const stage = tokens.isSignedIn(person, move.gear, day, time) ? move.stage : 'primary'
    tokens.signIn(person, move.gear, day, time)
    yield* enter(wires.seed, random, {
      time,
      who: person,
      line: lineAt(wires, person, day, time, move, kind, random),
      // An app that asks for a password opens the browser for it.
      look: lookOf(stage === 'primary' ? browserOn(move.gear) : move.gear, time, random.next()),
      app: random.pick(appsOf(person)),
      stage,
      truth: BENIGN,
    })
  }
}

/** The machine somebody works on that day. */
function deskOf(person: Person, day: number): Gear {
  return person.desk[day >= person.crew.refit ? 1 : 0]
}

/** A machine that somebody might be using on a day, as outsiders come across it. */
export function someGear(person: Person, day: number, random: Random): Gear {
  const { kiosks } = person.crew.site
  const { trade } = person.crew
  if ((trade === 'calls' && !isHomeAgent(person)) || trade === 'shop')
    return random.chance(0.55) && kiosks.length > 0 ? random.pick(kiosks) : person.pocket
  return random.chance(0.8) ? deskOf(person, day) : person.pocket
}

function lineAt(
  wires: Wires,
  person: Person,
  day: number,
  time: number,
  { gear, where }: Move,
  kind: DayKind,
  random: Random,
): Line {
  const town: Town =
    kind.kind === 'trip' || kind.kind === 'leave' ? (kind.stay?.town ?? person.town) : person.town
  if (person.relay !== null && day >= person.relay.from && gear !== person.pocket)
    return gateLine(person.relay.exits, town, time, random)
  if (gear.managed && day >= person.crew.gated && person.crew.trade !== 'field')
    return gateLine(wires.trust, town, time, random)
  if (person.remote !== null && gear !== person.pocket && random.chance(person.remote.habit))
    return lineOf(person.remote.pool, person.seed, Math.floor(day / 30), 0, 1)
  if (person.tunnel !== null && where !== 'site' && random.chance(person.tunnel.habit))
    return tunnelLine(person.tunnel.exits, person.crew.site.town, unit(person.seed, 121), random)
  switch (where) {
    case 'site':
      return siteLine(person.crew.site, day, random)
    case 'home':
      return homeLine(person, time, random)
    case 'cafe':
      return venueLine(wires, town, hash(town.lat * 100, random.int(5)), random)
    case 'venue': {
      const stay = kind.kind === 'trip' || kind.kind === 'leave' ? kind.stay : null
      return stay === null
        ? homeLine(person, time, random)
        : venueLine(wires, stay.town, stay.venue, random)
    }
    default:
      // Abroad, phones come out at home; some buy a local card instead.
      if (
        town.country !== person.town.country &&
        unit(person.seed, 122, Math.floor(day / 30)) < 0.3
      )
        return venueLine(wires, town, hash(person.seed, 123), random)
      return phoneLine(person, time, random)
  }
}

function movesOf(person: Person, day: number, kind: DayKind, random: Random): Move[] {
  const desk = deskOf(person, day)
  const { pocket, crew, owl, tempo } = person
  const asks = (life: number) => (day + person.id) % life === 0
  // Half of those who work at counters keep work off their phone.
  const pocketHabit = unit(person.seed, 133) < 0.5 ? 0.004 : 0.28
  const pocketShare = unit(person.seed, 134) ** 2 * 0.7
  const moves: Move[] = []
  const add = (hours: number, gear: Gear, where: Where, stage: Move['stage'] = 'session') => {
    moves.push({ hours, gear, where, stage })
  }
  const idle = (where: Where, from: number, until: number, mean: number) => {
    for (let n = random.poisson(mean * tempo); n > 0; n--)
      add(from + random.next() * (until - from), random.chance(pocketShare) ? pocket : desk, where)
  }
  if (kind.kind === 'leave') {
    const atCounter = crew.trade === 'calls' || crew.trade === 'shop'
    if (random.chance(atCounter ? pocketHabit / 2 : 0.25))
      add(
        8 + random.next() * 14,
        random.chance(0.7) ? pocket : desk,
        random.chance(0.5) ? 'phone' : 'venue',
        random.chance(0.4) ? 'primary' : 'session',
      )
    return moves
  }
  if (kind.kind === 'trip') {
    add(
      8 + random.next() * 2.5,
      desk,
      'venue',
      asks(Math.min(2, person.tokenLife)) ? 'primary' : 'session',
    )
    if (random.chance(0.45))
      add(
        12 + random.next() * 11,
        random.chance(0.5) ? pocket : desk,
        random.chance(0.6) ? 'phone' : 'venue',
      )
    return moves
  }
  const where: Where = kind.kind === 'home' ? 'home' : 'site'
  switch (crew.trade) {
    case 'calls': {
      const week = Math.floor((day + 3) / 7)
      const begins = [6, 6, 14, 14, 22][(hash(person.seed, 131) + week) % 5] ?? 6
      const seat = () => (where === 'home' ? desk : random.pick(crew.site.kiosks))
      add(begins - 0.1, seat(), where, 'primary')
      if (random.chance(0.65)) add(begins + 4 + random.next(), seat(), where, 'primary')
      if (random.chance(pocketHabit))
        add(begins + 9 + random.next() * 5, pocket, random.chance(0.5) ? 'home' : 'phone')
      break
    }
    case 'shop': {
      const begins = random.chance(0.6) ? 8.7 : 13
      add(begins, random.pick(crew.site.kiosks), 'site', 'primary')
      if (random.chance(0.4))
        add(begins + 1 + random.next() * 4, random.pick(crew.site.kiosks), 'site', 'primary')
      if (random.chance(pocketHabit))
        add(18 + random.next() * 5, pocket, random.chance(0.6) ? 'home' : 'phone')
      break
    }
    case 'field':
      if (asks(person.tokenLife))
        add(6.6 + owl * 0.5, desk, random.chance(0.3) ? 'site' : 'phone', 'primary')
      idle('phone', 7, 17, 1)
      if (random.chance(0.12)) add(18 + random.next() * 4, pocket, 'home')
      break
    case 'academy':
      if (where === 'site')
        add(
          9 + random.next() * 5,
          random.chance(0.4) ? random.pick(crew.site.kiosks) : desk,
          'site',
          random.chance(0.6) ? 'primary' : 'session',
        )
      idle(random.chance(0.12) ? 'cafe' : 'home', 15 + owl, 23.5 + owl, 0.7)
      if (random.chance(0.3)) add(15 + random.next() * 8, pocket, 'phone')
      break
    default: {
      const aligned = crew.trade === 'contract' && unit(person.seed, 132) < 0.4
      const shift = aligned ? (person.crew.site.town.zone.offset - 60) / 60 : 0
      const begins = 8.8 + owl + shift
      const base: Where =
        where === 'home' && random.chance(crew.trade === 'contract' ? 0.08 : 0.035) ? 'cafe' : where
      const weekend = weekday(day) > 4
      if (asks(person.tokenLife))
        add(begins + (weekend ? random.next() * 9 : 0), desk, base, 'primary')
      idle(base, begins + 0.3, begins + 8.5, weekend ? 0.4 : 0.75)
      if (random.chance(0.2))
        add(
          random.chance(0.5) ? begins - 0.8 : begins + 9 + random.next() * 3,
          pocket,
          random.chance(0.65) ? 'phone' : 'home',
        )
      const onCall = unit(person.seed, 135, Math.floor(day / 7)) < 0.08
      if (onCall && unit(person.seed, 136, day) < 0.2)
        add(0.5 + unit(person.seed, 137, day) * 5, desk, 'home')
      if (random.chance(0.05))
        add(20 + random.next() * 4, desk, 'home', random.chance(0.3) ? 'primary' : 'session')
    }
  }
  return moves
}
