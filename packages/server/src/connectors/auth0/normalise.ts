import type { AccessEvent, Actor, AuthDetail, ChangeFact } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone, listOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { type Auth0Type, auth0Type, describedFailure, isAuth0Code } from './event-types.ts'

/** Log events of Auth0: the Management API's, and log streams', which wrap them in `data`. */
export const auth0: Connector = {
  format: 'auth0',
  title: 'Auth0 log events (Management API, log streams; JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    const own = unwrapped(record)
    const { type, date, client_id, connection, description, log_id, user_id } = own
    if (typeof type !== 'string' || date === undefined) return 0
    const marks = [client_id, connection, description, user_id, record.log_id ?? log_id]
    if (marks.filter((mark) => mark !== undefined).length < 2) return 0
    return isAuth0Code(type)
      ? 0.95
      : own.log_id === undefined && record.log_id === undefined
        ? 0
        : 0.7
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a log event of Auth0: it has no fields')
    return eventOf(unwrapped(record), record, origin)
  },
}

function unwrapped(record: Fields): Fields {
  return isFields(record.data) && record.data.type !== undefined ? record.data : record
}

function eventOf(data: Fields, around: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(data.type, 255)
  if (activity === undefined) return reject('type is missing: not a log event of Auth0')
  if (data.date === undefined) return reject('date is missing: not a log event of Auth0')
  const when = instantOf(readTime(data.date), data.date, origin)
  if ('why' in when) return reject(when.why)
  const type = auth0Type(activity)
  const details = fieldsOf(data.details)
  const request = fieldsOf(details.request)
  const description = textOf(data.description, 1024)
  const failure_class =
    activity === 'f' || activity === 'fc' ? describedFailure(description) : type.failure
  const change = changeOf(type, request)
  const place = fieldsOf(data.location_info)
  return ok(
    identified(
      {
        ...begin(when, origin, { vendor: 'auth0', product: 'auth0', format: 'auth0' }),
        class_uid: type.class_uid,
        activity_id: type.activity_id,
        activity,
        status_id: type.status_id,
        status_detail: description,
        failure_class,
        actor: actorOf(data, type, request, details),
        src: known({
          ...readAddress(data.ip ?? request.ip),
          location: vendorLocation({
            country: place.country_code,
            city: place.city_name,
            lat: place.latitude,
            long: place.longitude,
          }),
        }),
        user_agent: textOf(data.user_agent ?? request.userAgent, 1024),
        device: boolOf(data.isMobile) === true ? { type: 'mobile' } : undefined,
        app: knownOrNone({ uid: textOf(data.client_id, 255), name: textOf(data.client_name, 255) }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({ provider: 'other', ...tenantOf(data) }),
        api:
          type.class_uid === 3002
            ? undefined
            : { service: 'auth0', operation: operationOf(activity, request) },
        change: change === undefined ? undefined : [change],
        auth: authOf(type, data, details),
      },
      around.log_id ?? data.log_id ?? data._id,
    ),
  )
}

/** `example.eu.auth0.com` is the tenant example in eu. A domain of the customer's own names neither. */
function tenantOf({ hostname }: Fields): { account_uid?: string; region?: string } {
  const host = textOf(hostname, 255)?.toLowerCase()
  const [, account_uid, region] =
    /^([a-z0-9-]{1,63})(?:\.([a-z]{2}(?:-\d)?))?\.auth0\.com$/.exec(host ?? '') ?? []
  return known({ ...(account_uid && { account_uid }), ...(region && { region }) })
}

function actorOf(data: Fields, type: Auth0Type, request: Fields, details: Fields): Actor {
  const client = textOf(data.client_id, 512)
  if (type.isMachine === true)
    return known<Actor>({
      uid: client,
      name: textOf(data.client_name, 320),
      type: client === undefined ? 'unknown' : 'service',
    })
  const caller = fieldsOf(fieldsOf(request.auth).user)
  const login = loginOf(data.user_name ?? caller.email)
  const uid = textOf(data.user_id, 512) ?? textOf(caller.user_id, 512)
  const isProgram = login.name === undefined && uid === undefined && type.class_uid === 6003
  if (isProgram && client !== undefined) return { uid: client, type: 'service' }
  return known<Actor>({
    uid,
    ...login,
    type: login.name === undefined && uid === undefined ? 'unknown' : 'user',
    session: knownOrNone({ uid: textOf(details.session_id, 512) }),
  })
}

/** A call of the Management API is known by method and path, with a star for what the path names. */
function operationOf(activity: string, { method, path }: Fields): string {
  const verb = textOf(method, 16)?.toUpperCase()
  const steps = textOf(path, 1024)?.split('/').slice(0, 12)
  if (verb === undefined || steps === undefined) return activity
  const named = steps.map((step) => (/^(|api|v2|[a-z][a-z-]{0,40})$/.test(step) ? step : '*'))
  return `${verb} ${named.join('/')}`.slice(0, 255)
}

function changeOf(type: Auth0Type, { method, path, body }: Fields): ChangeFact | undefined {
  if (type.status_id === 2) return undefined
  const target = textOf(path, 1024) ?? ''
  const verb = textOf(method, 16)?.toLowerCase()
  const isOff = boolOf(fieldsOf(body).enabled) === false
  if (/\/attack-protection\//.test(target) && isOff) return 'disables_protection'
  if (
    /\/guardian\/(factors|policies)/.test(target) &&
    (isOff || listOf(body).length === 0) &&
    verb === 'put'
  )
    return 'weakens_mfa'
  if (/\/log-streams\//.test(target) && verb === 'delete') return 'disables_logging'
  if (
    /\/(client-grants|users\/[^/]{1,255}\/roles|roles\/[^/]{1,255}\/users)$/.test(target) &&
    verb === 'post'
  )
    return 'grants_admin'
  return type.change
}

function authOf(type: Auth0Type, data: Fields, details: Fields): AuthDetail | undefined {
  if (type.stage === undefined) return undefined
  const prompts = listOf(details.prompts).map((one) => textOf(fieldsOf(one).name, 64) ?? '')
  const isMfa = type.stage === 'mfa' || prompts.some((name) => /mfa|guardian/i.test(name))
  const strategy = textOf(data.strategy, 64) ?? ''
  const isSaml = /^(samlp|adfs|pingfederate)$/.test(strategy)
  return known<AuthDetail>({
    stage: type.stage,
    is_mfa: isMfa ? true : null,
    factors: type.factor === undefined ? undefined : [type.factor],
    protocol: type.protocol ?? (isSaml ? 'saml' : undefined),
    idp: textOf(data.connection, 255),
  })
}
