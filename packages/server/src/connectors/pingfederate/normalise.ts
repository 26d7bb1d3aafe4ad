import type { AccessEvent, Actor, AuthDetail } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { factorOf } from '../values/factor.ts'
import { failureWords } from '../values/failure-words.ts'
import {
  entryOf,
  type Fields,
  isFields,
  known,
  knownOrNone,
  type Reader,
  readerOf,
} from '../values/fields.ts'
import { localInstantOf } from '../values/instant.ts'
import { type Kind, kindFields, signIn, signOut, unmapped } from '../values/kind.ts'
import { loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { isAuditLine, readLine } from './read-line.ts'

/** The security audit log of PingFederate. */
export const pingfederate: Connector = {
  format: 'pingfederate',
  title: 'PingFederate security audit log (lines of audit.log, JSON)',
  recognise(record) {
    if (typeof record === 'string') return isAuditLine(record) ? 0.95 : 0
    return isFields(record) && isAuditObject(record) ? 0.9 : 0
  },
  normalise(record, origin) {
    const fields = typeof record === 'string' ? readLine(record) : record
    if (!isFields(fields)) return reject('not a line of PingFederate’s audit log')
    return eventOf(readerOf(fields), origin)
  },
}

function isAuditObject(record: Fields): boolean {
  const get = readerOf(record)
  const isTyped = typeof get('event') === 'string' && typeof get('status') === 'string'
  return (
    isTyped &&
    get('trackingid') !== undefined &&
    get('adapterid', 'connectionid', 'role') !== undefined
  )
}

const kinds: Readonly<Record<string, Kind>> = {
  AUTHN_ATTEMPT: signIn('primary'),
  AUTHN_REQUEST: signIn('policy', { status_id: 99 }),
  AUTHN_SESSION_CREATED: signIn('session'),
  AUTHN_SESSION_USED: signIn('session'),
  AUTHN_SESSION_DELETED: signOut,
  AUTHN_SESSIONS_DELETED: signOut,
  SRI_REVOKED: signOut,
  SSO: signIn('sso'),
  SLO: signOut,
  OAuth: signIn('token', { activity_id: 3 }),
  STS: signIn('token', { activity_id: 3 }),
  PWD_CHANGE: { class_uid: 3001, activity_id: 3 },
  PWD_RESET: { class_uid: 3001, activity_id: 4 },
  PWD_RESET_REQUEST: { class_uid: 3001, activity_id: 4, status_id: 99 },
  ACCOUNT_UNLOCK: { class_uid: 3001, activity_id: 12 },
  CREATE: { class_uid: 3001, activity_id: 1 },
}

function eventOf(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(get('event'), 255)
  if (activity === undefined)
    return reject('event is missing: not a record of PingFederate’s audit log')
  const said = get('time', 'timestamp', 'date', 'timemillis')
  const when = localInstantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const kind = entryOf(kinds, activity) ?? unmapped
  const status = textOf(get('status'), 255)
  const description = textOf(get('description'), 1024)
  const status_id = kind.status_id ?? statusOf(status)
  const connection = textOf(get('connectionid'), 255)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'ping_identity',
          product: 'pingfederate',
          format: 'pingfederate',
          tenant_uid: textOf(get('host', 'pfhost'), 255),
        }),
        ...kindFields(kind, status_id, { service: 'pingfederate', operation: activity }),
        activity,
        status_id,
        status_code: status,
        status_detail: description,
        failure_class:
          status_id === 2
            ? (failureWords(description) ??
              (kind.stage === 'primary' ? 'bad_credentials' : 'other'))
            : undefined,
        actor: actorOf(get),
        src: known({ ...readAddress(get('ip')) }),
        user_agent: textOf(get('useragent'), 1024),
        app: knownOrNone({ uid: connection, name: textOf(get('app'), 255) }),
        cloud: { provider: 'other' },
        auth: kind.stage === undefined ? undefined : authOf(get, kind.stage),
      },
      undefined,
    ),
  )
}

function statusOf(status: string | undefined): AccessEvent['status_id'] {
  if (status === undefined) return 0
  if (/^success/i.test(status)) return 1
  return /^fail/i.test(status) ? 2 : 99
}

/** What an attempt names is whatever somebody typed. */
function actorOf(get: Reader): Actor {
  const login = loginOf(get('subject', 'attributesusername'))
  if (login.name === undefined) return { type: 'unknown' }
  const domain = login.email_addr === undefined ? 'pingfederate' : undefined
  return known<Actor>({ ...login, domain, type: 'user' })
}

const protocols: readonly (readonly [RegExp, NonNullable<AuthDetail['protocol']>])[] = [
  [/^SAML/i, 'saml'],
  [/^(OIDC|OpenID)/i, 'oidc'],
  [/^OAuth/i, 'oauth2'],
  [/^WS/i, 'other'],
]

function authOf(get: Reader, stage: AuthDetail['stage']): AuthDetail {
  const adapter = textOf(get('adapterid'), 255)
  const factor = factorOf(adapter)
  const protocol = textOf(get('protocol'), 64) ?? ''
  const isSecond = /pingid|duo|rsa|mfa|otp|fido/i.test(adapter ?? '')
  return known<AuthDetail>({
    stage: stage === 'primary' && isSecond ? 'mfa' : stage,
    attempt_uid: textOf(get('transactionid') ?? get('trackingid'), 512),
    is_mfa: isSecond ? true : null,
    factors: factor === undefined ? undefined : [factor],
    protocol: protocols.find(([form]) => form.test(protocol))?.[1],
    idp: adapter,
  })
}
