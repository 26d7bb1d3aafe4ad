import { clientOf } from '../clients.ts'
import {
  ALL_REGIONS,
  type Caller,
  callOf,
  objectBytesOf,
  personActor,
  regionOf,
  resourceNamed,
} from '../cloud/calls.ts'
import { type Machine, machineCaller } from '../cloud/machines.ts'
import { operationNamed } from '../cloud/operations.ts'
import type { ApiUse } from '../emit.ts'
import type { Person } from '../people.ts'
import { hash, type Random, randomOf } from '../random.ts'
import type { Stage } from '../stage.ts'
import type { AttackType, Truth } from '../truth.ts'
import { strangerGuise } from './guise.ts'

/** An operation by service and name. */
export type Call = readonly [service: string, operation: string]

const RECONNAISSANCE: readonly Call[] = [
  ['sts', 'GetCallerIdentity'],
  ['iam', 'ListUsers'],
  ['iam', 'ListRoles'],
  ['s3', 'ListBuckets'],
  ['iam', 'ListAttachedUserPolicies'],
  ['iam', 'GetAccountAuthorizationDetails'],
  ['ec2', 'DescribeInstances'],
  ['secretsmanager', 'ListSecrets'],
  ['organizations', 'ListAccounts'],
  ['iam', 'ListAccessKeys'],
  ['s3', 'GetBucketPolicy'],
  ['rds', 'DescribeDBInstances'],
  ['lambda', 'ListFunctions20150331'],
  ['servicequotas', 'ListServiceQuotas'],
  ['ec2', 'DescribeRegions'],
  ['kms', 'ListKeys'],
  ['ssm', 'DescribeParameters'],
  ['ses', 'GetSendQuota'],
  ['bedrock', 'ListFoundationModels'],
]

/** What leaked keys are used with: the command line, and the libraries of scanners. */
export const AGENTS = [
  'aws-cli/2.31.3 Python/3.13.7 Linux/6.8.0-kali exe/x86_64 prompt/off',
  'Boto3/1.40.31 md/Botocore#1.40.31 ua/2.1 os/linux#6.12 lang/python#3.13.7',
  'aws-cli/1.42.19 Python/3.11.2 Linux/6.1.0 botocore/1.40.19',
  'aws-sdk-go-v2/1.38.0 os/linux lang/go#1.24.4 md/GOARCH#amd64 api/sts#1.38.0',
]

/** One call with what matters of it changed: region, refusal, facts, bytes. */
export type Step = readonly [call: Call, change: Partial<ApiUse>]

/** Looking around: who am I, who else is there, what is there. `refused`: share of calls denied, 0-1. */
export function lookAround(random: Random, count: number, refused: number): Step[] {
  return Array.from({ length: count }, (_, index): Step => {
    const call = index === 0 ? RECONNAISSANCE[0] : random.pick(RECONNAISSANCE)
    return [call ?? ['sts', 'GetCallerIdentity'], random.chance(refused) ? { denied: true } : {}]
  })
}

/** A new user with all rights and a key, so that the way in stays. */
export function digIn(random: Random): Step[] {
  const name = random.pick([
    'svc-support',
    'backup-admin',
    'deploy2',
    'monitoring-tmp',
    'audit-user',
  ])
  const user = { resource: `arn:aws:iam::000000000000:user/${name}` }
  return [
    [['iam', 'CreateUser'], user],
    [['iam', 'AttachUserPolicy'], { ...user, change: ['grants_admin'] }],
    [['iam', 'CreateAccessKey'], { ...user, change: ['creates_credential'] }],
  ]
}

/** Objects by the dozen, now and then a secret or a shared snapshot. */
export function steal(caller: Caller, random: Random): Step[] {
  const steps: Step[] = []
  const count = 10 + random.int(60)
  for (let i = 0; i < count; i++) {
    if (i % 15 === 0) steps.push([['s3', 'ListObjects'], {}])
    steps.push([['s3', 'GetObject'], loot(caller, random, 40)])
  }
  if (random.chance(0.4)) steps.push([['secretsmanager', 'GetSecretValue'], {}])
  if (random.chance(0.3))
    steps.push([['ec2', 'ModifySnapshotAttribute'], { change: ['shares_outside'] }])
  return steps
}

/** An object out of buckets the identity seldom opens, many times its usual size. */
export function loot(caller: Caller, random: Random, times: number): Partial<ApiUse> {
  const number = random.int(400)
  return {
    resource: resourceNamed(caller.account, 's3', 'bucket', number, caller.region),
    bytesIn: 0,
    bytesOut: Math.round(random.lognormal(Math.max(50_000, caller.objectBytes) * times, 1)),
  }
}

/** Instances wherever there is room for them. */
export function mine(random: Random): Step[] {
  const steps: Step[] = []
  for (const region of ALL_REGIONS) {
    if (random.chance(0.3)) continue
    steps.push([['ec2', 'DescribeInstanceTypes'], { region }])
    steps.push([['ec2', 'CreateKeyPair'], { region }])
    steps.push([
      ['ec2', 'AuthorizeSecurityGroupIngress'],
      { region, change: ['opens_network_to_world'] },
    ])
    const count = 2 + random.int(6)
    for (let i = 0; i < count; i++)
      steps.push([
        ['ec2', 'RunInstances'],
        random.chance(0.2) ? { region, denied: true } : { region },
      ])
  }
  return steps
}

/** Puts steps onto the agenda, one after the other, `paceSeconds` apart in the median. */
export function play(
  stage: Stage,
  caller: Caller,
  steps: readonly Step[],
  start: number,
  paceSeconds: number,
  truth: Truth,
  random: Random,
): void {
  let index = 0
  const next = (now: number): void => {
    const step = steps[index]
    if (step === undefined) return
    const [[service, name], change] = step
    stage.emit.api(
      now,
      { ...callOf(caller, operationNamed(service, name), random), ...change },
      truth,
    )
    index++
    stage.agenda.add(now + random.lognormal(paceSeconds, 0.9) * 1000, next)
  }
  stage.agenda.add(start, next)
}

/** An owner as a caller; the address of a person is replaced by every caller that acts from elsewhere. */
export function callerOf(
  stage: Stage,
  owner: Person | Machine,
  now: number,
  random: Random,
): Caller {
  if ('job' in owner) return machineCaller(stage.internet, owner, now, random)
  const [laptop] = owner.devices
  if (laptop === undefined) throw new Error(`${owner.email} has no device`)
  return {
    actor: personActor(owner, now),
    account: owner.company.account,
    // Replaced by every caller that acts from elsewhere.
    address: strangerGuise(stage, now, randomOf(owner.seed, 151)).address,
    userAgent: clientOf(laptop, now).userAgent,
    region: regionOf(owner, random),
    seed: owner.seed,
    objectBytes: objectBytesOf(owner),
  }
}

/** The truth of a new campaign against a victim. */
export function truthOf(stage: Stage, label: AttackType, victim: string, random: Random): Truth {
  return {
    label,
    victim,
    campaign: `${label}-${hash(stage.seed, 152, random.int(2 ** 31)).toString(16)}`,
  }
}
