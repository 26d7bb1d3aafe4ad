import type { AccessEvent, Actor, AuthDetail, ChangeFact, FailureClass } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { resultOf } from '../entra/result-codes.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import {
  fieldsOf,
  isFields,
  known,
  knownOrNone,
  listOf,
  type Reader,
  readerOf,
} from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { type AuditOperation, operationOf } from './operations.ts'

/** The unified audit log of Microsoft 365: Management Activity API, exports, and the OfficeActivity table of Log Analytics. */
export const microsoft365: Connector = {
  format: 'microsoft365',
  title: 'Microsoft 365 unified audit log (JSON, CSV of Log Analytics)',
  recognise(record) {
    if (!isFields(record)) return 0
    const get = readerOf(record)
    const isAudit = get('operation') !== undefined && get('userid', 'userkey') !== undefined
    const where = get('workload', 'officeworkload')
    const when = get('creationtime', 'timegenerated', 'starttime')
    return isAudit && where !== undefined && when !== undefined ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of Microsoft 365: it has no fields')
    return eventOf(readerOf(record), origin)
  },
}

function eventOf(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(get('operation'), 255)
  if (activity === undefined) return reject('Operation is missing: not a record of Microsoft 365')
  const workload = textOf(get('workload', 'officeworkload'), 255)
  if (workload === undefined) return reject('Workload is missing: not a record of Microsoft 365')
  const said = get('creationtime', 'starttime', 'timegenerated')
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const operation = operationOf(activity)
  const status = statusOf(get, activity)
  const extended = pairsOf(get('extendedproperties'))
  const device = pairsOf(get('deviceproperties'))
  const change = status.status_id === 2 ? undefined : changeOf(get, operation, activity)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'microsoft',
          product: 'microsoft_365',
          format: 'microsoft365',
          log_name: workload,
        }),
        class_uid: operation.class_uid,
        activity_id: operation.activity_id,
        activity,
        ...status,
        actor: actorOf(get, textOf(device.get('SessionId'), 512)),
        target: targetOf(get, operation),
        src: readAddress(get('actoripaddress', 'clientip', 'clientipaddress')),
        user_agent:
          textOf(extended.get('UserAgent') ?? get('useragent'), 1024) ??
          textOf(get('clientinfostring'), 1024),
        device: knownOrNone({
          uid: textOf(device.get('Id'), 512),
          name: textOf(device.get('DisplayName'), 255),
          os: textOf(device.get('OS'), 128),
          browser: textOf(device.get('BrowserType'), 128),
          is_compliant: boolOf(device.get('IsCompliant') ?? device.get('IsCompliantAndManaged')),
        }),
        app: knownOrNone({ uid: textOf(get('applicationid', 'clientappid', 'appid'), 255) }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'azure',
          org_uid: textOf(get('organizationid'), 255),
        }),
        api: operation.class_uid === 3002 ? undefined : { service: workload, operation: activity },
        change: change === undefined ? undefined : [change],
        resources: resourcesOf(get),
        auth: authOf(get, operation, extended),
      },
      get('id', 'officeid', 'sourcerecordid'),
    ),
  )
}

function pairsOf(said: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    listOf(said).flatMap((one): [string, unknown][] => {
      const { Name, Value } = fieldsOf(one)
      return typeof Name === 'string' ? [[Name, Value]] : []
    }),
  )
}

const errors: readonly (readonly [RegExp, FailureClass])[] = [
  [/NotFound|InvalidUserName$|UnknownUser/i, 'unknown_user'],
  [/InvalidUserNameOrPassword|InvalidPassword|InvalidCredential/i, 'bad_credentials'],
  [/Locked/i, 'locked'],
  [/Disabled/i, 'disabled'],
  [/Expired/i, 'expired'],
  [/ConditionalAccess|Blocked|Policy/i, 'policy_blocked'],
]

