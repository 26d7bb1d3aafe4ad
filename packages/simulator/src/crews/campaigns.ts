import { hash, type Random, weighted } from '../random.ts'
import type { AttackType, Truth } from '../truth.ts'
import type { Act } from './acts.ts'
import { dayOf, idleDays } from './calendar.ts'
import { someGear } from './days.ts'
import { wallTime } from './earth.ts'
import { clonedLook, type Gang, kitLook, type Nearness, rentedLine } from './gangs.ts'
import { browserOn, type Look, lookOf } from './gear.ts'
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

interface Campaign extends Stagecraft {
  readonly gang: Gang
  readonly visit: number
  readonly truth: (victim?: Person) => Truth
}

/** Kinds of attack by signing in: share of all hostile successes, how many one campaign has on average, how it goes. */
export const SIGN_IN_ATTACKS: readonly {
  readonly type: AttackType
  readonly share: number
  readonly yield: number
  readonly run: (campaign: Campaign) => Generator<Act>
}[] = [
  { type: 'naive', share: 0.12, yield: 1.35, run: naive },
  { type: 'vpn', share: 0.13, yield: 1.5, run: disguised },
  { type: 'targeted', share: 0.285, yield: 1.95, run: relayed },
  { type: 'cookie_theft', share: 0.285, yield: 1.8, run: replayed },
  { type: 'credential_stuffing', share: 0.055, yield: 3.3, run: stuffing },
  { type: 'password_spray', share: 0.05, yield: 2.9, run: spray },
  { type: 'mfa_fatigue', share: 0.045, yield: 1.1, run: fatigue },
  { type: 'dormant_takeover', share: 0.03, yield: 0.9, run: dormant },
]

/** Begins one campaign. */
export function* campaign(
  craft: Stagecraft,
  attack: (typeof SIGN_IN_ATTACKS)[number],
): Generator<Act> {
  const gang = craft.random.pick(craft.gangs)
  const visit = craft.random.int(2 ** 31)
  const name = `${attack.type}-${visit.toString(36)}`
  const truth = (victim?: Person): Truth => ({
    label: attack.type,
    campaign: name,
    ...(victim === undefined ? {} : { victim: victim.key }),
  })
  yield* attack.run({ ...craft, gang, visit, truth })
}

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

const isStaff = ({ wires, day }: Stagecraft, person: Person) =>
  day >= person.from && day < person.to && idleDays(wires.seed, person, day) < 8
const byPassword = (person: Person) => person.proof === 'password'

/** Within the gang's working hours of a day. */
function theirTime({ gang, day, random }: Campaign, later = 0): number {
  return (day + later) * DAY + ((gang.begins + random.next() * 10) % 24) * HOUR
}

/** At an hour at which the victim would be at work. */
function victimsTime({ day, random }: Campaign, victim: Person, later = 0): number {
  const hour = victim.crew.trade === 'academy' ? 12 : 9 + victim.owl
  return wallTime(victim.town.zone, day + later, hour + random.next() * 8.5)
}

/** Days until an attacker comes back. */
const pauseDays = (random: Random) => Math.ceil(random.exponential(1.6))

function entryOf(
  { wires, gang, truth, random }: Campaign,
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
    app: random.pick([
      'Mail',
      'Mail',
      'Payroll',
      'Pages',
      'Boards',
      'Desk',
      'Stock',
      'Roster',
      'Jobs',
      'Courses',
    ]),
    stage,
    truth: truth(who),
  }
}

const NAIVE = weighted<Nearness>(['centre', 'tunnel', 'abroad'], (_, i) => [3, 3, 4][i] ?? 0)
const DISGUISE = weighted<Nearness>(
  ['country', 'tunnel', 'mobile'],
  (_, i) => [6, 2.5, 1.5][i] ?? 0,
)
const RELAY = weighted<Nearness>(
  ['street', 'town', 'mobile', 'country', 'tunnel', 'inside'],
  (_, i) => [4, 2.6, 1.4, 0.8, 0.8, 0.6][i] ?? 0,
)
const REPLAY = weighted<Nearness>(
  ['inside', 'street', 'town', 'country', 'tunnel', 'centre', 'abroad'],
  (_, i) => [1.2, 2.5, 1.8, 2.5, 1, 0.6, 0.4][i] ?? 0,
)
const BOTS = weighted<Nearness>(
  ['centre', 'country', 'abroad', 'mobile'],
  (_, i) => [3, 3, 2, 2][i] ?? 0,
)

