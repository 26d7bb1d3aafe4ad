import { hash, type Random, unit } from '../random.ts'
import type { Truth } from '../truth.ts'
import type { Act, SignIn } from './acts.ts'
import { type Look, strangerUid } from './gear.ts'
import type { Person } from './roster.ts'
import type { Line } from './wires.ts'

const DAY = 86_400_000
const MINUTE = 60_000
/** Share of new factors that come with something to sign in on that was never seen before. */
const NEW_GEAR = 0.4

/** Somebody who wants in, from where and with what. */
export interface Entry {
  readonly time: number
  readonly who: Person
  readonly line: Line
  readonly look: Look
  readonly app: string
  readonly stage: 'primary' | 'session'
  readonly truth: Truth
}

/** The owner's way in: what goes wrong first, then success, unless they give up. */
export function* enter(world: number, random: Random, entry: Entry): Generator<Act> {
  const { who } = entry
  if (isDown(world, entry.time)) {
    // The identity provider is down: people try again and again, then wait.
    for (let n = 1 + random.int(4); n > 0; n--)
      yield step(entry, random, entry.time + random.int(9 * MINUTE), 'other')
    return
  }
  if (entry.stage === 'session') {
    yield pass(entry, random, entry.time)
    return
  }
  let { time } = entry
  const rotation = daysSinceRotation(who, entry.time)
  if (rotation === 0 && who.proof !== 'passkey') {
    yield step(entry, random, time, 'expired')
    time += 30_000 + random.int(3 * MINUTE)
    yield {
      kind: 'care',
      what: 'password',
      who,
      time,
      line: entry.line,
      look: entry.look,
      truth: entry.truth,
    }
    time += 5_000 + random.int(MINUTE)
    if (random.chance(0.25)) yield* staleApp(entry, random)
  }
  const clumsy = unit(who.seed, 141) ** 2 * 0.16 * (rotation > 0 && rotation < 4 ? 4 : 1)
  if (who.proof !== 'passkey') {
    let wrong = 0
    while (wrong < 5 && random.chance(wrong === 0 ? clumsy : 0.35)) {
      yield step(entry, random, time, 'bad_credentials')
      time += 4_000 + random.int(50_000)
      wrong++
    }
    if (wrong === 5) {
      yield step(entry, random, time, 'locked')
      time += 12 * MINUTE + random.int(50 * MINUTE)
    }
    if (random.chance(0.004))
      yield {
        ...step(entry, random, time - 2_000, 'unknown_user'),
        who: null,
        typed: mistyped(who, random),
      }
  }
  if (who.proof === 'push' && random.chance(0.03)) {
    yield {
      ...step(entry, random, time, random.chance(0.85) ? 'mfa_timeout' : 'mfa_denied'),
      stage: 'mfa',
      proof: 'push',
    }
    if (random.chance(0.1)) return
    time += 20_000 + random.int(2 * MINUTE)
  }
  if (who.proof === 'passkey' && random.chance(0.02)) {
    yield { ...step(entry, random, time, 'mfa_failed'), stage: 'mfa' }
    time += 10_000 + random.int(MINUTE)
  }
  const passed = pass(entry, random, time)
  if (!random.chance(0.0015)) {
    yield passed
    return
  }
  // A factor is set up for a new phone or browser as often as not.
  const day = Math.floor(time / DAY)
  const look =
    unit(who.seed, 143, day) < NEW_GEAR
      ? { ...entry.look, uid: strangerUid(hash(who.seed, 144, day)), managed: false }
      : entry.look
  yield { ...passed, look }
  const { line, truth } = entry
  const later = time + random.int(20 * MINUTE)
  yield { kind: 'care', what: 'factor', who, time: later, line, look, truth }
}

/** A success. Where a push is set up it is asked for at about every second sign-in. */
export function pass(entry: Entry, random: Random, time: number): SignIn {
  const { who } = entry
  const proof = who.proof === 'push' && random.chance(0.45) ? 'password' : who.proof
  return { ...entry, kind: 'sign-in', time, proof, attempt: random.int(2 ** 31) }
}

/** A failed step of the same attempt to get in. */
export function step(
  entry: Entry,
  random: Random,
  time: number,
  failure: NonNullable<SignIn['failure']>,
): SignIn {
  return { ...pass(entry, random, time), stage: 'primary', failure }
}

/** An app that goes on trying a token or password that is no longer good, through half a day. */
function* staleApp(entry: Entry, random: Random): Generator<Act> {
  const gap = random.lognormal(4 * MINUTE, 0.8)
  const count = Math.min(200, 4 + Math.floor(random.exponential(40)))
  for (let n = 0; n < count; n++)
    yield {
      ...step(entry, random, entry.time + (n + random.next() * 0.3) * gap, 'token_invalid'),
      app: 'Mail',
    }
}

/** Days since a crew's passwords last ran out, all on one day, every 60; crews of machines' users only. */
function daysSinceRotation(who: Person, time: number): number {
  const { trade, seed } = who.crew
  if (trade === 'project' || trade === 'contract') return 60
  return (Math.floor(time / DAY) + (seed % 60)) % 60
}

function isDown(world: number, time: number): boolean {
  const round = Math.floor(time / (31 * DAY))
  const begins = unit(world, 142, round) * 30 * DAY
  const at = time - round * 31 * DAY
  return at >= begins && at < begins + 25 * MINUTE
}

function mistyped(who: Person, random: Random): string {
  const [name = '', domain = ''] = who.email.split('@')
  const at = hash(random.int(2 ** 31)) % Math.max(1, name.length - 1)
  return `${name.slice(0, at)}${name.slice(at + 1)}@${domain}`
}
