import { circumstances, localHour } from '../circumstances.ts'
import { clientOf } from '../clients.ts'
import type { Person } from '../people.ts'
import { hash, type Random, randomOf, unit, zipf } from '../random.ts'
import type { Stage } from '../stage.ts'
import { localTime } from '../time-zone.ts'
import { BENIGN } from '../truth.ts'
import { whereabouts } from '../whereabouts.ts'
import {
  type Caller,
  callOf,
  objectBytesOf,
  personActor,
  regionOf,
  roleActor,
  WORK_ROLES,
} from './calls.ts'
import { type Operation, operationNamed, ROLE_SERVICES, SERVICES } from './operations.ts'

/** Sessions a person of each role has on a working day in a world with cloud = 1. */
const SESSIONS = {
  developer: 1.2,
  operations: 1.8,
  data: 1.2,
  security: 1,
  finance: 0.3,
  none: 0,
}
const RANKS = Array.from({ length: 24 }, (_, rank) => rank)
const pickService = zipf(RANKS, 1.15)
const pickOperation = zipf(RANKS, 1.2)

/** Puts onto the agenda what a person does in the cloud on a local day. `scale`: 0-1, the world's use of the cloud. */
export function planCloudWork(stage: Stage, person: Person, day: number, scale: number): void {
  const base = SESSIONS[person.cloudRole]
  if (base === 0 || scale === 0) return
  const random = randomOf(person.seed, 81, day)
  const where = whereabouts(person, day)
  const isWeekend = (day + 3) % 7 >= 5
  const isOnCall =
    person.cloudRole === 'operations' && hash(person.seed, 82, Math.floor(day / 7)) % 6 === 0
  const eagerness = Math.exp((unit(person.seed, 83) - 0.5) * 2.2)
  const mood = where.absent ? 0.02 : isWeekend && person.rhythm === 'day' ? 0.08 : 1
  const count = random.poisson(base * scale * eagerness * mood)
  for (let i = 0; i < count; i++) open(localHour(person, random), i, 'work')
  if (isOnCall && random.chance(0.35 * Math.min(1, scale * 2))) open(random.next() * 7, 90, 'work')
  const special = occasion(person, day, random, scale)
  if (special !== null) open(localHour(person, random), 91, special)

  function open(hour: number, number: number, kind: Occasion) {
    const time = localTime(where.city.zone, day, hour)
    stage.agenda.add(time, (now) => {
      if (now < person.joined || now > person.left) return
      const own = randomOf(person.seed, 84, day, number)
      const atOffice = own.chance(person.officeShare)
      const here = circumstances(stage, person, day, where, atOffice, now, own)
      const caller: Caller = {
        actor: personActor(person, now),
        account: person.company.account,
        address: here.address,
        userAgent: agentOf(person, kind, now, own),
        region: regionOf(person, own),
        seed: person.seed,
        objectBytes: objectBytesOf(person),
      }
      const turn = randomOf(person.seed, 92, day, number)
      if (!turn.chance(ROLE_SHARE)) playSession(stage, person, caller, kind, now, own)
      else workInRole(stage, person, caller, kind, now, own, turn)
    })
  }
}

/** Share of sessions for which people take on another role first. */
const ROLE_SHARE = 0.14

/** A session in one of the two or three roles somebody uses, seldom another; now and then a second one after it. */
function workInRole(
  stage: Stage,
  person: Person,
  caller: Caller,
  kind: Occasion,
  start: number,
  random: Random,
  turn: Random,
): void {
  let [time, from] = [start, caller]
  for (let hop = turn.chance(0.15) ? 2 : 1; hop > 0; hop--) {
    const usual = hash(person.seed, 93, turn.int(3)) % 3
    const at = turn.chance(0.06) ? turn.int(8) : hash(person.company.index, usual, 94)
    const role = WORK_ROLES[at % WORK_ROLES.length] ?? 'Deploy'
    const resource = `arn:aws:iam::${caller.account}:role/${role}`
    const [call, denied] = [
      callOf(from, operationNamed('sts', 'AssumeRole'), turn),
      turn.chance(0.05),
    ]
    stage.agenda.add(time, (now) =>
      stage.emit.api(now, { ...call, resource, ...(denied ? { denied } : {}) }, BENIGN),
    )
    if (denied) return
    time += turn.lognormal(8, 0.8) * 1000
    from = { ...caller, actor: roleActor(person, role, time) }
    const acting = from
    stage.agenda.add(time, (now) => playSession(stage, person, acting, kind, now, random))
    time += turn.exponential(1_200_000)
  }
}

/** Why somebody is busier than usual. */
type Occasion = 'work' | 'infrastructure' | 'export' | 'audit' | 'incident'

function occasion(person: Person, day: number, random: Random, scale: number): Occasion | null {
  const date = new Date(day * 86_400_000)
  const left = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const isMonthEnd = date.getUTCDate() >= left - 1
  const role = person.cloudRole
  if (isMonthEnd && (role === 'finance' || role === 'data') && random.chance(0.5)) return 'export'
  if (role === 'security' && Math.floor(day / 7) % 13 === person.seed % 13 && random.chance(0.5))
    return 'audit'
  // The whole company has the same bad day: about five a year.
  if (
    role === 'operations' &&
    hash(person.company.account.length, person.company.index, 86, day) % 73 === 0
  )
    return 'incident'
  if (
    (role === 'operations' || role === 'developer') &&
    random.chance(0.06 * Math.min(1, 2 * scale))
  )
    return 'infrastructure'
  return null
}

