import { unit, weighted } from '../random.ts'
import type { Act } from './acts.ts'
import { dayOf, idleDays } from './calendar.ts'
import { someGear } from './days.ts'
import { wallTime } from './earth.ts'
import { clonedLook, kitLook, type Nearness } from './gangs.ts'
import { browserOn, type Look, lookOf } from './gear.ts'
import { pass, step } from './mishaps.ts'
import {
  byPassword,
  DISGUISE,
  entryOf,
  isStaff,
  NAIVE,
  type Plot,
  pauseDays,
  somebody,
  tampering,
  theirTime,
  victimsTime,
  visits,
} from './plots.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

const RELAY = weighted<Nearness>(
  ['street', 'town', 'mobile', 'country', 'tunnel', 'inside'],
  (_, i) => [4, 2.6, 1.4, 0.8, 0.8, 0.6][i] ?? 0,
)
const REPLAY = weighted<Nearness>(
  ['inside', 'street', 'town', 'country', 'tunnel', 'centre', 'abroad'],
  (_, i) => [1.2, 2.5, 1.8, 2.5, 1, 0.6, 0.4][i] ?? 0,
)

/** A bought password, tried from wherever the gang sits. */
export function* naive(run: Plot): Generator<Act> {
  const victim = somebody(run, (one) => isStaff(run, one) && byPassword(one))
  if (victim === null) return
  yield* visits(run, victim, NAIVE(run.random), 0.4, run.random.int(3))
}

/** The same through a proxy in the victim's country, sometimes with a browser like the victim's. */
export function* disguised(run: Plot): Generator<Act> {
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

/** A phishing relay: the victim signs in through it, at work; the relay comes out near them and looks like them. */
export function* relayed(run: Plot): Generator<Act> {
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
export function* replayed(run: Plot): Generator<Act> {
  const { random, wires } = run
  const victim = somebody(
    run,
    (one) => isStaff(run, one) && dayOf(wires.seed, one, run.day).kind !== 'off',
  )
  if (victim === null) return
  const near = REPLAY(random)
  const whole = random.chance(0.75)
  const alike = random.chance(0.85)
  // a copied token goes on saying that its machine is a managed one, where nobody asks the machine again
  const claimed = unit(run.visit, 491) < 0.3
  const gear = someGear(victim, run.day, random)
  let later = 0
  for (let n = 1 + random.poisson(0.9); n > 0; n--) {
    const time = random.chance(0.55) ? victimsTime(run, victim, later) : theirTime(run, later)
    const look = !alike
      ? kitLook(run.gang, run.visit, time, random)
      : whole
        ? keeping(lookOf(gear, time, random.next()), claimed)
        : clonedLook(gear, run.visit, time, random)
    yield pass(entryOf(run, victim, time, near, look, 'session'), random, time)
    later += pauseDays(random)
  }
}

function keeping(look: Look, claimed: boolean): Look {
  return claimed ? look : { ...look, managed: false }
}

/** Prompt after prompt on the victim's phone, until one is accepted or the gang gives up. */
export function* fatigue(run: Plot): Generator<Act> {
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
export function* dormant(run: Plot): Generator<Act> {
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
