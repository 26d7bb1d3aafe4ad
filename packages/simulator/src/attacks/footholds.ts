import { localHour } from '../circumstances.ts'
import { type Caller, identifier, resourceNamed, roleActor, WORK_ROLES } from '../cloud/calls.ts'
import { appGuise, consentAt, drawApp } from '../consents.ts'
import type { Person } from '../people.ts'
import { hash, type Random } from '../random.ts'
import { signInAt } from '../sign-ins.ts'
import type { Stage } from '../stage.ts'
import { localTime } from '../time-zone.ts'
import { cookieGuise, countryGuise, victimHere } from './guise.ts'
import { AGENTS, callerOf, lookAround, loot, play, type Step, steal, truthOf } from './steps.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

/** With a stolen session a little every working day for two to four weeks, at the victim's hours and of sizes they know. */
export function slowExfiltration(
  stage: Stage,
  victim: Person,
  day: number,
  start: number,
  random: Random,
): void {
  const truth = truthOf(stage, 'slow_exfiltration', victim.key, random)
  const guise = cookieGuise(stage, victim, day, start, random)
  signInAt(stage, start, victim, guise, {
    app: 'Cloud Console',
    attempt: random.int(2 ** 31),
    step: 'session',
    isMfa: false,
    truth,
  })
  const days = 10 + random.int(18)
  for (let later = 0; later < days; later++) {
    if ((day + later + 3) % 7 >= 5) continue
    const at = localTime(victim.timezone, day + later, localHour(victim, random))
    stage.agenda.add(Math.max(at, start + 60_000), (now) => {
      if (now > victim.left) return
      const caller: Caller = {
        ...callerOf(stage, victim, now, random),
        address: guise.address,
        userAgent: guise.client.userAgent,
      }
      const steps: Step[] = random.chance(0.5) ? [[['s3', 'ListObjects'], {}]] : []
      for (let i = 2 + random.int(7); i > 0; i--)
        steps.push([['s3', 'GetObject'], random.chance(0.6) ? {} : loot(caller, random, 3)])
      play(stage, caller, steps, now, 40, truth, random)
    })
  }
}

/** A link in a mail: the victim lets an app in, from where they always are, and the app reads on for weeks by itself. */
export function consentAbuse(
  stage: Stage,
  victim: Person,
  day: number,
  start: number,
  random: Random,
): void {
  const truth = truthOf(stage, 'consent_abuse', victim.key, random)
  const app = drawApp(stage, victim.company, random.int(2 ** 31), 0.1)
  stage.agenda.add(start, (now) => {
    if (now < victim.joined || now > victim.left) return
    consentAt(stage, victim, victimHere(stage, victim, day, now, random), app, now, truth)
    const end = now + (4 + random.int(20)) * DAY
    const every = random.lognormal(5, 0.6) * HOUR
    const read = (later: number): void => {
      signInAt(stage, later, victim, appGuise(app, random), {
        app: app.name,
        attempt: hash(victim.seed, app.seed),
        step: 'token',
        isMfa: false,
        truth,
      })
      const next = later + every * (0.5 + random.next())
      if (next < end) stage.agenda.add(next, read)
    }
    stage.agenda.add(now + 60_000 + random.exponential(HOUR), read)
  })
}

/** From a worker's rights to an administrator's, by one of the known ways, after some that are refused. */
export function escalate(stage: Stage, victim: Person, start: number, random: Random): void {
  const truth = truthOf(stage, 'privilege_escalation', victim.key, random)
  const guise = countryGuise(stage, victim, start, random)
  const caller: Caller = {
    ...callerOf(stage, victim, start, random),
    address: guise.address,
    userAgent: random.chance(0.4) ? guise.client.userAgent : random.pick(AGENTS),
  }
  const steps = [...lookAround(random, 3 + random.int(9), 0.15)]
  const ways = [...WAYS].sort((a, b) => hash(start, WAYS.indexOf(a)) - hash(start, WAYS.indexOf(b)))
  const failed = random.int(3)
  for (const [index, way] of ways.slice(0, failed + 1).entries()) {
    const refused = index < failed
    for (const [call, change] of way(caller, random)) {
      const isLast = change.change !== undefined
      steps.push([call, refused && isLast ? { denied: true, change: [] } : change])
      if (refused && isLast) break
    }
  }
  if (random.chance(0.35)) steps.push([['cloudtrail', 'StopLogging'], {}])
  if (random.chance(0.7)) steps.push(...steal(caller, random))
  play(stage, caller, steps, start, 25, truth, random)
}