/** A bought password, tried from wherever the gang sits. */
function* naive(run: Campaign): Generator<Act> {
  const victim = somebody(run, (one) => isStaff(run, one) && byPassword(one))
  if (victim === null) return
  yield* visits(run, victim, NAIVE(run.random), 0.4, run.random.int(3))
}

/** The same through a proxy in the victim's country, sometimes with a browser like the victim's. */
function* disguised(run: Campaign): Generator<Act> {
  const victim = somebody(run, (one) => isStaff(run, one) && byPassword(one))
  if (victim === null) return
  const gear = run.random.chance(0.35)
    ? browserOn(someGear(victim, run.day, run.random))
    : undefined
  const near = DISGUISE(run.random)
  let { time, later } = { time: theirTime(run), later: 0 }
  for (let n = 1 + run.random.poisson(0.5); n > 0; n--) {
    const look =
      gear === undefined
        ? kitLook(run.gang, run.visit, time, run.random)
        : clonedLook(gear, run.visit, time, run.random)
    const entry = entryOf(run, victim, time, near, look, 'primary')
    if (later === 0 && run.random.chance(0.4))
      yield step(entry, run.random, time - 20_000 - run.random.int(MINUTE), 'bad_credentials')
    yield pass(entry, run.random, time)
    later += pauseDays(run.random)
    time = theirTime(run, later)
  }
}

