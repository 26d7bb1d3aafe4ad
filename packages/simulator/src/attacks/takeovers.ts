import { CHANGES } from '../account-care.ts'
import { localHour } from '../circumstances.ts'
import { hasAccessKey } from '../cloud/calls.ts'
import { addressOf } from '../internet.ts'
import type { Person } from '../people.ts'
import { hash, type Random, randomOf } from '../random.ts'
import { appOf, signInAt } from '../sign-ins.ts'
import type { Stage } from '../stage.ts'
import { localTime } from '../time-zone.ts'
import type { AttackType, Truth } from '../truth.ts'
import { plunder } from './cloud-attacks.ts'
import { cookieGuise, countryGuise, type Guise, neighbourGuise, strangerGuise } from './guise.ts'

const HOUR = 3_600_000

/** Ways of taking over one account. */
export type TakeoverType = Extract<
  AttackType,
  'naive' | 'vpn' | 'targeted' | 'cookie_theft' | 'mfa_fatigue' | 'dormant_takeover'
>

/** How often an attacker comes back to an account on later days, mean. */
const RETURNS: Readonly<Record<TakeoverType, number>> = {
  naive: 0.3,
  vpn: 0.5,
  targeted: 0.8,
  cookie_theft: 0.6,
  mfa_fatigue: 0.4,
  dormant_takeover: 0.4,
}
/** Hostile sign-ins of one takeover, about: the first and the returns. */
export const VISITS = 1.58

/** Plans the takeover of one account on a day (local to the victim). Later steps follow from the first. */
export function planTakeover(
  stage: Stage,
  victim: Person,
  type: TakeoverType,
  day: number,
  number: number,
): void {
  const random = randomOf(stage.seed, 131, day, number)
  const knowsHours = type === 'targeted' || type === 'cookie_theft' || random.chance(0.5)
  const hour = knowsHours ? localHour(victim, random) : random.next() * 24
  const at = localTime(victim.timezone, day, hour)
  stage.agenda.add(at, (now) => {
    if (now < victim.joined || (now > victim.left && type !== 'dormant_takeover')) return
    const first = takeOver(stage, victim, type, day, now, random)
    let later = day
    for (let n = random.poisson(RETURNS[type]); n > 0; n--) {
      later += 1 + Math.floor(random.exponential(2))
      const back = localTime(victim.timezone, later, knowsHours ? localHour(victim, random) : hour)
      comeBack(stage, victim, type, first, Math.max(back, now + HOUR), random)
    }
  })
}

/** A later visit: the attacker's own machine again, mostly over the same network, else over another of the kind. */
function comeBack(
  stage: Stage,
  victim: Person,
  type: TakeoverType,
  { guise, truth }: Foothold,
  at: number,
  random: Random,
): void {
  stage.agenda.add(at, (now) => {
    if (now > victim.left && type !== 'dormant_takeover') return
    const day = Math.floor(now / 86_400_000)
    const { provider, city } = guise.address.block
    const address = random.chance(0.65)
      ? addressOf(provider, city, random)
      : guiseFor(stage, victim, type, day, now, random).address
    signInAt(
      stage,
      now,
      victim,
      { ...guise, address },
      {
        app: appOf(victim, random),
        attempt: hash(victim.seed, 133, random.int(2 ** 31)),
        step: type === 'cookie_theft' || random.chance(0.3) ? 'session' : 'primary',
        isMfa: false,
        truth,
      },
    )
  })
}

/** What an attacker has after the first visit. */
interface Foothold {
  readonly guise: Guise
  readonly truth: Truth
}

/** Takes over an account now: prompts, the sign-in, and what the attacker came for. */
export function takeOver(
  stage: Stage,
  victim: Person,
  type: TakeoverType,
  day: number,
  now: number,
  random: Random,
): Foothold {
  const attempt = hash(victim.seed, 132, day, random.int(2 ** 31))
  const truth: Truth = {
    label: type,
    victim: victim.key,
    campaign: `${type}-${attempt.toString(16)}`,
  }
  const guise = guiseFor(stage, victim, type, day, now, random)
  let time = now
  const common = { app: appOf(victim, random), attempt, truth }
  if (type === 'mfa_fatigue') time = pesterWithPrompts(stage, victim, guise, time, common, random)
  const isMfa =
    victim.mfa !== null && (type === 'mfa_fatigue' || type === 'targeted' || random.chance(0.3))
  signInAt(stage, time, victim, guise, {
    ...common,
    step: type === 'cookie_theft' ? 'session' : 'primary',
    isMfa,
  })
  stage.agenda.add(time + 60_000 + random.exponential(600_000), (later) => {
    if (random.chance(0.2)) enrolFactor(stage, victim, guise, later, truth)
    if (victim.cloudRole !== 'none' && !hasAccessKey(victim) && random.chance(0.4))
      plunder(stage, victim, guise, later + 120_000, truth, random)
  })
  return { guise, truth }
}

function guiseFor(
  stage: Stage,
  victim: Person,
  type: TakeoverType,
  day: number,
  now: number,
  random: Random,
): Guise {
  if (type === 'targeted') return neighbourGuise(stage, victim, day, now, random)
  if (type === 'cookie_theft') return cookieGuise(stage, victim, day, now, random)
  const isCareful = type === 'vpn' || (type !== 'naive' && random.chance(0.5))
  return isCareful ? countryGuise(stage, victim, now, random) : strangerGuise(stage, now, random)
}

/** Prompt after prompt, refused or ignored, until the tired victim accepts. Returns when that is. */
function pesterWithPrompts(
  stage: Stage,
  victim: Person,
  guise: Guise,
  start: number,
  common: { readonly app: string; readonly attempt: number; readonly truth: Truth },
  random: Random,
): number {
  let time = start
  const prompts = 3 + random.int(12)
  for (let i = 0; i < prompts; i++) {
    const failure = random.chance(0.6) ? 'mfa_denied' : 'mfa_timeout'
    signInAt(stage, time, victim, guise, { ...common, step: 'mfa', failure, isMfa: false })
    time += random.lognormal(50, 0.6) * 1000
  }
  return time
}

function enrolFactor(stage: Stage, victim: Person, guise: Guise, now: number, truth: Truth): void {
  const activity = CHANGES.enrol[victim.company.idp]
  stage.emit.accountChange(now, { actor: victim, target: victim, ...guise, activity }, truth)
}
