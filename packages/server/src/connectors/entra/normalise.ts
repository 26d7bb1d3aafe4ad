import type { AccessEvent, Actor, AuthDetail, VendorRisk } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject, skip } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
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
import { boolOf, countOf, looksLikeEmail, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { auditEvent, isAudit } from './audit.ts'
import { directoryOf } from './directory.ts'
import { graphEvent, isGraphActivity } from './graph-activity.ts'
import { resultOf } from './result-codes.ts'
import { isRisk, riskEvent } from './risk.ts'

/** Microsoft Entra ID: sign-ins of people, services and managed identities, audit, risk, calls of Graph; from Graph, diagnostic settings, and Log Analytics. */
export const entra: Connector = {
  format: 'entra',
  title: 'Microsoft Entra ID: sign-ins, audit, risk, Graph activity (JSON or CSV)',
  recognise(record) {
    if (!isFields(record)) return 0
    const get = readerOfRecord(record)
    if (isSummary(get)) return 0.9
    if (isRisk(get) || isGraphActivity(get)) return 0.95
    if (isAudit(get)) return get('activitydisplayname', 'operationname') === undefined ? 0 : 0.95
    const who = get('userprincipalname', 'userid', 'serviceprincipalid')
    const how = get(
      'conditionalaccessstatus',
      'clientappused',
      'riskstate',
      'authenticationrequirement',
      'appid',
    )
    const result = get('status', 'resulttype')
    const marks = [who, how, result, get('ipaddress', 'calleripaddress')]
    const found = marks.filter((mark) => mark !== undefined).length
    const named = /sign-?in/i.test(`${kindOf(get)} ${textOf(get('operationname'), 64)}`)
    return found === 4 || (found === 3 && named) ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not an Entra record: it has no fields')
    const get = readerOfRecord(record)
    if (isSummary(get)) {
      return skip('a summary of several sign-ins; export the rows of SigninLogs themselves')
    }
    if (isGraphActivity(get)) return graphEvent(get, origin)
    if (isAudit(get)) return auditEvent(get, origin)
    return isRisk(get) ? riskEvent(get, origin) : signIn(get, origin)
  },
}

/** Diagnostic records carry the sign-in in `properties`, whose values win over the envelope's. */
function readerOfRecord(record: Fields): Reader {
  if (record === last.record) return last.reader
  const reader = readerOf(fieldsOf(record.properties ?? record.Properties), record)
  last = { record, reader }
  return reader
}

/** A record is looked at twice, to recognise it and to read it. */
let last: { readonly record: Fields; readonly reader: Reader } = {
  record: {},
  reader: () => undefined,
}

function isSummary(get: Reader): boolean {
  return get('starttime') !== undefined && get('endtime') !== undefined && get('id') === undefined
}

function signIn(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const details = listOf(get('authenticationdetails')).map(fieldsOf)
  const said =
    get('createddatetime') ?? details[0]?.authenticationStepDateTime ?? get('timegenerated', 'time')
  const actor = actorOf(get)
  if (actor.type === 'unknown' && actor.name === undefined) {
    return reject('nobody is named: neither userPrincipalName, userId nor servicePrincipalId')
  }
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const status = fieldsOf(get('status'))
  const code = textOf(status.errorCode ?? get('resulttype'), 255)
  const detail = textOf(status.failureReason ?? get('resultdescription'), 1024)
  const additional = textOf(status.additionalDetails, 1024)
  const steps = details.map((step) => textOf(step.authenticationStepResultDetail, 255)).join(' ')
  const service = actor.type === 'service'
  const interactive =
    boolOf(get('isinteractive')) ??
    !/noninteractive/i.test(`${kindOf(get)} ${listOf(get('signineventtypes')).join(' ')}`)
  return ok(
    identified(
      {
        v: 1,
        revision: 0,
        time: when.time,
        time_raw: when.raw,
        observed_time: origin.now,
        source: {
          vendor: 'microsoft',
          product: 'entra_id',
          format: 'entra',
          connector: origin.connector,
          log_name: 'signin',
        },
        class_uid: 3002,
        activity_id: 1,
        activity: textOf(get('operationname'), 255) ?? 'Sign-in activity',
        ...resultOf(code, `${additional ?? ''} ${steps}`),
        status_code: code,
        status_detail: detail ?? additional,
        actor,
        src: sourceOf(get),
        user_agent: textOf(get('useragent'), 1024),
        device: deviceOf(get),
        app: knownOrNone({
          uid: textOf(get('appid'), 255),
          name: textOf(get('appdisplayname'), 255),
        }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'azure',
          account_uid: directoryOf(get),
        }),
        auth: known<AuthDetail>({
          stage: service || !interactive ? 'token' : 'primary',
          attempt_uid: textOf(get('correlationid'), 512),
          is_interactive: service ? undefined : interactive,
          is_mfa: service ? null : mfaOf(get, code, additional, details),
          factors: factorsOf(details),
          protocol: protocolOf(get),
        }),
        vendor_risk: riskOf(get, code),
        count: countOf(get('aggregatedsignincount', 'signincount')) || undefined,
        warnings: when.warnings,
      },
      get('id'),
    ),
  )
}

/** Category of diagnostic settings, or table of Log Analytics. */
function kindOf(get: Reader): string {
  return textOf(get('category', 'type'), 64) ?? ''
}

