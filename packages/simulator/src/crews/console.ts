import { hash, type Random, unit, weighted } from '../random.ts'
import { BENIGN, type Truth } from '../truth.ts'
import type { Act, CallAct, SignIn } from './acts.ts'
import { dayOf } from './calendar.ts'
import { wallTime } from './earth.ts'
import { rentedLine } from './gangs.ts'
import { lookOf } from './gear.ts'
import { homeOf, play } from './play.ts'
import { type Stagecraft, somebody } from './plots.ts'
import { keySpell, type Robot } from './robots.ts'
import type { Person } from './roster.ts'
import { homeLine, siteLine } from './spots.ts'
import type { Line } from './wires.ts'
import type { WorkflowName } from './workflows.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

const TASKS = weighted<WorkflowName>(
  ['triage', 'analysis', 'spending', 'reform'],
  (_, i) => [5, 5, 1, 1][i] ?? 0,
)

/** Does somebody work in the cloud? `cloud`: the world's share, 0-1. */
export function worksInCloud(person: Person, cloud: number): boolean {
  const { trade } = person.crew
  return (
    (trade === 'project' || trade === 'contract') && unit(person.seed, 161) < Math.min(1, cloud * 2)
  )
}

/** What a person does in the cloud after signing in on their own: their crew's kind of task mostly, now and then another's. */
export function* consoleWork(entry: SignIn, random: Random): Generator<CallAct> {
  const { who, look, line, time, truth } = entry
  if (who === null || look.kind !== 'desktop' || entry.failure !== undefined || !random.chance(0.4))
    return
  const own: WorkflowName = unit(who.crew.seed, 162) < 0.5 ? 'triage' : 'analysis'
  const special = occasionOf(who, Math.floor(time / DAY))
  const rounds = random.chance(0.06) ? 4 : 1
  for (let n = 0; n < rounds; n++) {
    const usual = random.chance(0.75) ? own : TASKS(random)
    const workflow = special !== null && random.chance(0.6) ? special : usual
    const begin = time + random.exponential(HOUR)
    yield* play(
      taskOf(who, workflow, begin, () => line, look.agent, truth),
      random,
    )
  }
}

/** What makes a day unlike others: the month's end, a crew's bad day, a quarterly review, a tool that a crew takes up. */
function occasionOf({ crew, seed }: Person, day: number): WorkflowName | null {
  const date = new Date(day * DAY).getUTCDate()
  if ((date <= 2 || date >= 30) && unit(crew.seed, 164) < 0.4) return 'closing'
  if (unit(crew.seed, 165, day) < 0.014) return 'incident'
  if (unit(seed, 166) < 0.1 && unit(seed, 167, Math.floor(day / 7)) < 0.1) return 'review'
  const round = Math.floor(day / 70)
  const taken = round * 70 + Math.floor(unit(crew.seed, 168, round) * 60)
  return unit(crew.seed, 169, round) < 0.5 && day >= taken && day < taken + 9 ? 'rollout' : null
}

function taskOf(
  who: Person,
  workflow: WorkflowName,
  time: number,
  line: (time: number) => Line,
  agent: string,
  truth: Truth,
) {
  return {
    workflow,
    time,
    who,
    line,
    agent,
    spell: hash(who.seed, Math.floor(time / (8 * HOUR))),
    reach: 8 + (who.seed % 30),
    home: homeOf(who.crew.seed),
    scale: Math.exp((unit(who.seed, 163) - 0.5) * 3),
    truth,
  }
}

/** A service account's key, found in a public repository: looked around with, then used, for some days. */
export function* leakedKey(craft: Stagecraft, robots: readonly Robot[]): Generator<Act> {
  const { random, day, wires, roster } = craft
  const keyed = robots.filter((robot) => robot.keyed)
  if (keyed.length === 0) return
  const robot = random.pick(keyed)
  const gang = random.pick(craft.gangs)
  const truth: Truth = {
    label: 'leaked_key',
    victim: robot.key,
    campaign: `leaked_key-${random.int(2 ** 31).toString(36)}`,
  }
  const stand = random.pick(roster.people)
  const agent = random.chance(0.3)
    ? robot.agent
    : random.pick([
        'aws-cli/2.25.7 md/awscrt#0.23.8 ua/2.1 os/linux#5.15 md/arch#x86_64',
        'Boto3/1.36.3 md/Botocore#1.36.3 ua/2.1 os/windows#10 lang/python#3.11.9',
      ])
  let time = day * DAY + ((gang.begins + random.next() * 10) % 24) * HOUR
  for (let n = 1 + random.poisson(1); n > 0; n--) {
    const line = rentedLine(
      wires,
      gang,
      stand,
      random.pick(['centre', 'tunnel', 'abroad'] as const),
      time,
      random,
    )
    yield* play(
      {
        workflow: 'burglary',
        time,
        who: robot,
        line: () => line,
        agent,
        spell: keySpell(robot, time),
        reach: 200,
        home: 0,
        scale: 1,
        truth,
      },
      random,
    )
    time += random.exponential(2 * DAY)
  }
}

/** Somebody who takes with them what they may see: own machine, usual place, only more and other things than their work needs. */
export function* insider(craft: Stagecraft, cloud: number): Generator<Act> {
  const { random, day, wires } = craft
  const thief = somebody(
    craft,
    (one) =>
      worksInCloud(one, cloud) && ['site', 'home'].includes(dayOf(wires.seed, one, day).kind),
  )
  if (thief === null) return
  const truth: Truth = {
    label: 'insider',
    victim: thief.key,
    campaign: `insider-${random.int(2 ** 31).toString(36)}`,
  }
  const greed = random.lognormal(2.5, 0.6)
  for (let n = 0, at = day; n < 2 + random.int(3); n++, at += 1 + random.int(2)) {
    const time = wallTime(
      thief.town.zone,
      at,
      random.chance(0.6) ? 16 + random.next() * 6 : 9 + random.next() * 8,
    )
    const isHome = dayOf(wires.seed, thief, at).kind !== 'site'
    const line = isHome ? homeLine(thief, time, random) : siteLine(thief.crew.site, at, random)
    const gear = thief.desk[at >= thief.crew.refit ? 1 : 0]
    const task = taskOf(thief, 'hoarding', time, () => line, lookOf(gear, time, 1).agent, truth)
    yield* play({ ...task, reach: task.reach * 5, scale: task.scale * greed }, random)
  }
}

/** Thieves who got in as somebody with access to the cloud look around there. */
export function* consoleTheft(entry: SignIn, random: Random): Generator<CallAct> {
  const { who, look, line, time, truth, failure } = entry
  if (who === null || failure !== undefined || truth === BENIGN || !random.chance(0.4)) return
  const begin = time + random.exponential(HOUR / 3)
  yield* play(
    taskOf(who, random.chance(0.6) ? 'hoarding' : 'burglary', begin, () => line, look.agent, truth),
    random,
  )
}
