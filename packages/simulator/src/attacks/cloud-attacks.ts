import type { Caller } from '../cloud/calls.ts'
import type { Machine } from '../cloud/machines.ts'
import type { Person } from '../people.ts'
import type { Random } from '../random.ts'
import type { Stage } from '../stage.ts'
import type { Truth } from '../truth.ts'
import { type Guise, strangerGuise, victimHere } from './guise.ts'
import {
  AGENTS,
  type Call,
  callerOf,
  digIn,
  lookAround,
  loot,
  mine,
  play,
  type Step,
  steal,
  truthOf,
} from './steps.ts'

/** A leaked access key of a machine or a person: look around, dig in, then steal or mine. */
export function leakedKey(
  stage: Stage,
  owner: Person | Machine,
  start: number,
  random: Random,
): void {
  const guise = strangerGuise(stage, start, random)
  const truth = truthOf(stage, 'leaked_key', owner.key, random)
  const caller = {
    ...callerOf(stage, owner, start, random),
    address: guise.address,
    userAgent: random.pick(AGENTS),
  }
  const steps = [...lookAround(random, 6 + random.int(22), 0.3)]
  if (random.chance(0.7)) steps.push(...digIn(random))
  steps.push(...(random.chance(0.5) ? steal(caller, random) : mine(random)))
  play(stage, caller, steps, start, 6, truth, random)
}

/** What follows a takeover of somebody who works in the cloud: with care, through the victim's own role. */
export function plunder(
  stage: Stage,
  victim: Person,
  guise: Guise,
  start: number,
  truth: Truth,
  random: Random,
): void {
  const caller = {
    ...callerOf(stage, victim, start, random),
    address: guise.address,
    userAgent: random.chance(0.5) ? guise.client.userAgent : random.pick(AGENTS),
  }
  const steps = [...lookAround(random, 4 + random.int(10), 0.12)]
  if (victim.isAdmin || random.chance(0.3)) steps.push(...digIn(random))
  steps.push(...steal(caller, random))
  play(stage, caller, steps, start, 15, truth, random)
}

/** Somebody takes data along: own device, own network, own hours; only the amount (gigabytes where megabytes are usual) and the places are unusual. */
export function insider(
  stage: Stage,
  person: Person,
  day: number,
  start: number,
  random: Random,
): void {
  const here = victimHere(stage, person, day, start, random)
  const caller: Caller = {
    ...callerOf(stage, person, start, random),
    address: here.address,
    userAgent: here.client.userAgent,
  }
  const truth = truthOf(stage, 'insider', person.key, random)
  const steps: Step[] = [[['s3', 'ListBuckets'], {}]]
  const count = 40 + random.int(260)
  for (let i = 0; i < count; i++) {
    if (i % 12 === 0) steps.push([['s3', 'ListObjects'], {}])
    steps.push([['s3', 'GetObject'], loot(caller, random, 150)])
  }
  play(stage, caller, steps, start, 6, truth, random)
}

/** An operator's session is used to destroy: protection off, then everything goes. */
export function massDeletion(stage: Stage, victim: Person, start: number, random: Random): void {
  const guise = strangerGuise(stage, start, random)
  const truth = truthOf(stage, 'mass_deletion', victim.key, random)
  const caller = {
    ...callerOf(stage, victim, start, random),
    address: guise.address,
    userAgent: random.pick(AGENTS),
  }
  const steps = [...lookAround(random, 5, 0)]
  if (random.chance(0.6)) steps.push([['cloudtrail', 'StopLogging'], {}])
  const targets: readonly Call[] = [
    ['s3', 'DeleteBucket'],
    ['ec2', 'DeleteSnapshot'],
    ['ec2', 'TerminateInstances'],
    ['rds', 'DeleteDBInstance'],
    ['dynamodb', 'DeleteTable'],
    ['backup', 'DeleteRecoveryPoint'],
  ]
  const count = 15 + random.int(40)
  for (let i = 0; i < count; i++) steps.push([random.pick(targets), {}])
  play(stage, caller, steps, start, 3, truth, random)
}