/** What a sign-in's `ResultStatus` says is that it was logged. Its operation and its error tell how it ended. */
function statusOf(
  get: Reader,
  activity: string,
): Pick<AccessEvent, 'status_id' | 'status_code' | 'failure_class'> {
  const code = textOf(get('errornumber'), 255)
  const error = textOf(get('logonerror'), 255)
  if (activity === 'UserLoggedIn') return { status_id: 1 }
  if (activity === 'UserLoginFailed') {
    const status_code = code ?? error
    if (error !== undefined && /interrupt|required/i.test(error))
      return { status_id: 99, status_code }
    const byCode = code === undefined || code === '0' ? undefined : resultOf(code, error)
    if (byCode !== undefined && byCode.failure_class !== 'other') return { ...byCode, status_code }
    const failure_class = errors.find(([form]) => form.test(error ?? ''))?.[1] ?? 'other'
    return { status_id: 2, status_code, failure_class }
  }
  const result = textOf(get('resultstatus'), 64)
  const failed = result !== undefined && /^(fail|false)/i.test(result)
  return failed ? { status_id: 2, status_code: result, failure_class: 'other' } : { status_id: 1 }
}

const systemNames =
  /^(NT AUTHORITY\\|NT SERVICE\\|app@sharepoint$|SHAREPOINT\\system$|DlpAgent|Sync Client)/i

function actorOf(get: Reader, session: string | undefined): Actor {
  const login = loginOf(get('userid'))
  const kind = textOf(get('usertype'), 32)?.toLowerCase()
  const isService =
    kind === '5' || kind === '6' || kind === 'application' || kind === 'serviceprincipal'
  const isSystem = kind === '4' || kind === 'system' || systemNames.test(login.name ?? '')
  const isNobody = login.name === undefined || /^not-?found$/i.test(login.name)
  const type = isSystem ? 'system' : isService ? 'service' : isNobody ? 'unknown' : 'user'
  const isAdmin = type === 'user' && (kind === '2' || kind === 'admin' || kind === 'dcadmin')
  return known<Actor>({
    ...(isNobody ? {} : login),
    uid: isService || login.name === undefined ? textOf(get('userkey'), 512) : undefined,
    type: isAdmin ? 'admin' : type,
    session: knownOrNone({ uid: session }),
  })
}

function targetOf(get: Reader, operation: AuditOperation): AccessEvent['target'] {
  if (operation.class_uid !== 3001 && operation.class_uid !== 3005) return undefined
  const login = loginOf(get('objectid', 'officeobjectid', 'mailboxownerupn'))
  return login.name === undefined ? undefined : { ...login, type: 'user' }
}

const forwards =
  /^(ForwardTo|ForwardAsAttachmentTo|RedirectTo|ForwardingSmtpAddress|ForwardingAddress)$/i

/** Mail that is sent on to another domain, and an audit log that is switched off, stand in the parameters. */
function changeOf(
  get: Reader,
  operation: AuditOperation,
  activity: string,
): ChangeFact | undefined {
  const parameters = pairsOf(get('parameters'))
  if (activity === 'Set-AdminAuditLogConfig')
    return boolOf(parameters.get('UnifiedAuditLogIngestionEnabled')) === false
      ? 'disables_logging'
      : undefined
  if (activity === 'AddedToSecureLink' || activity === 'AddedToGroup')
    return /guest/i.test(textOf(get('targetuserorgrouptype'), 64) ?? '')
      ? 'shares_outside'
      : undefined
  const own = domainOf(textOf(get('userid'), 320))
  for (const [name, value] of parameters) {
    if (!forwards.test(name)) continue
    const domain = domainOf(textOf(value, 320))
    if (domain !== undefined && own !== undefined && domain !== own) return 'shares_outside'
  }
  return operation.change
}

function domainOf(address: string | undefined): string | undefined {
  const sign = address?.lastIndexOf('@') ?? -1
  return sign === -1 ? undefined : address?.slice(sign + 1).toLowerCase()
}

function resourcesOf(get: Reader): AccessEvent['resources'] {
  const uid = textOf(get('objectid', 'officeobjectid'), 2048)
  return uid === undefined ? undefined : [known({ uid, type: textOf(get('itemtype'), 255) })]
}

function authOf(
  get: Reader,
  operation: AuditOperation,
  extended: ReadonlyMap<string, unknown>,
): AuthDetail | undefined {
  if (operation.stage === undefined) return undefined
  const request = textOf(extended.get('RequestType'), 64) ?? ''
  const isRopc = /ropc/i.test(request)
  return known<AuthDetail>({
    stage: operation.stage,
    attempt_uid: textOf(get('intersystemsid'), 512),
    is_mfa: null,
    protocol: isRopc ? 'password_grant' : /saml/i.test(request) ? 'saml' : undefined,
  })
}
