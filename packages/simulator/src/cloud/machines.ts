import type { AccessEvent } from '@gatewatch/schema'
import { type Address, addressIn, type Internet } from '../internet.ts'
import type { Company } from '../people.ts'
import { hash, type Random, randomOf } from '../random.ts'
import type { Stage } from '../stage.ts'
import { BENIGN } from '../truth.ts'
import { type Caller, callOf, identifier } from './calls.ts'
import { operationNamed } from './operations.ts'

/** A machine that works in the cloud by itself. */
export interface Machine {
  readonly seed: number
  readonly name: string
  readonly key: string
  readonly company: Company
  readonly job: Job
  /** Minutes between runs. */
  readonly everyMinutes: number
  readonly region: string
}

/** What a machine does in one run: operations in order, each perhaps several times. */
interface Job {
  readonly name: string
  readonly agent: string
  readonly every: readonly number[]
  readonly steps: readonly (readonly [service: string, operation: string, times: number])[]
  /** Median bytes of an object; a nightly backup moves gigabytes a piece. */
  readonly objectBytes: number
  readonly rhythm: 'always' | 'night' | 'workday'
}

const JOBS: readonly Job[] = [
  {
    name: 'metrics-collector',
    agent: 'Boto3/1.40.{v} md/Botocore#1.40.{v} ua/2.1 os/linux#6.1 lang/python#3.12.8',
    every: [5, 10],
    steps: [
      ['sts', 'GetCallerIdentity', 0.2],
      ['cloudwatch', 'GetMetricData', 3],
      ['ec2', 'DescribeInstances', 1],
      ['ec2', 'DescribeInstanceStatus', 0.5],
    ],
    objectBytes: 0,
    rhythm: 'always',
  },
  {
    name: 'ci-deployer',
    agent: 'aws-sdk-go-v2/1.{v}.0 os/linux lang/go#1.24.4 md/GOARCH#amd64 api/ecs#1.57',
    every: [45, 90],
    steps: [
      ['ecr', 'GetAuthorizationToken', 1],
      ['ecr', 'BatchCheckLayerAvailability', 3],
      ['ecr', 'InitiateLayerUpload', 1],
      ['ecr', 'PutImage', 1],
      ['ecs', 'RegisterTaskDefinition', 1],
      ['ecs', 'UpdateService', 1],
      ['ecs', 'DescribeServices', 3],
    ],
    objectBytes: 0,
    rhythm: 'workday',
  },
  {
    name: 'nightly-backup',
    agent: 'aws-cli/2.{v}.0 Python/3.12.6 Linux/6.1.0 exe/x86_64 command/s3.sync',
    every: [1440],
    steps: [
      ['rds', 'CreateDBSnapshot', 2],
      ['ec2', 'CreateSnapshot', 4],
      ['s3', 'PutObject', 30],
      ['s3', 'ListObjects', 5],
      ['ec2', 'DeleteSnapshot', 3],
    ],
    objectBytes: 2e9,
    rhythm: 'night',
  },
  {
    name: 'etl-loader',
    agent: 'Boto3/1.39.{v} md/Botocore#1.39.{v} ua/2.1 os/linux#5.15 lang/python#3.11.9',
    every: [30, 60],
    steps: [
      ['s3', 'ListObjects', 1],
      ['s3', 'GetObject', 6],
      ['glue', 'StartJobRun', 1],
      ['glue', 'GetJobRun', 3],
      ['s3', 'PutObject', 2],
      ['athena', 'StartQueryExecution', 1],
    ],
    objectBytes: 5e6,
    rhythm: 'always',
  },
  {
    name: 'secrets-sync',
    agent: 'aws-sdk-java/2.{v}.0 Linux/6.1 OpenJDK_64-Bit_Server_VM/21.0.4',
    every: [60, 120],
    steps: [
      ['secretsmanager', 'ListSecrets', 1],
      ['secretsmanager', 'GetSecretValue', 4],
      ['kms', 'Decrypt', 4],
      ['ssm', 'GetParametersByPath', 2],
    ],
    objectBytes: 0,
    rhythm: 'always',
  },
  {
    name: 'report-mailer',
    agent: 'aws-sdk-nodejs/3.{v}.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#22.14.0',
    every: [240, 720],
    steps: [
      ['athena', 'StartQueryExecution', 2],
      ['athena', 'GetQueryExecution', 4],
      ['athena', 'GetQueryResults', 2],
      ['ses', 'SendEmail', 6],
    ],
    objectBytes: 0,
    rhythm: 'workday',
  },
]
const DAY = 86_400_000
const REGIONS = ['us-east-1', 'eu-west-1', 'us-west-2']

