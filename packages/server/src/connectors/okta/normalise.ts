import type { AccessEvent, Actor, AuthDetail, ChangeFact, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
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
import { parseLoose } from '../values/loose.ts'
import { boolOf, countOf, looksLikeEmail, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { type OktaEventType, readEventType } from './event-types.ts'
import { vendorRisk } from './vendor-risk.ts'

/** Okta System Log, from the API, an event hook or a log stream. */
export const okta: Connector = {
  format: 'okta',
  title: 'Okta System Log (JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    const get = readerOf(record)
    const typed = get('eventtype') !== undefined && get('actor') !== undefined
    if (!typed || get('published', 'legacyeventtype', 'uuid') === undefined) return 0
    return get('published') !== undefined && get('outcome', 'client') !== undefined ? 1 : 0.9
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a System Log record: it has no fields')
    return eventOf(record, origin)
  },
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const get = readerOf(record)
  const activity = textOf(get('eventtype'), 255)
  if (activity === undefined) return reject('eventType is missing: not a System Log record')
  const said = get('published')
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const type = readEventType(activity)
  const outcome = fieldsOf(get('outcome'))
  const result = textOf(outcome.result, 32)
  const status = statusOf(result, type, outcome)
  const session = fieldsOf(get('authenticationcontext'))
  const debug = fieldsOf(fieldsOf(get('debugcontext')).debugData)
  const client = fieldsOf(get('client'))
  const targets = listOf(get('target')).map(fieldsOf)
  const app = targets.find((one) => textOf(one.type, 64)?.startsWith('App') === true)
  return ok(
    identified(
      {
        v: 1,
        revision: 0,
        time: when.time,
        time_raw: when.raw,
        observed_time: origin.now,
        source: {
          vendor: 'okta',
          product: 'system_log',
          format: 'okta',
          connector: origin.connector,
        },
        class_uid: type.class_uid,
        activity_id: type.activity_id,
        activity,
        status_code: result,
        status_detail: textOf(outcome.reason, 1024),
        ...status,
        actor: actorOf(fieldsOf(get('actor')), session),
        target: targetOf(targets),
        src: sourceOf(client, get),
        user_agent: userAgentOf(client),
        device: deviceOf(client, debug, get),
        app:
          app === undefined
            ? undefined
            : knownOrNone({ uid: textOf(app.id, 255), name: textOf(app.displayName, 255) }),
        cloud: { provider: 'okta' },
        api: type.class_uid === 3002 ? undefined : { service: 'okta', operation: activity },
        change: changeOf(type, status.status_id),
        auth: authOf(type, session, debug, get),
        vendor_risk: vendorRisk(debug),
        warnings: when.warnings,
      },
      get('uuid'),
    ),
  )
}

const reasons: readonly (readonly [RegExp, NonNullable<AccessEvent['failure_class']>])[] = [
  [/INVALID_CREDENTIALS|BAD_CREDENTIALS|PASSWORD_INVALID/i, 'bad_credentials'],
  [/UNKNOWN_USER|USER_NOT_FOUND|NOT_SPECIFIED/i, 'unknown_user'],
  [/LOCKED_OUT|ACCOUNT_LOCKED/i, 'locked'],
  [/INVALID_OTP|VERIFICATION_ERROR|MFA|FACTOR|PASSCODE/i, 'mfa_failed'],
  [/USER_REJECTED|REJECTED|DENIED_PUSH/i, 'mfa_denied'],
  [/TIMEOUT|EXPIRED_PUSH/i, 'mfa_timeout'],
  [/PASSWORD_EXPIRED/i, 'expired'],
  [/DISABLED|DEACTIVATED|SUSPENDED|INACTIVE/i, 'disabled'],
  [/NETWORK_ZONE_BLACKLIST|BLOCKED|POLICY|ACCESS_DENIED/i, 'policy_blocked'],
  [/RATE_LIMIT|TOO_MANY/i, 'rate_limited'],
]

function statusOf(
  result: string | undefined,
  type: OktaEventType,
  outcome: Fields,
): Pick<AccessEvent, 'status_id' | 'failure_class'> {
  if (result === undefined || result === 'UNKNOWN')
    return { status_id: type.status_id ?? 0, failure_class: type.failure }
  if (result === 'SUCCESS' || result === 'ALLOW') {
    return type.failure === undefined
      ? { status_id: type.status_id ?? 1 }
      : { status_id: 2, failure_class: type.failure }
  }
  if (result !== 'FAILURE' && result !== 'DENY') return { status_id: 99 }
  const reason = textOf(outcome.reason, 1024) ?? ''
  const byReason = reasons.find(([form]) => form.test(reason))?.[1]
  const isSecond = type.stage === 'mfa'
  const byStage = type.stage === 'primary' || type.stage === 'session' ? 'bad_credentials' : 'other'
  // A wrong code is no wrong password.
  const said =
    isSecond && (byReason ?? 'bad_credentials') === 'bad_credentials' ? 'mfa_failed' : byReason
  return {
    status_id: 2,
    failure_class: type.failure ?? said ?? (result === 'DENY' ? 'policy_blocked' : byStage),
  }
}

const machineTypes = /^(PublicClientApp|SystemPrincipal|OAuthClient|ServiceAccount|Agent)/i

function actorOf(said: Fields, session: Fields): Actor {
  const login = textOf(said.alternateId, 320)
  const type = textOf(said.type, 64) ?? 'User'
  const isSystem = login?.toLowerCase() === 'system@okta.com' || type === 'SystemPrincipal'
  const root = textOf(session.rootSessionId, 512)
  return known<Actor>({
    uid: textOf(said.id, 512),
    name: login ?? (type === 'User' ? undefined : textOf(said.displayName, 320)),
    email_addr: login !== undefined && looksLikeEmail(login) && !isSystem ? login : undefined,
    type: isSystem
      ? 'system'
      : machineTypes.test(type)
        ? 'service'
        : type === 'User'
          ? 'user'
          : 'unknown',
    session: knownOrNone({ uid: textOf(session.externalSessionId, 512), root_uid: root }),
  })
}

function targetOf(targets: readonly Fields[]): Principal | undefined {
  const user = targets.find((one) => one.type === 'User' || one.type === 'AppUser')
  if (user === undefined) return undefined
  const login = textOf(user.alternateId, 320)
  return known<Principal>({
    uid: textOf(user.id, 512),
    name: login,
    email_addr: login !== undefined && looksLikeEmail(login) ? login : undefined,
    type: 'user',
  })
}

function sourceOf(client: Fields, get: Reader): AccessEvent['src'] {
  const chain = listOf(fieldsOf(get('request')).ipChain).map(fieldsOf)
  const place = fieldsOf(client.geographicalContext ?? chain[0]?.geographicalContext)
  const point = fieldsOf(place.geolocation)
  const network = fieldsOf(get('securitycontext'))
  const asn = countOf(network.asNumber)
  return known({
    ...readAddress(textOf(client.ipAddress, 255) ?? textOf(chain[0]?.ip, 255)),
    forwarded:
      chain.length < 2 ? undefined : chain.slice(1, 33).flatMap((one) => textOf(one.ip, 255) ?? []),
    location: vendorLocation({
      country: place.country,
      region: place.state,
      city: place.city,
      lat: point.lat,
      long: point.lon,
    }),
    autonomous_system: knownOrNone({ number: asn, name: textOf(network.asOrg, 255) }),
    is_proxy: boolOf(network.isProxy),
  })
}

function userAgentOf(client: Fields): string | undefined {
  const raw = textOf(fieldsOf(client.userAgent).rawUserAgent ?? client.userAgent, 1024)
  return raw === 'UNKNOWN-DOWNLOAD' ? undefined : raw
}

const deviceTypes: Readonly<Record<string, NonNullable<AccessEvent['device']>['type']>> = {
  computer: 'desktop',
  mobile: 'mobile',
  tablet: 'tablet',
}

function deviceOf(client: Fields, debug: Fields, get: Reader): AccessEvent['device'] {
  const device = fieldsOf(get('device'))
  const agent = fieldsOf(client.userAgent)
  return knownOrNone({
    // The device token of the browser, hashed by Okta, outlives sessions and addresses.
    uid: textOf(device.id, 512) ?? textOf(debug.dtHash, 512),
    name: textOf(device.name, 255),
    type: entryOf(deviceTypes, textOf(client.device, 32)?.toLowerCase()),
    os: textOf(agent.os, 128),
    browser: textOf(agent.browser, 128),
    is_managed: boolOf(device.managed),
  })
}

const factorNames: readonly (readonly [RegExp, NonNullable<AuthDetail['factors']>[number]])[] = [
  [/PASSWORD/i, 'password'],
  [/PUSH/i, 'push'],
  [/SIGNED_NONCE|FASTPASS|WEBAUTHN|FIDO|U2F|SMART_CARD/i, 'webauthn'],
  [/SMS/i, 'sms'],
  [/CALL|VOICE/i, 'voice'],
  [/OTP|TOTP|TOKEN|GOOGLE/i, 'otp'],
  [/CERT/i, 'cert'],
]

function authOf(
  type: OktaEventType,
  session: Fields,
  debug: Fields,
  get: Reader,
): AuthDetail | undefined {
  if (type.stage === undefined) return undefined
  const named = textOf(debug.factor ?? session.credentialType, 64)
  const factor = factorNames.find(([form]) => form.test(named ?? ''))?.[1]
  const attempt = textOf(fieldsOf(get('transaction')).id, 512)
  return known<AuthDetail>({
    stage: type.stage,
    attempt_uid: attempt,
    is_mfa: type.stage === 'mfa' ? true : null,
    factors: factor === undefined ? undefined : [factor],
    protocol: type.protocol,
    idp: textOf(fieldsOf(session.issuer).id, 255),
    new_device: newDevice(debug),
  })
}

function newDevice(debug: Fields): boolean | undefined {
  const behaviors = fieldsOf(
    typeof debug.behaviors === 'string' ? parseLoose(debug.behaviors) : debug.behaviors,
  )
  const said = textOf(behaviors['New Device'], 16)
  return said === 'POSITIVE' ? true : said === 'NEGATIVE' ? false : undefined
}

function changeOf(type: OktaEventType, status: number): ChangeFact[] | undefined {
  return type.change !== undefined && status !== 2 ? [type.change] : undefined
}
