import type { AccessEvent, ChangeFact } from '@gatewatch/schema'
import type { ApiUse } from '../emit.ts'
import type { Address } from '../internet.ts'
import type { Person } from '../people.ts'
import { hash, type Random, unit, zipf } from '../random.ts'
import type { Operation } from './operations.ts'

/** Who calls, from where and with what: everything of a call but the operation. */
export interface Caller {
  readonly actor: AccessEvent['actor']
  readonly account: string
  readonly address: Address
  readonly userAgent: string
  readonly region: string
  /** Seed of the caller's own choice of resources. */
  readonly seed: number
  /** Median bytes of one object this caller reads or writes. */
  readonly objectBytes: number
}

/** Changes a connector would read out of these operations' requests, whatever their parameters. */
const FACTS: Readonly<Record<string, readonly ChangeFact[]>> = {
  CreateAccessKey: ['creates_credential'],
  CreateLoginProfile: ['creates_credential'],
  UpdateLoginProfile: ['creates_credential'],
  CreateKeyPair: ['creates_credential'],
  GetFederationToken: ['creates_credential'],
  DeleteLogGroup: ['disables_logging'],
  DeleteAlarms: ['disables_protection'],
  ScheduleKeyDeletion: ['disables_protection'],
  StopLogging: ['disables_logging'],
  DeleteTrail: ['disables_logging'],
  StopConfigurationRecorder: ['disables_logging'],
  DeleteDetector: ['disables_protection'],
  DeactivateMFADevice: ['weakens_mfa'],
}

const RESOURCE_KIND: Readonly<Record<string, string>> = {
  s3: 'bucket',
  ec2: 'instance',
  iam: 'role',
  lambda: 'function',
  rds: 'db',
  dynamodb: 'table',
  logs: 'log-group',
  kms: 'key',
  secretsmanager: 'secret',
  ecr: 'repository',
  ecs: 'service',
}
const pickRank = zipf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 1.1)

/** A resource of the account, named so that colleagues share the popular ones and everybody has some of their own. */
function resourceOf(caller: Caller, service: string, random: Random): string | undefined {
  const kind = RESOURCE_KIND[service]
  if (kind === undefined) return undefined
  const rank = pickRank(random)
  const number = rank < 3 ? hash(rank, 71) % 20 : hash(caller.seed, rank, 72) % 200
  return resourceNamed(caller.account, service, kind, number, caller.region)
}

/** ARN of the n-th resource of a kind in an account. */
export function resourceNamed(
  account: string,
  service: string,
  kind: string,
  number: number,
  region: string,
): string {
  if (service === 's3') return `arn:aws:s3:::data-${account.slice(0, 4)}-${number}`
  return `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${kind}/${kind}-${number}`
}

/** One call of an operation, with the resource and bytes that go with it. */
export function callOf(caller: Caller, operation: Operation, random: Random): ApiUse {
  const facts = FACTS[operation.name]
  const use: ApiUse = {
    actor: caller.actor,
    account: caller.account,
    address: caller.address,
    userAgent: caller.userAgent,
    service: operation.service,
    operation: operation.name,
    readOnly: operation.readOnly,
    region: operation.service === 'iam' ? 'us-east-1' : caller.region,
    resource: resourceOf(caller, operation.service, random),
    dataPlane: operation.dataPlane,
    ...(facts === undefined ? {} : { change: [...facts] }),
  }
  if (operation.service !== 's3' || !operation.dataPlane) return use
  const bytes = Math.round(random.lognormal(caller.objectBytes, 1.6))
  if (operation.name === 'GetObject') return { ...use, bytesIn: 0, bytesOut: bytes }
  if (operation.name === 'PutObject') return { ...use, bytesIn: bytes, bytesOut: 0 }
  return use
}

const REGIONS = [
  'us-east-1',
  'eu-west-1',
  'us-west-2',
  'eu-central-1',
  'ap-southeast-1',
  'eu-north-1',
]

/** The region a company or a person works in: mostly the company's own. */
export function regionOf(person: Person, random: Random): string {
  const own = hash(person.company.index, 73) % 3
  const index = random.chance(0.9) ? own : hash(person.seed, 74) % REGIONS.length
  return REGIONS[index] ?? 'us-east-1'
}

/** Every region, for attackers that look everywhere. */
export const ALL_REGIONS: readonly string[] = REGIONS

/** How a person appears in the cloud: through a single-sign-on role, or with an access key of their own. */
export function personActor(person: Person, time: number): AccessEvent['actor'] {
  const day = Math.floor(time / 86_400_000)
  const account = person.company.account
  const base = {
    name: person.email,
    email_addr: person.email,
    type: person.isAdmin ? ('admin' as const) : ('user' as const),
    account_uid: account,
    key: person.key,
  }
  if (hasAccessKey(person)) {
    const rotation = Math.floor(day / 180 + (person.seed % 180) / 180)
    return {
      ...base,
      uid: identifier('AIDA', hash(person.seed, 75)),
      credential_uid: identifier('AKIA', hash(person.seed, 76, rotation)),
    }
  }
  const role = `AWSReservedSSO_${person.department}_${identifier('', hash(person.company.index, 77))}`
  return {
    ...base,
    uid: `${identifier('AROA', hash(person.company.index, 78))}:${person.email}`,
    credential_uid: identifier('ASIA', hash(person.seed, 79, day)),
    session: {
      issuer: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/${role}`,
      is_mfa: null,
    },
  }
}

/** Roles of an account that people take on for some work, besides the one they sign in to. */
export const WORK_ROLES = [
  'Deploy',
  'DataReader',
  'NetworkAdmin',
  'BreakGlass',
  'BillingReader',
  'SupportAccess',
  'LogReader',
  'Migration',
] as const
export type WorkRole = (typeof WORK_ROLES)[number]

/** How a person appears while in another role of their account; credentials last for an hour. */
export function roleActor(person: Person, role: WorkRole, time: number): AccessEvent['actor'] {
  const { account, index } = person.company
  const kind = WORK_ROLES.indexOf(role)
  return {
    name: person.email,
    email_addr: person.email,
    type: person.isAdmin ? 'admin' : 'user',
    account_uid: account,
    key: person.key,
    uid: `${identifier('AROA', hash(index, kind, 91))}:${person.email}`,
    credential_uid: identifier('ASIA', hash(person.seed, kind, Math.floor(time / 3_600_000))),
    session: { issuer: `arn:aws:iam::${account}:role/${role}`, is_mfa: null },
  }
}

/** Median bytes of an object that a person handles: over three orders of magnitude between people. */
export function objectBytesOf(person: Person): number {
  return 40_000 * Math.exp((unit(person.seed, 85) - 0.5) * 4)
}

/** Does this person hold a long-lived access key (about a quarter of those who work in the cloud)? */
export function hasAccessKey(person: Person): boolean {
  return person.cloudRole !== 'none' && hash(person.seed, 80) % 4 === 0
}

/** An identifier in the cloud's style: a prefix and sixteen capitals and digits. */
export function identifier(prefix: string, seed: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let text = prefix
  for (let i = 0; i < 16; i++) text += alphabet[hash(seed, i) & 31]
  return text
}
