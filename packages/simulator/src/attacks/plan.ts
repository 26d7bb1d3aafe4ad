import { localHour } from '../circumstances.ts'
import { hasAccessKey } from '../cloud/calls.ts'
import type { Machine } from '../cloud/machines.ts'
import type { Person } from '../people.ts'
import { randomOf, weighted } from '../random.ts'
import type { Stage } from '../stage.ts'
import { localTime } from '../time-zone.ts'
import { insider, leakedKey, massDeletion } from './cloud-attacks.ts'
import { consentAbuse, escalate, roleChain, slowExfiltration } from './footholds.ts'
import { spray, stuffing } from './guessing.ts'
import { planTakeover, type TakeoverType, VISITS } from './takeovers.ts'

/** The stress mix of hostile sign-ins that succeed, in per cent; guessing campaigns add the rest. */
const TAKEOVERS: readonly (readonly [TakeoverType, number])[] = [
  ['naive', 10],
  ['vpn', 18],
  ['targeted', 29],
  ['cookie_theft', 29],
  ['mfa_fatigue', 3],
  ['dormant_takeover', 3],
]
const pickTakeover = weighted(TAKEOVERS, ([, share]) => share)

/** Hits per guessing campaign, on average, that `stuffing` and `spray` reach. */
const STUFFING = { share: 0.05, hits: 3 }
const SPRAY = { share: 0.03, hits: 2 }
/** Cloud campaigns for each hostile sign-in, in a world whose people use the cloud. */
const CLOUD_CAMPAIGNS = 0.2

/** Who can be attacked, and how much is to happen. */
export interface AttackPlan {
  readonly people: readonly Person[]
  readonly machines: readonly Machine[]
  /** Hostile sign-ins that succeed on a day, mean. */
  readonly mean: number
}

/** Puts every attack that begins on a day (since 1970) onto the agenda. */
export function planAttacks(
  stage: Stage,
  day: number,
  { people, machines, mean }: AttackPlan,
): void {
  if (mean === 0) return
  const random = randomOf(stage.seed, 161, day)
  const dormant = people.filter((person) => person.left < day * 86_400_000)
  const pushed = people.filter((person) => person.mfa === 'push')
  const takeovers = random.poisson((mean * (1 - STUFFING.share - SPRAY.share)) / VISITS)
  for (let i = 0; i < takeovers; i++) {
    const [type] = pickTakeover(random)
    const pool = type === 'dormant_takeover' ? dormant : type === 'mfa_fatigue' ? pushed : people
    if (pool.length > 0) planTakeover(stage, random.pick(pool), type, day, i)
  }
  const midnight = day * 86_400_000
  const start = () => midnight + random.next() * 86_400_000
  for (let i = random.poisson((mean * STUFFING.share) / STUFFING.hits); i > 0; i--)
    stuffing(stage, people, start(), random)
  for (let i = random.poisson((mean * SPRAY.share) / SPRAY.hits); i > 0; i--)
    spray(stage, people, start(), random)
  const workers = people.filter((person) => person.cloudRole !== 'none')
  if (workers.length === 0 || machines.length === 0) return
  for (let i = random.poisson(mean * CLOUD_CAMPAIGNS); i > 0; i--)
    cloudCampaign(stage, day, workers, machines, start(), random.int(2 ** 31))
}

function cloudCampaign(
  stage: Stage,
  day: number,
  workers: readonly Person[],
  machines: readonly Machine[],
  start: number,
  number: number,
): void {
  const random = randomOf(stage.seed, 162, day, number)
  const kind = random.next()
  const person = random.pick(workers)
  if (kind < 0.3) {
    const holders = workers.filter(hasAccessKey)
    const isMachine = random.chance(0.5) || holders.length === 0
    leakedKey(stage, isMachine ? random.pick(machines) : random.pick(holders), start, random)
  } else if (kind < 0.51) {
    const at = localTime(person.timezone, day, localHour(person, random))
    insider(stage, person, day, at, random)
  } else if (kind < 0.62) {
    const at = localTime(person.timezone, day, localHour(person, random))
    if (start > person.joined) slowExfiltration(stage, person, day, at, random)
  } else if (kind < 0.73) {
    const at = localTime(person.timezone, day, localHour(person, random))
    consentAbuse(stage, person, day, at, random)
  } else if (kind < 0.82) {
    escalate(stage, person, start, random)
  } else if (kind < 0.91) {
    roleChain(stage, person, day, start, random)
  } else {
    const operators = workers.filter((worker) => worker.cloudRole === 'operations')
    massDeletion(stage, operators.length > 0 ? random.pick(operators) : person, start, random)
  }
}
