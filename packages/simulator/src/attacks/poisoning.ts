import { localHour } from '../circumstances.ts'
import { type Client, clientOf, deviceUid } from '../clients.ts'
import { hasAccessKey } from '../cloud/calls.ts'
import { addressOf } from '../internet.ts'
import type { Person } from '../people.ts'
import { hash, type Random, randomOf } from '../random.ts'
import { appOf, signInAt } from '../sign-ins.ts'
import type { Stage } from '../stage.ts'
import { localTime } from '../time-zone.ts'
import type { AttackType, Truth } from '../truth.ts'
import { POISON_DAYS } from '../weeks.ts'
import { plunder } from './cloud-attacks.ts'
import { type Guise, ownDevice, victimHere } from './guise.ts'

/** When poisoners strike, and whether they have trained the profile before. */
export interface PoisonPlan {
  readonly kind: 'trained' | 'cold'
  /** First day (since 1970) and length of the world. */
  readonly first: number
  readonly days: number
}

/**
 * Plans every poisoning campaign of a world: one for fifty people. A month of a sign-in a day, each a small step from
 * what is known: the victim's own street and browser, then another line, then a tunnel of the country; then the strike,
 * from anywhere in the tunnel. `cold` plans the same strikes to the instant, without the month before.
 */
export function planPoisoning(
  stage: Stage,
  people: readonly Person[],
  { kind, first, days }: PoisonPlan,
): void {
  const pool = people.filter(
    (one) => one.joined === 0 && one.left === Infinity && one.rate > 0.4 && one.sharedWith === null,
  )
  if (pool.length === 0) return
  for (let n = Math.max(1, Math.round(people.length / 50)); n > 0; n--) {
    const random = randomOf(stage.seed, 193, n)
    const victim = random.pick(pool)
    const earliest = Math.max(POISON_DAYS + 1, Math.floor(days / 2))
    const strike = first + earliest + random.int(Math.max(1, days - 1 - earliest))
    const own = ownDevice(random)
    const poisoner: Poisoner = {
      victim,
      cookie: deviceUid({ ...own, cookieDays: 400 }, strike * 86_400_000, random),
      client: (now) => clientOf(own, now),
      exits: random.pick(stage.internet.vpns),
      line: random.pick(stage.internet.residential.get(victim.city.country) ?? [victim.provider]),
      campaign: `poisoning-${hash(stage.seed, 194, n).toString(16)}`,
    }
    planStrike(stage, poisoner, strike, randomOf(stage.seed, 195, n))
    if (kind === 'cold') continue
    for (let step = 0; step < POISON_DAYS; step++)
      train(stage, poisoner, strike - POISON_DAYS + step, step, randomOf(stage.seed, 196, n, step))
  }
}

interface Poisoner {
  readonly victim: Person
  readonly cookie: string
  readonly client: (now: number) => Client
  readonly exits: Person['provider']
  readonly line: Person['provider']
  readonly campaign: string
}

function train(stage: Stage, poisoner: Poisoner, day: number, step: number, random: Random): void {
  const { victim, exits, line, cookie } = poisoner
  const at = localTime(victim.timezone, day, localHour(victim, random))
  stage.agenda.add(at, (now) => {
    const near = step < 10 ? victim.provider : step < 20 ? line : exits
    const address = addressOf(near, victim.city, random)
    const client =
      step < 15 ? victimHere(stage, victim, day, now, random).client : poisoner.client(now)
    enter(stage, poisoner, 'poisoning', now, { address, client, deviceUid: cookie }, random)
  })
}

function planStrike(stage: Stage, poisoner: Poisoner, day: number, random: Random): void {
  const { victim, exits, cookie } = poisoner
  const at = localTime(victim.timezone, day, random.next() * 24)
  stage.agenda.add(at, (now) => {
    const guise: Guise = {
      address: addressOf(exits, null, random),
      client: poisoner.client(now),
      deviceUid: cookie,
    }
    const truth = enter(stage, poisoner, 'poisoned_strike', now, guise, random)
    if (victim.cloudRole !== 'none' && !hasAccessKey(victim))
      plunder(stage, victim, guise, now + 300_000, truth, random)
  })
}

function enter(
  stage: Stage,
  { victim, campaign }: Poisoner,
  label: AttackType,
  now: number,
  guise: Guise,
  random: Random,
): Truth {
  const truth: Truth = { label, victim: victim.key, campaign }
  signInAt(stage, now, victim, guise, {
    app: appOf(victim, random),
    attempt: random.int(2 ** 31),
    step: random.chance(0.5) ? 'session' : 'primary',
    isMfa: false,
    truth,
  })
  return truth
}