/** Machines of a world: `count` of them, shared out over the companies; `speed` shortens the time between runs of all but daily jobs. */
export function drawMachines(
  seed: number,
  companies: readonly Company[],
  count: number,
  speed: number,
): Machine[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomOf(seed, 101, index)
    const company = random.pick(companies)
    const job = JOBS[index % JOBS.length]
    if (job === undefined) throw new Error('no jobs')
    const name =
      index < JOBS.length ? job.name : `${job.name}-${Math.floor(index / JOBS.length) + 1}`
    return {
      seed: hash(seed, 102, index),
      name,
      key: `role:${company.account}/${name}`,
      company,
      job,
      everyMinutes: paced(random.pick(job.every), speed),
      region: REGIONS[hash(company.index, 73) % 3] ?? 'us-east-1',
    }
  })
}

function paced(minutes: number, speed: number): number {
  return minutes >= 1440 ? minutes : Math.max(1, Math.round(minutes / speed))
}

/** Puts every run of a machine on a UTC day onto the agenda. `keep`, where given, decides which runs happen. */
export function planMachine(
  stage: Stage,
  machine: Machine,
  day: number,
  keep?: (time: number, machine: Machine) => boolean,
): void {
  const { job } = machine
  const isWeekend = (day + 3) % 7 >= 5
  const phase = hash(machine.seed, 103) % (machine.everyMinutes * 60_000)
  for (let minute = 0; minute < 1440; minute += machine.everyMinutes) {
    const random = randomOf(machine.seed, 104, day, minute)
    if (
      job.rhythm === 'workday' &&
      (isWeekend || minute < 420 || minute > 1140) &&
      !random.chance(0.05)
    )
      continue
    const hour = job.rhythm === 'night' ? 2 * 3_600_000 : 0
    const time =
      day * DAY +
      hour +
      minute * 60_000 +
      phase / (job.rhythm === 'night' ? 24 : 1) +
      random.exponential(4000)
    if (keep !== undefined && !keep(time, machine)) continue
    stage.agenda.add(time, (now) => run(stage, machine, now, random))
  }
}

function run(stage: Stage, machine: Machine, start: number, random: Random): void {
  const caller = machineCaller(stage.internet, machine, start, random)
  const calls: (readonly [string, string])[] = []
  for (const [service, name, times] of machine.job.steps) {
    const count = times < 1 ? Number(random.chance(times)) : 1 + random.poisson(times - 1)
    for (let i = 0; i < count; i++) calls.push([service, name])
  }
  // Now and then a permission is missing, and the same call is tried again and again.
  const isBroken = random.chance(0.004)
  let index = 0
  const step = (now: number): void => {
    const call = calls[index]
    if (call === undefined) return
    const operation = operationNamed(call[0], call[1])
    const denied = isBroken && !operation.readOnly
    stage.emit.api(
      now,
      { ...callOf(caller, operation, random), ...(denied ? { denied } : {}) },
      BENIGN,
    )
    index++
    stage.agenda.add(now + random.lognormal(350, 0.8), step)
  }
  step(start)
}

/** Where a machine works from at an instant: one address, another one on failover days, a new one every year or so. */
function machineAddress(internet: Internet, machine: Machine, time: number): Address {
  const day = Math.floor(time / DAY)
  const cloud = internet.clouds[hash(machine.company.index, 105) % internet.clouds.length]
  if (cloud === undefined) throw new Error('no cloud network')
  const blocks = [...cloud.blocks.values()].flat()
  const isFailover = hash(machine.company.index, 106, day) % 90 === 0
  const era = Math.floor(day / 300 + (machine.seed % 300) / 300)
  const pool = isFailover ? 107 : 108
  const block = blocks[hash(machine.company.index, pool, era % 2) % blocks.length]
  if (block === undefined) throw new Error('no cloud block')
  return addressIn(block, hash(machine.seed, era, isFailover ? 1 : 0))
}

/** A machine as a caller: its role, the key of the quarter, its software's version of the month. */
export function machineCaller(
  internet: Internet,
  machine: Machine,
  time: number,
  random: Random,
): Caller {
  const quarter = Math.floor(time / DAY / 90 + (machine.seed % 90) / 90)
  const release = 20 + (Math.floor(time / DAY / 60 + (machine.seed % 60) / 60) % 70)
  return {
    actor: machineActor(machine, quarter),
    account: machine.company.account,
    address: machineAddress(internet, machine, time),
    userAgent: machine.job.agent.replaceAll('{v}', String(release)),
    region: random.chance(0.97) ? machine.region : 'us-east-1',
    seed: machine.seed,
    objectBytes: machine.job.objectBytes,
  }
}

function machineActor(machine: Machine, quarter: number): AccessEvent['actor'] {
  const account = machine.company.account
  return {
    uid: `${identifier('AROA', machine.seed)}:${machine.name}`,
    name: machine.name,
    type: 'service',
    account_uid: account,
    key: machine.key,
    credential_uid: identifier('ASIA', hash(machine.seed, 109, quarter)),
    session: { issuer: `arn:aws:iam::${account}:role/${machine.name}`, is_mfa: false },
  }
}
