import type { AccessEvent, Actor, AuthDetail, FailureClass } from '@gatewatch/schema'
import type { Connector } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { factorOf } from '../values/factor.ts'
import { failureWords } from '../values/failure-words.ts'
import {
  type Fields,
  isFields,
  known,
  knownOrNone,
  type Reader,
  readerOf,
} from '../values/fields.ts'
import { localInstantOf } from '../values/instant.ts'
import { kindFields } from '../values/kind.ts'
import { boolOf, loginOf, numberOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { queryKind, targetOf } from './queries.ts'

/** Rows of Snowflake's LOGIN_HISTORY and QUERY_HISTORY. */
export const snowflake: Connector = {
  format: 'snowflake',
  title: 'Snowflake LOGIN_HISTORY and QUERY_HISTORY (CSV, JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    return isLogin(record) || isQuery(record) ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a row of Snowflake: it has no fields')
    const get = readerOf(record)
    const said = get('eventtimestamp', 'starttime')
    const when = localInstantOf(readTime(said), said, origin)
    if ('why' in when) return reject(when.why)
    const start = (log_name: string) =>
      begin(when, origin, {
        vendor: 'snowflake',
        product: 'account_usage',
        format: 'snowflake',
        tenant_uid: textOf(get('accountname', 'organizationname'), 255),
        log_name,
      })
    if (get('querytype') !== undefined) return query(get, start('query_history'))
    return get('issuccess') === undefined
      ? reject('neither a row of LOGIN_HISTORY nor of QUERY_HISTORY')
      : login(get, start('login_history'))
  },
}

const either = (record: Fields, name: string) => name in record || name.toLowerCase() in record

function isLogin(record: Fields): boolean {
  return either(record, 'IS_SUCCESS') && either(record, 'REPORTED_CLIENT_TYPE')
}

function isQuery(record: Fields): boolean {
  return either(record, 'QUERY_TYPE') && either(record, 'EXECUTION_STATUS')
}

type Begun = ReturnType<typeof begin>

function login(get: Reader, begun: Begun): Outcome<AccessEvent> {
  const isSuccess = boolOf(get('issuccess'))
  const message = textOf(get('errormessage'), 1024)
  const uid = textOf(get('eventid'), 512)
  const related = textOf(get('relatedeventid'), 512)
  const address = textOf(get('clientip'), 255)
  return ok(
    identified(
      {
        ...begun,
        class_uid: 3002,
        activity_id: 1,
        activity: textOf(get('eventtype'), 255) ?? 'LOGIN',
        status_id: isSuccess === undefined ? 0 : isSuccess ? 1 : 2,
        status_code: textOf(get('errorcode'), 255),
        status_detail: message,
        failure_class: isSuccess === false ? failureOf(message) : undefined,
        actor: actorOf(get),
        src: address === '0.0.0.0' ? { ip_kind: 'missing' } : { ...readAddress(address) },
        app: knownOrNone({ name: textOf(get('reportedclienttype'), 255) }),
        cloud: { provider: 'other' },
        auth: authOf(get, related === '0' ? uid : (related ?? uid)),
      },
      uid,
    ),
  )
}

const messages: readonly (readonly [RegExp, FailureClass])[] = [
  [/EXT_AUTHN_(DENIED|DECLINED)/, 'mfa_denied'],
  [/EXT_AUTHN_TIMEOUT/, 'mfa_timeout'],
  [/^EXT_AUTHN|MFA/, 'mfa_failed'],
  [/IP|NETWORK_POLICY|INCOMING_REQUEST_BLOCKED/, 'policy_blocked'],
  [/OVERFLOW_FAILURE_EVENTS_ELIDED/, 'rate_limited'],
]

function failureOf(message: string | undefined): FailureClass {
  const own = messages.find(([form]) => form.test(message ?? ''))?.[1]
  return own ?? failureWords(message) ?? 'other'
}

/** Names of Snowflake's users are the account's own unless they are e-mail addresses. */
function actorOf(get: Reader): Actor {
  const login = loginOf(get('username'))
  const session = knownOrNone({ uid: textOf(get('sessionid'), 512) })
  if (login.name === undefined) return known<Actor>({ type: 'unknown', session })
  if (login.name === 'SYSTEM') return { uid: 'snowflake/SYSTEM', name: 'SYSTEM', type: 'system' }
  const isService = /SERVICE/i.test(textOf(get('usertype'), 64) ?? '')
  if (isService)
    return known<Actor>({
      uid: `snowflake/${login.name}`,
      name: login.name,
      type: 'service',
      session,
    })
  const domain = login.email_addr === undefined ? 'snowflake' : undefined
  return known<Actor>({ ...login, domain, type: 'user', session })
}

/** A password alone is known to be one factor; what an identity provider asked for is not known here. */
function authOf(get: Reader, attempt_uid: string | undefined): AuthDetail {
  const first = textOf(get('firstauthenticationfactor'), 64)
  const second = textOf(get('secondauthenticationfactor'), 64)
  const factors = [
    factorOf(first),
    second === 'MFA_TOKEN' ? ('remembered' as const) : factorOf(second),
  ]
  const found = [...new Set(factors.filter((factor) => factor !== undefined))]
  return known<AuthDetail>({
    stage: 'session',
    attempt_uid,
    is_mfa: second !== undefined ? true : first === 'PASSWORD' ? false : null,
    factors: found.length === 0 ? undefined : found,
    protocol: /^SAML/.test(first ?? '')
      ? 'saml'
      : /^OAUTH/.test(first ?? '')
        ? 'oauth2'
        : undefined,
  })
}

function query(get: Reader, begun: Begun): Outcome<AccessEvent> {
  const type = textOf(get('querytype'), 255)
  if (type === undefined) return reject('QUERY_TYPE is missing: not a row of QUERY_HISTORY')
  const said = get('querytext')
  const text = typeof said === 'string' ? said.slice(0, 4096) : ''
  const status = textOf(get('executionstatus'), 32)?.toUpperCase() ?? ''
  const status_id = status.startsWith('SUCCESS') ? 1 : /^(FAIL|INCIDENT)/.test(status) ? 2 : 99
  const message = textOf(get('errormessage'), 1024)
  const kind = queryKind(type, text)
  const sent = numberOf(get('outbounddatatransferbytes'))
  return ok(
    identified(
      {
        ...begun,
        ...kindFields(kind, status_id, { service: 'snowflake', operation: type }),
        activity: type,
        status_id,
        status_code: textOf(get('errorcode'), 255),
        failure_class: status_id === 2 ? (failureWords(message) ?? 'other') : undefined,
        actor: actorOf(get),
        target: kind.class_uid === 3001 ? targetOf(text) : undefined,
        src: { ip_kind: 'missing' },
        cloud: { provider: 'other' },
        resources: resourcesOf(get),
        traffic: sent === undefined || sent < 0 ? undefined : { bytes_out: sent },
      },
      get('queryid'),
    ),
  )
}

function resourcesOf(get: Reader): AccessEvent['resources'] {
  const found = ['database', 'warehouse', 'role'].flatMap((type) => {
    const name = textOf(get(`${type}name`), 1024)
    return name === undefined ? [] : [{ name, type }]
  })
  return found.length === 0 ? undefined : found
}