function agentOf(person: Person, kind: Occasion, now: number, random: Random): string {
  const month = Math.floor((now - person.devices.length * 1e9) / (30 * 86_400_000))
  if (kind === 'infrastructure')
    return `APN/1.0 HashiCorp/1.0 Terraform/1.${Math.floor(month / 5) % 40}.${person.seed % 6} (+https://www.terraform.io)`
  const [laptop] = person.devices
  if (laptop === undefined || random.chance(0.45 + 0.4 * (unit(person.seed, 87) - 0.5))) {
    const os =
      laptop?.os === 'windows'
        ? 'Windows/11'
        : laptop?.os === 'macos'
          ? 'Darwin/25.1.0'
          : 'Linux/6.8.0'
    return `aws-cli/2.${(month + (person.seed % 5)) % 60}.${person.seed % 9} Python/3.13.7 ${os} exe/x86_64 prompt/off`
  }
  return clientOf(laptop, now).userAgent
}

/** Plays a session call by call: a service is stayed with, reads come before writes, everybody has favourites. */
function playSession(
  stage: Stage,
  person: Person,
  caller: Caller,
  kind: Occasion,
  start: number,
  random: Random,
): void {
  let left = Math.max(1, Math.round(random.lognormal(LENGTH[kind], 0.8)))
  let service = serviceOf(person, start, random)
  const pace = kind === 'infrastructure' ? 0.7 : kind === 'export' ? 3 : 18
  const step = (now: number): void => {
    if (random.chance(kind === 'audit' ? 0.3 : 0.14)) service = serviceOf(person, now, random)
    const operation = nextOperation(person, kind, service, random)
    const denied = random.chance(kind === 'audit' ? 0.04 : 0.012)
    const call = callOf(caller, operation, random)
    const isExport = kind === 'export' && call.bytesOut !== undefined
    stage.emit.api(
      now,
      {
        ...call,
        ...(denied ? { denied } : {}),
        ...(isExport ? { bytesOut: Math.round((call.bytesOut ?? 0) * 30) } : {}),
      },
      BENIGN,
    )
    left--
    if (left > 0) stage.agenda.add(now + random.lognormal(pace, 1.1) * 1000, step)
  }
  step(start)
}

const LENGTH: Readonly<Record<Occasion, number>> = {
  work: 9,
  infrastructure: 70,
  export: 30,
  audit: 60,
  incident: 35,
}

/** Services in a person's own order; a new one comes into use across a department every few months. */
function serviceOf(person: Person, now: number, random: Random): string {
  const list = ROLE_SERVICES[person.cloudRole]
  const rank = pickService(random)
  const quarter = Math.floor(now / (91 * 86_400_000))
  if (rank === 7) {
    const all = [...SERVICES.keys()]
    const adopted = hash(person.company.index, person.department.length, 88, quarter) % all.length
    return all[adopted] ?? 's3'
  }
  const shift = rank < 3 ? 0 : hash(person.seed, 89) % 4
  return list[(rank + shift) % list.length] ?? 's3'
}

function nextOperation(person: Person, kind: Occasion, service: string, random: Random): Operation {
  if (kind === 'export')
    return operationNamed('s3', random.chance(0.85) ? 'GetObject' : 'ListObjects')
  if (kind === 'incident' && random.chance(0.4)) {
    const [where, name] = random.pick(INCIDENT_WORK)
    return operationNamed(where, name)
  }
  const group = SERVICES.get(service)
  if (group === undefined) throw new Error(`no service ${service}`)
  const writes = kind === 'infrastructure' ? 0.35 : kind === 'audit' ? 0 : 0.13
  const at = random.next()
  const list =
    at < writes && group.writes.length > 0
      ? group.writes
      : at > 0.8 && group.data.length > 0 && kind !== 'audit'
        ? group.data
        : group.reads
  const rank = pickOperation(random)
  // Past the first few, favourites differ from person to person.
  const index = rank < 2 ? rank : rank + (hash(person.seed, 90, service.length) % 5)
  const operation = list[index % Math.max(1, list.length)] ?? group.reads[0]
  if (operation === undefined) throw new Error(`no operation of ${service}`)
  return operation
}

const INCIDENT_WORK: readonly (readonly [string, string])[] = [
  ['iam', 'UpdateAccessKey'],
  ['iam', 'PutRolePolicy'],
  ['iam', 'DeleteAccessKey'],
  ['iam', 'CreateAccessKey'],
  ['iam', 'AttachRolePolicy'],
  ['ec2', 'AuthorizeSecurityGroupIngress'],
  ['ec2', 'RevokeSecurityGroupIngress'],
  ['ec2', 'StopInstances'],
  ['ec2', 'TerminateInstances'],
  ['ec2', 'CreateSnapshot'],
  ['cloudtrail', 'LookupEvents'],
]