function actorOf(get: Reader): Actor {
  const name = textOf(get('userprincipalname'), 320)
  const uid = textOf(get('userid'), 512)
  const service = textOf(get('serviceprincipalid'), 512)
  const session = knownOrNone({ uid: textOf(get('sessionid'), 512) })
  if (name === undefined && uid === undefined && service !== undefined) {
    return known<Actor>({
      uid: service,
      name: textOf(get('serviceprincipalname'), 320),
      type: 'service',
      session,
    })
  }
  const isGuest = textOf(get('usertype'), 32)?.toLowerCase() === 'guest'
  const unknown = name === undefined && uid === undefined
  return known<Actor>({
    uid,
    name: name ?? uid?.slice(0, 320),
    email_addr: name !== undefined && looksLikeEmail(name) ? name : undefined,
    type: unknown ? 'unknown' : isGuest ? 'guest' : 'user',
    session,
  })
}

function sourceOf(get: Reader): AccessEvent['src'] {
  // In Log Analytics `Location` is a country and the rest stands in `LocationDetails`.
  const said = get('location')
  const place = fieldsOf(get('locationdetails') ?? said)
  const point = fieldsOf(place.geoCoordinates)
  const asn = countOf(get('autonomoussystemnumber'))
  return known({
    ...readAddress(get('ipaddress', 'calleripaddress')),
    location: vendorLocation({
      country: place.countryOrRegion ?? said,
      region: place.state,
      city: place.city,
      lat: point.latitude,
      long: point.longitude,
    }),
    autonomous_system: asn === undefined ? undefined : { number: asn },
  })
}

function deviceOf(get: Reader): AccessEvent['device'] {
  const detail = fieldsOf(get('devicedetail'))
  const trust = textOf(detail.trustType, 64)
  return knownOrNone({
    uid: textOf(detail.deviceId, 512),
    name: textOf(detail.displayName, 255),
    os: textOf(detail.operatingSystem, 128),
    browser: textOf(detail.browser, 128),
    is_managed: boolOf(detail.isManaged),
    is_compliant: boolOf(detail.isCompliant),
    is_trusted: trust === undefined ? undefined : true,
  })
}

type Steps = readonly Readonly<Record<string, unknown>>[]

function mfaOf(
  get: Reader,
  code: string | undefined,
  additional: string | undefined,
  details: Steps,
): boolean | null {
  if (/MFA (requirement satisfied|completed)/i.test(additional ?? '')) return true
  const required = textOf(get('authenticationrequirement'), 64)
  if (required === 'multiFactorAuthentication') return code === '0'
  if (required !== 'singleFactorAuthentication') return null
  // What was satisfied earlier may have been more than a password.
  const earlier = details.some(
    (step) => textOf(step.authenticationMethod, 64) === 'Previously satisfied',
  )
  return earlier ? null : false
}

const factors: readonly (readonly [RegExp, NonNullable<AuthDetail['factors']>[number]])[] = [
  [/previously satisfied/i, 'remembered'],
  [/passkey/i, 'passkey'],
  [/fido|windows hello|platform credential/i, 'webauthn'],
  [/notification|microsoft authenticator/i, 'push'],
  [/verification code|oath|one-time passcode/i, 'otp'],
  [/text message|sms/i, 'sms'],
  [/phone call|voice/i, 'voice'],
  [/certificate/i, 'cert'],
  [/temporary access pass/i, 'recovery'],
  [/password/i, 'password'],
]

function factorsOf(details: Steps): AuthDetail['factors'] {
  const named = details.flatMap((step) => {
    const method = textOf(step.authenticationMethod, 64) ?? ''
    return factors.find(([form]) => form.test(method))?.[1] ?? []
  })
  return named.length === 0 ? undefined : [...new Set(named)]
}

const protocols: Readonly<Record<string, AuthDetail['protocol']>> = {
  devicecode: 'device_code',
  ropc: 'password_grant',
  rpoc: 'password_grant',
  oauth2: 'oauth2',
  openidconnect: 'oidc',
  saml20: 'saml',
  wsfederation: 'saml',
}
const legacyClients =
  /smtp|imap|pop|exchange activesync|other clients|autodiscover|mapi|exchange web services/i

function protocolOf(get: Reader): AuthDetail['protocol'] {
  const named = entryOf(protocols, textOf(get('authenticationprotocol'), 32)?.toLowerCase())
  if (named !== undefined) return named
  return legacyClients.test(textOf(get('clientappused'), 64) ?? '') ? 'legacy' : undefined
}

const levels: Readonly<Record<string, VendorRisk['level_id']>> = { low: 1, medium: 2, high: 3 }

function riskOf(get: Reader, code: string | undefined): VendorRisk | undefined {
  const level = entryOf(
    levels,
    textOf(get('risklevelduringsignin', 'risklevelaggregated'), 16)?.toLowerCase(),
  )
  const reasons = listOf(get('riskeventtypesv2', 'riskeventtypes')).flatMap(
    (one) => textOf(one, 255) ?? [],
  )
  const blocked = code === '53003'
  if (level === undefined && reasons.length === 0 && !blocked) return undefined
  return known<VendorRisk>({
    level_id: level ?? 0,
    reasons: reasons.slice(0, 32),
    decision: blocked ? 'block' : undefined,
  })
}
