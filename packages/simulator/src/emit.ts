import type { AccessEvent, FailureClass } from '@gatewatch/schema'
import type { Client } from './clients.ts'
import type { Address } from './internet.ts'
import type { Person } from './people.ts'
import { hash, mix } from './random.ts'
import type { SimulatedEvent, Truth } from './truth.ts'

/** One step of a sign-in, as an identity provider would log it. */
export interface SignIn {
  readonly person: Person
  readonly address: Address
  readonly client: Client
  readonly deviceUid?: string | undefined
  /** Did the device show that it is enrolled with the employer? */
  readonly isManaged: boolean
  readonly stage: 'primary' | 'mfa' | 'session' | 'token'
  readonly failure?: FailureClass
  readonly isMfa: boolean
  readonly factor?: 'push' | 'otp' | 'webauthn' | undefined
  readonly app: string
  readonly attempt: number
  readonly legacy?: boolean
}

/** A call of a cloud interface by a person or a machine. */
export interface ApiUse {
  readonly actor: AccessEvent['actor']
  readonly account: string
  readonly address: Address
  readonly userAgent: string
  readonly service: string
  readonly operation: string
  readonly readOnly: boolean
  readonly region: string
  readonly resource?: string | undefined
  readonly denied?: boolean
  readonly bytesIn?: number
  readonly bytesOut?: number
  readonly dataPlane?: boolean
  readonly change?: NonNullable<AccessEvent['change']>
}

/** A change to an account: a password reset, a new factor, an unlock. */
export interface AccountChange {
  readonly actor: Person
  readonly target: Person
  readonly address: Address
  readonly client: Client
  readonly activity: string
  readonly change?: NonNullable<AccessEvent['change']>
}

/** Somebody lets an app of somebody else's into their account. */
export interface Consent {
  readonly person: Person
  readonly address: Address
  readonly client: Client
  readonly app: string
}

/** Writes events, benign and hostile alike, to one output in strictly rising time. */
export interface Emitter {
  signIn(time: number, step: SignIn, truth: Truth): void
  api(time: number, use: ApiUse, truth: Truth): void
  accountChange(time: number, change: AccountChange, truth: Truth): void
  consent(time: number, consent: Consent, truth: Truth): void
}

