import type { AccessEvent, Actor, AuthDetail, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { isFields, known, knownOrNone, type Reader, readerOf } from '../values/fields.ts'
import { localInstantOf } from '../values/instant.ts'
import { kindFields } from '../values/kind.ts'
import { vendorLocation } from '../values/location.ts'
import { loginOf, textOf } from '../values/text.ts'
import { eventKind } from './event-types.ts'
import { loginOutcome } from './login-status.ts'
import { salesforceTime } from './time.ts'

/** Salesforce's LoginHistory, event log files (the CSV of EventLogFile) and LoginEvent. */
export const salesforce: Connector = {
  format: 'salesforce',
  title: 'Salesforce LoginHistory, event log files and LoginEvent (CSV, JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    const isFile =
      'EVENT_TYPE' in record &&
      'ORGANIZATION_ID' in record &&
      ('TIMESTAMP' in record || 'TIMESTAMP_DERIVED' in record)
    if (isFile) return 0.95
    const isRow = 'LoginTime' in record && 'SourceIp' in record
    const isDownloaded = 'Login Time' in record && 'Source IP' in record && 'Username' in record
    const isEvent = 'EventDate' in record && 'SourceIp' in record && 'LoginType' in record
    return isRow || isDownloaded || isEvent ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a row of Salesforce: it has no fields')
    return eventOf(readerOf(record), origin)
  },
}

function eventOf(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const isFile = get('eventtype') !== undefined && get('organizationid') !== undefined
  const activity = isFile ? textOf(get('eventtype'), 255) : 'Login'
  if (activity === undefined) return reject('EVENT_TYPE is missing: not a row of an event log file')
  if (!isFile && get('logintype', 'status', 'logintime') === undefined)
    return reject('neither LoginHistory, LoginEvent nor an event log file of Salesforce')
  const said = get('timestampderived', 'timestamp', 'logintime', 'eventdate')
  const when = localInstantOf(salesforceTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const kind = eventKind(activity)
  const isLogin = activity === 'Login'
  const status = textOf(get('loginstatus', 'status'), 255)
  const outcome = isLogin ? loginOutcome(status) : { status_id: 1 as const }
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'salesforce',
          product: 'event_monitoring',
          format: 'salesforce',
          tenant_uid: textOf(get('organizationid'), 255)?.slice(0, 15),
          log_name: isFile ? 'event_log_file' : 'login_history',
        }),
        ...kindFields(kind, outcome.status_id, { service: 'salesforce', operation: activity }),
        activity,
        ...outcome,
        status_code: status,
        actor: actorOf(get),
        target: kind.activity_id === 7 && kind.class_uid === 3002 ? delegatedOf(get) : undefined,
        src: sourceOf(get),
        user_agent: agentOf(get),
        device: knownOrNone({
          os: textOf(get('platform'), 128),
          browser:
            agentOf(get) === undefined ? textOf(get('browser', 'browsertype'), 128) : undefined,
        }),
        app: knownOrNone({
          uid: textOf(get('connectedappid'), 255),
          name: textOf(get('application', 'connectedappname'), 255),
        }),
        cloud: { provider: 'other' },
        resources: resourcesOf(get),
        auth: kind.stage === undefined ? undefined : authOf(get, kind.stage),
      },
      isFile ? fileUid(get) : get('id', 'eventidentifier'),
    ),
  )
}

/** Requests write several rows of an event log file, each of another type. */
function fileUid(get: Reader): string | undefined {
  const request = textOf(get('requestid'), 255)
  return request === undefined
    ? undefined
    : `${request}/${textOf(get('eventtype'), 255) ?? ''}/${textOf(get('timestampderived', 'timestamp'), 64) ?? ''}`
}

/** A user's number has 15 characters; the 3 behind them say again which are capital. */
function idOf(said: unknown): string | undefined {
  return textOf(said, 64)?.slice(0, 15)
}

function actorOf(get: Reader): Actor {
  const uid = idOf(get('userid', 'useridderived'))
  const login = loginOf(get('username'))
  const session = knownOrNone({ uid: textOf(get('sessionkey', 'sessionid'), 512) })
  const name = login.name ?? uid
  if (name === undefined) return known<Actor>({ type: 'unknown', session })
  return known<Actor>({
    uid,
    name,
    email_addr: login.email_addr,
    domain: login.email_addr === undefined ? 'salesforce' : undefined,
    type: /guest/i.test(textOf(get('usertype'), 64) ?? '') ? 'guest' : 'user',
    session,
  })
}

function delegatedOf(get: Reader): Principal | undefined {
  const uid = idOf(get('delegateduserid'))
  const login = loginOf(get('delegatedusername'))
  const name = login.name ?? uid
  if (name === undefined) return undefined
  const domain = login.email_addr === undefined ? 'salesforce' : undefined
  return known<Principal>({ uid, name, email_addr: login.email_addr, domain, type: 'user' })
}

/** Calls from Salesforce's own machines have a word for an address. */
function sourceOf(get: Reader): AccessEvent['src'] {
  const said = textOf(get('sourceip', 'clientip'), 255)
  if (said !== undefined && /^salesforce/i.test(said)) return { ip_raw: said, ip_kind: 'service' }
  return known({
    ...readAddress(said),
    location: vendorLocation({
      country: get('countryiso', 'country', 'location'),
      region: get('subdivision'),
      city: get('city'),
      lat: get('loginlatitude'),
      long: get('loginlongitude'),
    }),
  })
}

/** Event log files encode colons and commas of a user agent; LoginHistory names the browser alone. */
function agentOf(get: Reader): string | undefined {
  const said = textOf(get('useragent', 'browsertype', 'browser'), 1024)
  if (said === undefined || !/\/\d/.test(said)) return undefined
  return said.replace(/%(3A|2C|3B|20)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function resourcesOf(get: Reader): AccessEvent['resources'] {
  const uid = textOf(get('reportid', 'uriidderived', 'dashboardid'), 2048)
  const name = textOf(get('entityname', 'uri'), 1024)
  const thing = knownOrNone({ uid, name })
  return thing === undefined ? undefined : [thing]
}

function authOf(get: Reader, stage: AuthDetail['stage']): AuthDetail {
  const type = textOf(get('logintype'), 64) ?? ''
  return known<AuthDetail>({
    stage,
    attempt_uid: textOf(get('loginkey'), 512),
    is_mfa: null,
    protocol: /saml/i.test(type)
      ? 'saml'
      : /oauth|remote access 2/i.test(type)
        ? 'oauth2'
        : /openid|third party/i.test(type)
          ? 'oidc'
          : undefined,
    idp: textOf(get('authenticationserviceid'), 255),
  })
}
