import { hash, type Random, randomOf, unit } from '../random.ts'
import { BENIGN, type Truth } from '../truth.ts'
import type { CallAct } from './acts.ts'
import { homeOf, play } from './play.ts'
import { type Line, lineOf, type Pool, type Wires } from './wires.ts'
import type { WorkflowName } from './workflows.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

/** A service account. */
export interface Robot {
  readonly seed: number
  readonly name: string
  readonly key: string
  readonly uid: string
  readonly workflow: WorkflowName
  /** Hours between runs; 24: once a night. */
  readonly every: number
  readonly workdays: boolean
  readonly homes: readonly [Pool, Pool]
  readonly agent: string
  /** Uses a long-lived key, the kind that leaks. */
  readonly keyed: boolean
}

/** The group's one cloud account. */
export const ACCOUNT = '447102998310'

const JOBS: readonly (readonly [WorkflowName, number, boolean, string])[] = [
  ['poller', 1, false, 'aws-sdk-go-v2/1.36.3 os/linux lang/go#1.24.1 md/GOARCH#arm64'],
  ['deploy', 3, true, 'aws-sdk-js/3.778.0 ua/2.1 os/linux#6.8 lang/js md/nodejs#22.14.0'],
  [
    'nightly',
    24,
    false,
    'Boto3/1.37.24 md/Botocore#1.37.24 ua/2.1 os/linux#6.1 lang/python#3.12.9',
  ],
  ['backup', 24, false, 'aws-cli/2.25.7 md/awscrt#0.23.8 ua/2.1 os/linux#5.15 md/arch#x86_64'],
  ['keeper', 6, false, 'Boto3/1.36.3 md/Botocore#1.36.3 ua/2.1 os/linux#6.1 lang/python#3.11.11'],
  [
    'onboarding',
    12,
    true,
    'aws-sdk-java/2.31.9 md/io#sync Linux/6.1 OpenJDK_64-Bit_Server_VM/21.0.6',
  ],
]

/** Makes the service accounts of a world. */
export function makeRobots(wires: Wires, count: number): readonly Robot[] {
  const random = randomOf(wires.seed, 301)
  return Array.from({ length: count }, (_, id) => {
    const [workflow, every, workdays, agent] = JOBS[id % JOBS.length] as (typeof JOBS)[number]
    const seed = hash(wires.seed, 302, id)
    const name = `${workflow}-${id + 1}`
    const keyed = id % 3 === 1
    const centre = random.pick(wires.hosting)
    return {
      seed,
      name,
      key: `${keyed ? 'user' : 'role'}:${ACCOUNT}/${name}`,
      uid: `${keyed ? 'AIDA' : 'AROA'}${letters(seed, 16)}`,
      workflow,
      every,
      workdays,
      homes: [centre[0] as Pool, random.pick(centre)],
      agent,
      keyed,
    }
  })
}

/** Everything one robot does in a UTC day: runs that fail and are run again, runs from the other region on bad days. */
export function* robotDay(robot: Robot, day: number, random: Random): Generator<CallAct> {
  const idle = robot.workdays && (day + 3) % 7 > 4
  const offset = unit(robot.seed, 311) * Math.min(robot.every, 5)
  for (let at = offset; at < 24; at += robot.every) {
    if (idle && !random.chance(0.1)) continue
    let time = day * DAY + at * HOUR + random.exponential(robot.workdays ? HOUR / 2 : 40_000)
    for (let tries = 0; tries === 0 || (tries < 3 && random.chance(0.05)); tries++) {
      yield* play(
        {
          workflow: robot.workflow,
          time,
          who: robot,
          line: (now) => robotLine(robot, now),
          agent: robot.agent,
          spell: keySpell(robot, time),
          reach: 6 + (robot.seed % 20),
          home: homeOf(robot.seed),
          scale: Math.exp((unit(robot.seed, 312) - 0.5) * 3),
          truth: BENIGN,
        },
        random,
      )
      time += HOUR / 3
    }
  }
}

/** Now and then a pipeline takes on another robot's role and does that one's work from where it stands itself. */
export function* handover(
  robots: readonly Robot[],
  day: number,
  random: Random,
): Generator<CallAct> {
  const hosts = robots.filter((robot) => robot.workflow === 'deploy' || robot.workflow === 'keeper')
  const guests = robots.filter((robot) => !robot.keyed)
  if (hosts.length === 0 || guests.length === 0) return
  for (let n = random.poisson(hosts.length * 0.12); n > 0; n--) {
    const host = random.pick(hosts)
    const time = day * DAY + random.next() * DAY
    const line = robotLine(host, time)
    // A pipeline knows a role or two besides its own.
    const guest =
      guests[
        hash(host.seed, 316, random.chance(0.93) ? random.int(2) : random.int(99)) % guests.length
      ]
    if (guest === undefined) continue
    yield* assume(host, guest, line, time, random, BENIGN)
    yield* play({ ...borrowed(guest, line, host.agent, time + 4_000), truth: BENIGN }, random)
  }
}

/** One robot's call for another's role; sometimes refused first. */
export function* assume(
  host: Robot,
  guest: Robot,
  line: Line,
  time: number,
  random: Random,
  truth: Truth,
): Generator<CallAct> {
  for (let refusals = random.chance(0.15) ? 1 : 0; refusals >= 0; refusals--)
    yield {
      kind: 'call',
      who: host,
      agent: host.agent,
      service: 'sts',
      operation: 'AssumeRole',
      reads: false,
      refused: refusals > 0,
      resource: `role-${guest.name}`,
      spell: keySpell(host, time),
      time: time + random.int(2_000) - refusals * 60_000,
      line,
      truth,
    }
}

/** A robot's own work, from somewhere else and with other software. */
export function borrowed(guest: Robot, line: Line, agent: string, time: number) {
  return {
    workflow: guest.workflow,
    time,
    who: guest,
    line: () => line,
    agent,
    spell: keySpell(guest, time),
    reach: 6 + (guest.seed % 20),
    home: homeOf(guest.seed),
    scale: Math.exp((unit(guest.seed, 312) - 0.5) * 3),
  }
}

/** Long-lived keys are renewed a few times a year, borrowed ones every hour. */
export function keySpell(robot: Robot, time: number): number {
  return robot.keyed
    ? Math.floor(time / (120 * DAY) + unit(robot.seed, 313))
    : Math.floor(time / HOUR)
}

/** Where a robot runs at an instant. */
export function robotLine(robot: Robot, time: number): Line {
  const day = Math.floor(time / DAY)
  const failover = unit(robot.seed, 314, day) < 0.02
  // Containers are started anew every week or so, within a few addresses.
  const lease = (Math.floor(day / 8) * 7 + (hash(robot.seed, day) % 3)) % 40
  return lineOf(robot.homes[failover ? 1 : 0], robot.seed, lease, robot.seed, unit(robot.seed, 315))
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Letters and digits as cloud identifiers have them. */
export function letters(seed: number, count: number): string {
  let text = ''
  for (let i = 0; i < count; i++) text += LETTERS[hash(seed, 321, i) % 32]
  return text
}