/** How events are written. `traffic`: sign-ins carry the bytes of their session, as an access proxy would log. */
export interface EmitOptions {
  readonly seed: number
  readonly traffic: boolean
  /** Name of the connector that delivers the events. */
  readonly connector: string
  /** Longest delay, ms, between an event and its arrival in a log. */
  readonly delay: number
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hex(word: number): string {
  return `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`
}

/** An identifier in the shape of a UUID that says nothing about when it was made: a keyed Feistel permutation of the time, so that unlike times never collide. */
export function eventUid(seed: number, time: number): string {
  let left = Math.floor(time / 4294967296) | 0
  let right = ((time % 4294967296) | 0) ^ 0
  if (time % 4294967296 >= 2147483648) right = (time % 4294967296) - 4294967296
  for (let round = 0; round < 4; round++) {
    const next = left ^ mix(right ^ mix(seed + round))
    left = right
    right = next
  }
  const a = hex(left >>> 0)
  const b = hex(right >>> 0)
  const tail = mix(left ^ mix(right ^ seed)) >>> 0
  const c = hex(tail)
  const d = hex(mix(tail ^ seed) >>> 0)
  return `${a}-${b.slice(0, 4)}-4${b.slice(4, 7)}-a${b.slice(7)}${c.slice(0, 2)}-${c.slice(2)}${d.slice(0, 6)}`
}

/** Entra's error code for each way of failing. */
export const ENTRA_CODES: Partial<Record<FailureClass, string>> = {
  bad_credentials: '50126',
  unknown_user: '50034',
  locked: '50053',
  disabled: '50057',
  expired: '50055',
  mfa_denied: '500121',
  mfa_timeout: '500121',
  mfa_failed: '500121',
  token_invalid: '70043',
  other: '90033',
}
const OKTA_CODES: Partial<Record<FailureClass, string>> = {
  bad_credentials: 'INVALID_CREDENTIALS',
  locked: 'LOCKED_OUT',
  disabled: 'USER_DEACTIVATED',
  expired: 'PASSWORD_EXPIRED',
  mfa_denied: 'USER_REJECTED_OKTA_VERIFY_PUSH',
  mfa_timeout: 'OKTA_VERIFY_PUSH_TIMEOUT',
  mfa_failed: 'INVALID_CREDENTIALS',
  token_invalid: 'TOKEN_EXPIRED',
  other: 'GENERAL_NONSUCCESS',
}
const OKTA_ACTIVITY: Record<SignIn['stage'], string> = {
  primary: 'user.session.start',
  session: 'user.authentication.sso',
  mfa: 'user.authentication.auth_via_mfa',
  token: 'app.oauth2.token.grant.refresh_token',
}

const SOURCES = {
  entra: { vendor: 'microsoft', product: 'entra', format: 'canonical' },
  okta: { vendor: 'okta', product: 'okta', format: 'canonical' },
  aws: { vendor: 'aws', product: 'cloudtrail', format: 'canonical' },
} as const

/** An emitter that hands finished events to `out`. Times that would not rise are moved on by one millisecond. */
export function createEmitter(options: EmitOptions, out: (made: SimulatedEvent) => void): Emitter {
  let last = -1
  const stamp = (time: number): number => {
    last = Math.max(Math.floor(time), last + 1)
    return last
  }
  return {
    signIn(at, step, truth) {
      const time = stamp(at)
      out({ event: signInEvent(options, time, step), truth })
    },
    api(at, use, truth) {
      const time = stamp(at)
      out({ event: apiEvent(options, time, use), truth })
    },
    accountChange(at, change, truth) {
      const time = stamp(at)
      out({ event: changeEvent(options, time, change), truth })
    },
    consent(at, consent, truth) {
      const time = stamp(at)
      out({ event: consentEvent(options, time, consent), truth })
    },
  }
}

function head(options: EmitOptions, time: number) {
  return {
    v: 1 as const,
    uid: eventUid(options.seed, time),
    uid_kind: 'native' as const,
    revision: 0,
    time,
    // The delay tells nothing about who acted.
    observed_time: time + (hash(time % 4294967296, 41) % options.delay),
  }
}

function userActor(person: Person): AccessEvent['actor'] {
  return {
    uid: `u${hash(person.index, 42).toString(16)}`,
    name: person.email,
    email_addr: person.email,
    domain: person.company.domain,
    type: person.isAdmin ? 'admin' : 'user',
    key: person.key,
  }
}

function endpoint(address: Address): AccessEvent['src'] {
  return {
    ip: address.ip,
    ip_kind: 'public',
    location: address.block.location,
    autonomous_system: address.block.system,
  }
}

function signInEvent(options: EmitOptions, time: number, step: SignIn): AccessEvent {
  const { person, client } = step
  const { idp } = person.company
  const failed = step.failure !== undefined
  const event: AccessEvent = {
    ...head(options, time),
    source: { ...SOURCES[idp], connector: options.connector },
    class_uid: 3002,
    activity_id: 1,
    activity: idp === 'okta' ? OKTA_ACTIVITY[step.stage] : 'Sign-in activity',
    status_id: failed ? 2 : 1,
    actor: userActor(person),
    src: endpoint(step.address),
    user_agent: client.userAgent,
    device: {
      ...(step.deviceUid === undefined ? {} : { uid: step.deviceUid }),
      type: client.kind,
      os: client.os,
      browser: client.browser,
      // Entra says of every device whether it is managed, Okta of those that its agent runs on
      ...(idp === 'entra' || step.isManaged ? { is_managed: step.isManaged } : {}),
    },
    app: { name: step.app },
    auth: {
      stage: step.stage,
      attempt_uid: `at-${hash(person.seed, step.attempt, 43).toString(16)}`,
      is_interactive: step.stage === 'primary' || step.stage === 'mfa',
      is_mfa: step.isMfa,
      factors: step.factor === undefined ? ['password'] : ['password', step.factor],
      protocol: step.legacy === true ? 'legacy' : 'oidc',
      idp,
    },
  }
  if (step.failure !== undefined) {
    event.failure_class = step.failure
    const code = (idp === 'okta' ? OKTA_CODES : ENTRA_CODES)[step.failure]
    if (code !== undefined) event.status_code = code
  }
  if (options.traffic && !failed && step.stage !== 'mfa') {
    const size = (salt: number) => (hash(time % 4294967296, salt) / 4294967296 - 0.5) * 2.4
    const scale = (hash(person.seed, 44) / 4294967296 - 0.5) * 1.2
    event.traffic = {
      bytes_in: Math.round(6_000 * Math.exp(scale + size(45))),
      bytes_out: Math.round(14_000 * Math.exp(scale + size(46))),
    }
  }
  return event
}

function apiEvent(options: EmitOptions, time: number, use: ApiUse): AccessEvent {
  const event: AccessEvent = {
    ...head(options, time),
    source: { ...SOURCES.aws, connector: options.connector },
    class_uid: 6003,
    activity_id: use.readOnly ? 2 : 3,
    activity: use.operation,
    status_id: use.denied === true ? 2 : 1,
    actor: use.actor,
    src: { ip: use.address.ip, ip_kind: 'public' },
    user_agent: use.userAgent,
    cloud: { provider: 'aws', account_uid: use.account, region: use.region },
    api: {
      service: `${use.service}.amazonaws.com`,
      operation: use.operation,
      read_only: use.readOnly,
      data_plane: use.dataPlane === true,
    },
  }
  if (use.denied === true) {
    event.failure_class = 'unauthorized'
    event.status_code = 'AccessDenied'
  }
  if (use.resource !== undefined) event.resources = [{ uid: use.resource, type: use.service }]
  if (use.change !== undefined) event.change = [...use.change]
  if (use.bytesIn !== undefined || use.bytesOut !== undefined)
    event.traffic = {
      ...(use.bytesIn === undefined ? {} : { bytes_in: use.bytesIn }),
      ...(use.bytesOut === undefined ? {} : { bytes_out: use.bytesOut }),
    }
  return event
}

function changeEvent(options: EmitOptions, time: number, change: AccountChange): AccessEvent {
  const { idp } = change.actor.company
  return {
    ...head(options, time),
    source: { ...SOURCES[idp], connector: options.connector },
    class_uid: 3001,
    activity_id: 99,
    activity: change.activity,
    status_id: 1,
    actor: userActor(change.actor),
    target: userActor(change.target),
    src: endpoint(change.address),
    user_agent: change.client.userAgent,
    device: { type: change.client.kind, os: change.client.os, browser: change.client.browser },
    ...(change.change === undefined ? {} : { change: [...change.change] }),
  }
}

function consentEvent(options: EmitOptions, time: number, consent: Consent): AccessEvent {
  const { idp } = consent.person.company
  const activity = idp === 'okta' ? 'app.oauth2.as.consent.grant' : 'Consent to application'
  return {
    ...head(options, time),
    source: { ...SOURCES[idp], connector: options.connector },
    class_uid: 6003,
    activity_id: 99,
    activity,
    status_id: 1,
    actor: userActor(consent.person),
    target: { name: consent.app, type: 'service' },
    src: endpoint(consent.address),
    user_agent: consent.client.userAgent,
    app: { name: consent.app },
    ...(idp === 'okta' ? {} : { cloud: { provider: 'azure' as const } }),
    api: { service: idp === 'okta' ? 'okta' : 'Core Directory', operation: activity },
  }
}
