import type { AccessEvent, AuthDetail, FailureClass, VendorRisk } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import {
  entryOf,
  type Fields,
  fieldsOf,
  isFields,
  known,
  knownOrNone,
  listOf,
  type Reader,
  readerOf,
} from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, loginOf, numberOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'

/** Sign-ins of Amazon Cognito user pools: AdminListUserAuthEvents, and the export of user activity logs. */
export const cognito: Connector = {
  format: 'cognito',
  title: 'Amazon Cognito user authentication events (API, log export; JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    const get = readerOf(messageOf(record))
    const isEvent = get('eventid') !== undefined && get('eventtype') !== undefined
    if (!isEvent || get('eventresponse') === undefined || get('creationdate') === undefined)
      return 0
    return get('eventrisk', 'riskdecision', 'userpoolid', 'challengeresponses', 'challenges') ===
      undefined
      ? 0.6
      : 0.95
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not an event of Cognito: it has no fields')
    return eventOf(readerOf(messageOf(record)), origin)
  },
}

/** The export wraps the event. */
function messageOf(record: Fields): Fields {
  const inner = fieldsOf(record.message)
  return record.eventSource === 'USER_AUTH_EVENTS' || 'eventResponse' in inner ? inner : record
}

/** OCSF: 1 sign-in or new account, 3 password changed, 4 reset. */
const types: Readonly<
  Record<string, { readonly class_uid: 3002 | 3001; readonly activity_id: number }>
> = {
  SignIn: { class_uid: 3002, activity_id: 1 },
  SignUp: { class_uid: 3001, activity_id: 1 },
  ForgotPassword: { class_uid: 3001, activity_id: 4 },
  PasswordChange: { class_uid: 3001, activity_id: 3 },
  ResendCode: { class_uid: 3001, activity_id: 99 },
}

function eventOf(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(get('eventtype'), 255)
  const response = textOf(get('eventresponse'), 32)
  if (activity === undefined || response === undefined)
    return reject('EventType and EventResponse are needed: not an event of Cognito')
  const said = get('creationdate')
  const when = instantOf(
    numberOf(said) === undefined ? readTime(said) : readEpoch(said, 's'),
    said,
    origin,
  )
  if ('why' in when) return reject(when.why)
  const type = entryOf(types, activity)
  const context = fieldsOf(get('eventcontextdata'))
  const challenges = challengesOf(get)
  const pool = textOf(get('userpoolid'), 255)
  const login = loginOf(get('username'))
  const uid = textOf(get('usersub'), 512)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'aws',
          product: 'cognito',
          format: 'cognito',
          tenant_uid: pool,
        }),
        class_uid: type?.class_uid ?? 0,
        activity_id: type?.activity_id ?? 99,
        activity,
        ...statusOf(response, challenges, get),
        actor: known<AccessEvent['actor']>({
          uid,
          ...login,
          domain: login.name !== undefined && login.email_addr === undefined ? pool : undefined,
          type: uid === undefined && login.name === undefined ? 'unknown' : 'user',
        }),
        src: known({
          ...readAddress(context.IpAddress ?? get('ipaddress')),
          location: vendorLocation({
            country: context.Country ?? get('country'),
            city: context.City ?? get('city'),
          }),
        }),
        device: deviceOf(textOf(context.DeviceName ?? get('devicename'), 255)),
        app: knownOrNone({ uid: textOf(get('clientid'), 255) }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'aws',
          region: pool === undefined ? undefined : /^[a-z0-9-]{3,32}(?=_)/.exec(pool)?.[0],
        }),
        api:
          type?.class_uid === 3002
            ? undefined
            : { service: 'cognito-idp.amazonaws.com', operation: activity },
        auth: activity === 'SignIn' ? authOf(challenges, get) : undefined,
        vendor_risk: riskOf(get),
      },
      get('eventid'),
    ),
  )
}

interface Challenge {
  readonly name: string
  readonly response: string
}

/** `[{ChallengeName, ChallengeResponse}]`, or `Password:Success,Mfa:Failure`. */
function challengesOf(get: Reader): readonly Challenge[] {
  const said = get('challengeresponses', 'challenges')
  if (typeof said === 'string' && !said.trimStart().startsWith('['))
    return said
      .slice(0, 512)
      .split(',')
      .map((pair) => {
        const [name = '', response = ''] = pair.trim().split(':')
        return { name, response }
      })
  return listOf(said).map((one) => {
    const { ChallengeName, ChallengeResponse } = fieldsOf(one)
    return { name: textOf(ChallengeName, 64) ?? '', response: textOf(ChallengeResponse, 64) ?? '' }
  })
}

function statusOf(
  response: string,
  challenges: readonly Challenge[],
  get: Reader,
): Pick<AccessEvent, 'status_id' | 'status_code' | 'failure_class'> {
  if (response === 'Pass') return { status_id: 1 }
  // A challenge was sent; nobody has answered it yet.
  if (response !== 'Fail') return { status_id: 99, status_code: response }
  const failed = challenges.find((one) => one.response === 'Failure')?.name
  const isBlocked = riskDecision(get) === 'Block'
  const byChallenge: FailureClass = failed === 'Mfa' ? 'mfa_failed' : 'bad_credentials'
  return {
    status_id: 2,
    status_code: failed || response,
    failure_class: isBlocked && failed === undefined ? 'risk_blocked' : byChallenge,
  }
}

function deviceOf(name: string | undefined): AccessEvent['device'] {
  const [browser, os] = name?.split(', ') ?? []
  return knownOrNone({ browser: textOf(browser, 128), os: textOf(os, 128) })
}

function authOf(challenges: readonly Challenge[], get: Reader): AuthDetail {
  const mfa = challenges.some((one) => one.name === 'Mfa' && one.response === 'Success')
  const passed = challenges.some((one) => one.name === 'Password')
  return known<AuthDetail>({
    stage: 'primary',
    attempt_uid: textOf(get('requestid'), 512),
    is_mfa: challenges.length === 0 ? null : mfa,
    factors: passed ? ['password'] : undefined,
    idp: textOf(get('idpname'), 255),
  })
}

function riskDecision(get: Reader): string | undefined {
  return textOf(fieldsOf(get('eventrisk')).RiskDecision ?? get('riskdecision'), 32)
}

const levels: Readonly<Record<string, VendorRisk['level_id']>> = { Low: 1, Medium: 2, High: 3 }

function riskOf(get: Reader): VendorRisk | undefined {
  const risk = fieldsOf(get('eventrisk'))
  const decision = riskDecision(get)
  const isLeaked =
    boolOf(
      risk.CompromisedCredentialsDetected ??
        get('compromisedcredentialdetected', 'compromisedcredentialsdetected'),
    ) === true
  const level = entryOf(levels, textOf(risk.RiskLevel ?? get('risklevel'), 16))
  const isRisky = decision !== undefined && decision !== 'NoRisk'
  if (!isRisky && !isLeaked) return undefined
  const reasons = [...(isRisky ? [decision] : []), ...(isLeaked ? ['compromised credentials'] : [])]
  return known<VendorRisk>({
    level_id: level ?? 0,
    reasons,
    decision: decision === 'Block' ? 'block' : undefined,
  })
}