function* visits(
  run: Campaign,
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
function tampering({ who, line, look, truth, time }: Entry, random: Random): Act {
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

/** A phishing relay: the victim signs in through it, at work; the relay comes out near them and looks like them. */
function* relayed(run: Campaign): Generator<Act> {
  const { random, wires } = run
  const victim = somebody(
    run,
    (one) =>
      one.proof !== 'passkey' && !['off', 'leave'].includes(dayOf(wires.seed, one, run.day).kind),
  )
  if (victim === null) return
  const gear = browserOn(someGear(victim, run.day, random))
  const near = RELAY(random)
  let later = 0
  for (let n = 1 + random.poisson(1.1); n > 0; n--) {
    const time = victimsTime(run, victim, later)
    const look = clonedLook(gear, run.visit, time, random)
    const entry = entryOf(
      run,
      victim,
      time,
      near,
      look,
      later === 0 || random.chance(0.3) ? 'primary' : 'session',
    )
    yield pass(entry, random, time)
    if (random.chance(0.06)) yield tampering(entry, random)
    later += pauseDays(random)
  }
}

/** A stolen session, replayed while it lasts: the right browser and mostly the right identifier, from elsewhere. */
function* replayed(run: Campaign): Generator<Act> {
  const { random, wires } = run
  const victim = somebody(
    run,
    (one) => isStaff(run, one) && dayOf(wires.seed, one, run.day).kind !== 'off',
  )
  if (victim === null) return
  const near = REPLAY(random)
  const whole = random.chance(0.75)
  const alike = random.chance(0.85)
  const gear = someGear(victim, run.day, random)
  let later = 0
  for (let n = 1 + random.poisson(0.9); n > 0; n--) {
    const time = random.chance(0.55) ? victimsTime(run, victim, later) : theirTime(run, later)
    const look = !alike
      ? kitLook(run.gang, run.visit, time, random)
      : whole
        ? { ...lookOf(gear, time, random.next()), managed: false }
        : clonedLook(gear, run.visit, time, random)
    yield pass(entryOf(run, victim, time, near, look, 'session'), random, time)
    later += pauseDays(random)
  }
}

/** Pairs of names and passwords from elsewhere, tried by many machines; what works is sold on. */
function* stuffing(run: Campaign): Generator<Act> {
  const { random, roster } = run
  const hits = hitList(run)
  const count = 30 + random.int(70)
  const gap = random.lognormal(4 * MINUTE, 0.5)
  const begin = theirTime(run)
  for (let n = 0; n < count; n++) {
    const time = begin + (n + random.next()) * gap
    const near = BOTS(random)
    const look = kitLook(run.gang, random.int(2 ** 31), time, random)
    const person = random.pick(roster.people)
    const known = random.chance(0.45) && run.day >= person.from
    const entry = entryOf(run, person, time, near, look, 'primary')
    if (known) yield step(entry, random, time, 'bad_credentials')
    else
      yield {
        ...step(entry, random, time, 'unknown_user'),
        who: null,
        typed: stranger(random),
        truth: run.truth(),
      }
  }
  for (const victim of hits) {
    const time = begin + random.next() * count * gap
    const look = kitLook(run.gang, random.int(2 ** 31), time, random)
    yield pass(entryOf(run, victim, time, BOTS(random), look, 'primary'), random, time)
    if (!random.chance(0.45)) continue
    const sold = theirTime(run, 1 + random.int(4))
    const buyer = kitLook(run.gang, hash(run.visit, victim.id), sold, random)
    yield pass(entryOf(run, victim, sold, DISGUISE(random), buyer, 'primary'), random, sold)
  }
}

/** One password for many, slowly, in waves on different days and from few addresses. */
function* spray(run: Campaign): Generator<Act> {
  const { random, roster } = run
  const hits = hitList(run)
  const near = BOTS(random)
  const waves = 2 + random.int(2)
  for (let wave = 0; wave < waves; wave++) {
    let time = theirTime(run, wave * (1 + random.int(2)))
    const line = rentedLine(run.wires, run.gang, random.pick(roster.people), near, time, random)
    const tried = Array.from({ length: 8 + random.int(Math.min(50, roster.people.length)) }, () =>
      random.pick(roster.people),
    )
    const begin = time
    for (const person of tried) {
      time += random.lognormal(110_000, 0.6)
      if (run.day < person.from) continue
      const look = kitLook(run.gang, run.visit, time, random)
      yield step(
        { ...entryOf(run, person, time, near, look, 'primary'), line },
        random,
        time,
        person.to < run.day ? 'disabled' : 'bad_credentials',
      )
    }
    for (const [n, victim] of hits.entries()) {
      if (n % waves !== wave) continue
      const hit = begin + random.next() * (time - begin)
      const look = kitLook(run.gang, run.visit, hit, random)
      yield pass({ ...entryOf(run, victim, hit, near, look, 'primary'), line }, random, hit)
      if (!random.chance(0.45)) continue
      const back = theirTime(run, waves + random.int(3))
      yield pass(
        entryOf(run, victim, back, random.chance(0.5) ? near : DISGUISE(random), look, 'primary'),
        random,
        back,
      )
    }
  }
}

function hitList(run: Campaign): Person[] {
  const hits = new Set<Person>()
  for (let n = 1 + run.random.poisson(1); n > 0; n--) {
    const hit = somebody(run, (one) => isStaff(run, one) && byPassword(one))
    if (hit !== null) hits.add(hit)
  }
  return [...hits]
}

/** A name of somebody at another firm who once used this service. */
function stranger(random: Random): string {
  const letters = Array.from({ length: 5 + random.int(6) }, () => 'aeioulnrstdmk'[random.int(13)])
  return `${letters.join('')}@${random.chance(0.6) ? 'merrow.example' : 'tallis.example'}`
}

/** Prompt after prompt on the victim's phone, until one is accepted or the gang gives up. */
function* fatigue(run: Campaign): Generator<Act> {
  const { random } = run
  const victim = somebody(run, (one) => isStaff(run, one) && one.proof === 'push')
  if (victim === null) return
  let time = random.chance(0.6)
    ? wallTime(victim.town.zone, run.day, 20 + random.next() * 4)
    : victimsTime(run, victim)
  const near = DISGUISE(random)
  const look = kitLook(run.gang, run.visit, time, random)
  const entry = { ...entryOf(run, victim, time, near, look, 'primary'), time }
  for (let n = 2 + random.poisson(5); n > 0; n--) {
    yield {
      ...step(entry, random, time, random.chance(0.6) ? 'mfa_timeout' : 'mfa_denied'),
      stage: 'mfa',
      proof: 'push',
    }
    time += 20_000 + random.exponential(2 * MINUTE)
  }
  if (random.chance(0.3)) return
  yield { ...pass(entry, random, time), proof: 'push' }
  if (random.chance(0.4)) yield tampering({ ...entry, time }, random)
  if (!random.chance(0.4)) return
  const back = theirTime(run, pauseDays(random))
  yield pass({ ...entry, look: kitLook(run.gang, run.visit, back, random) }, random, back)
}

/** An account that its owner has not used for weeks, or ever again. */
function* dormant(run: Campaign): Generator<Act> {
  const { random, wires, day } = run
  const victim = somebody(
    run,
    (one) => day > one.from + 14 && one.proof !== 'passkey' && idleDays(wires.seed, one, day) >= 12,
  )
  if (victim === null) return
  if (random.chance(0.3)) {
    const time = theirTime(run) - HOUR
    const look = kitLook(run.gang, run.visit, time, random)
    yield tampering(entryOf(run, victim, time, 'country', look, 'primary'), random)
  }
  yield* visits(
    run,
    victim,
    random.chance(0.6) ? DISGUISE(random) : NAIVE(random),
    0.2,
    random.int(2),
  )
}