type Way = (caller: Caller, random: Random) => readonly Step[]

const named = (caller: Caller, service: string, kind: string, number: number) => ({
  resource: resourceNamed(caller.account, service, kind, number, caller.region),
})

/** Ways up, as published lists of privilege escalation in cloud accounts name them. */
const WAYS: readonly Way[] = [
  (caller, random) => {
    const policy = named(caller, 'iam', 'policy', random.int(40))
    return [
      [['iam', 'GetPolicy'], policy],
      [['iam', 'GetPolicyVersion'], policy],
      [['iam', 'CreatePolicyVersion'], { ...policy, change: ['grants_admin'] }],
    ]
  },
  (caller, random) => {
    const job = named(caller, 'lambda', 'function', 200 + random.int(200))
    return [
      [['iam', 'ListRoles'], {}],
      [['iam', 'PassRole'], named(caller, 'iam', 'role', random.int(20))],
      [['lambda', 'CreateFunction20150331'], job],
      [['lambda', 'Invoke'], job],
      [
        ['iam', 'AttachRolePolicy'],
        { ...named(caller, 'iam', 'role', random.int(20)), change: ['grants_admin'] },
      ],
    ]
  },
  (caller, random) => {
    const other = named(caller, 'iam', 'user', random.int(60))
    return [
      [['iam', 'ListUsers'], {}],
      [['iam', 'ListAccessKeys'], other],
      [['iam', 'CreateAccessKey'], { ...other, change: ['creates_credential'] }],
    ]
  },
  (caller, random) => {
    const other = named(caller, 'iam', 'user', random.int(60))
    return [
      [['iam', 'GetUser'], other],
      [['iam', 'CreateLoginProfile'], { ...other, change: ['creates_credential'] }],
    ]
  },
  (caller, random) => {
    const role = named(caller, 'iam', 'role', random.int(20))
    return [
      [['iam', 'GetRole'], role],
      [['iam', 'UpdateAssumeRolePolicy'], role],
      [['sts', 'AssumeRole'], role],
      [['iam', 'PutRolePolicy'], { ...role, change: ['grants_admin'] }],
    ]
  },
]

/** From role to role with a worker's session: each hop finds out what the next may do, the last one takes it. */
export function roleChain(
  stage: Stage,
  victim: Person,
  day: number,
  start: number,
  random: Random,
): void {
  const truth = truthOf(stage, 'role_chain', victim.key, random)
  const guise = random.chance(0.5)
    ? cookieGuise(stage, victim, day, start, random)
    : countryGuise(stage, victim, start, random)
  const first: Caller = {
    ...callerOf(stage, victim, start, random),
    address: guise.address,
    userAgent: random.chance(0.3) ? guise.client.userAgent : random.pick(AGENTS),
  }
  const hops = 2 + random.int(3)
  let caller = first
  let time = start
  for (let hop = 0; hop <= hops; hop++) {
    const role = random.pick(WORK_ROLES)
    const steps: Step[] = [...lookAround(random, 1 + random.int(5), 0.2)]
    for (let tries = random.int(3); hop < hops && tries > 0; tries--)
      steps.push([
        ['sts', 'AssumeRole'],
        {
          resource: `arn:aws:iam::${caller.account}:role/${random.pick(WORK_ROLES)}`,
          denied: true,
        },
      ])
    if (hop < hops)
      steps.push([
        ['sts', 'AssumeRole'],
        { resource: `arn:aws:iam::${caller.account}:role/${role}` },
      ])
    else steps.push(...steal(caller, random))
    play(stage, caller, steps, time, 20, truth, random)
    time += steps.length * 45_000 + random.exponential(20 * 60_000)
    const credential = identifier('ASIA', hash(victim.seed, random.int(2 ** 31)))
    caller = {
      ...first,
      actor: { ...roleActor(victim, role, time), credential_uid: credential },
    }
  }
}
