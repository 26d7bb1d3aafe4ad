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
import { type Guise, strangerGuise, victimHere } from './guise.ts'

type Call = readonly [service: string, operation: string]

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
const AGENTS = [
  'aws-cli/2.31.3 Python/3.13.7 Linux/6.8.0-kali exe/x86_64 prompt/off',
  'Boto3/1.40.31 md/Botocore#1.40.31 ua/2.1 os/linux#6.12 lang/python#3.13.7',
  'aws-cli/1.42.19 Python/3.11.2 Linux/6.1.0 botocore/1.40.19',
  'aws-sdk-go-v2/1.38.0 os/linux lang/go#1.24.4 md/GOARCH#amd64 api/sts#1.38.0',
]

/** One call with what matters of it changed: region, refusal, facts, bytes. */
type Step = readonly [call: Call, change: Partial<ApiUse>]

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

function lookAround(random: Random, count: number, refused: number): Step[] {
  return Array.from({ length: count }, (_, index): Step => {
    const call = index === 0 ? RECONNAISSANCE[0] : random.pick(RECONNAISSANCE)
    return [call ?? ['sts', 'GetCallerIdentity'], random.chance(refused) ? { denied: true } : {}]
  })
}

function digIn(random: Random): Step[] {
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

function steal(caller: Caller, random: Random): Step[] {
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
function loot(caller: Caller, random: Random, times: number): Partial<ApiUse> {
  const number = random.int(400)
  return {
    resource: resourceNamed(caller.account, 's3', 'bucket', number, caller.region),
    bytesIn: 0,
    bytesOut: Math.round(random.lognormal(Math.max(50_000, caller.objectBytes) * times, 1)),
  }
}

function mine(random: Random): Step[] {
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

function play(
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

function callerOf(stage: Stage, owner: Person | Machine, now: number, random: Random): Caller {
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

function truthOf(stage: Stage, label: AttackType, victim: string, random: Random): Truth {
  return {
    label,
    victim,
    campaign: `${label}-${hash(stage.seed, 152, random.int(2 ** 31)).toString(16)}`,
  }
}
