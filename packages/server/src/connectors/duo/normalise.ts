import type { AccessEvent, AuthDetail, FailureClass } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { entryOf, type Fields, fieldsOf, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, loginOf, numberOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { adminEvent, isAdminRecord } from './administrators.ts'

/** Duo authentication log (Admin API version 1 and 2) and administrators' log. */
export const duo: Connector = {
  format: 'duo',
  title: 'Duo authentication and administrator logs (Admin API, JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    const { access_device, auth_device, factor, result, reason, integration } = record
    if (isAdminRecord(record)) return 0.9
    const isAttempt = result !== undefined && factor !== undefined && reason !== undefined
    const isDuo = isFields(access_device) || isFields(auth_device) || integration !== undefined
    return isAttempt && isDuo ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of Duo: it has no fields')
    return isAdminRecord(record) ? adminEvent(record, origin) : attempt(record, origin)
  },
}

const reasons: Readonly<Record<string, FailureClass>> = {
  user_marked_fraud: 'mfa_fraud_reported',
  anomalous_push: 'risk_blocked',
  user_mistake: 'mfa_denied',
  user_cancelled: 'mfa_denied',
  deny_push: 'mfa_denied',
  no_response: 'mfa_timeout',
  call_timed_out: 'mfa_timeout',
  invalid_passcode: 'mfa_failed',
  invalid_device: 'mfa_failed',
  verification_code_incorrect: 'mfa_failed',
  error: 'other',
  locked_out: 'locked',
  user_disabled: 'disabled',
  deny_unenrolled_user: 'unknown_user',
  user_not_in_permitted_group: 'unauthorized',
  no_activated_duo_mobile_account: 'other',
}

const factors: readonly (readonly [RegExp, NonNullable<AuthDetail['factors']>[number]])[] = [
  [/push/, 'push'],
  [/phone_call/, 'voice'],
  [/sms/, 'sms'],
  [/webauthn|u2f|security key|touch id/i, 'webauthn'],
  [/remembered_device/, 'remembered'],
  [/bypass_code/, 'recovery'],
  [/passcode|token|yubikey/, 'otp'],
]

/** Reasons for which nobody was asked for a second factor. */
const unasked =
  /^(allow_unenrolled_user|bypass_user|trusted_network|trusted_location|remembered_device|allowed_by_policy|allow_unenrolled_user_on_trusted_network)$/

function attempt(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const result = textOf(record.result, 64)?.toLowerCase()
  if (result === undefined)
    return reject('result is missing: not a record of Duo’s authentication log')
  const said = record.isotimestamp ?? record.timestamp
  const seconds = numberOf(record.isotimestamp ?? record.timestamp)
  const when = instantOf(
    seconds === undefined ? readTime(said) : readEpoch(seconds, 's'),
    said,
    origin,
  )
  if ('why' in when) return reject(when.why)
  const reason = textOf(record.reason, 255)
  const user = fieldsOf(record.user)
  const login = loginOf(user.name ?? record.username)
  const email = loginOf(record.email ?? record.alias).email_addr
  const application = fieldsOf(record.application)
  const factor = factors.find(([form]) => form.test(textOf(record.factor, 64) ?? ''))?.[1]
  const isEnrolment = record.event_type === 'enrollment'
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'duo',
          product: 'duo',
          format: 'duo',
          log_name: 'authentication',
        }),
        class_uid: isEnrolment ? 3001 : 3002,
        activity_id: isEnrolment ? 10 : 1,
        activity: textOf(record.event_type, 255) ?? 'authentication',
        ...statusOf(result, reason),
        status_code: reason ?? result,
        actor: known<AccessEvent['actor']>({
          uid: textOf(user.key, 512),
          ...login,
          email_addr: email ?? login.email_addr,
          type: login.name === undefined && user.key === undefined ? 'unknown' : 'user',
        }),
        src: sourceOf(record),
        device: deviceOf(record),
        app: knownOrNone({
          uid: textOf(application.key, 255),
          name: textOf(application.name ?? record.integration, 255),
        }),
        cloud: { provider: 'other' },
        auth: isEnrolment
          ? undefined
          : known<AuthDetail>({
              stage: 'mfa',
              attempt_uid: textOf(record.txid, 512),
              is_mfa: !unasked.test(reason ?? ''),
              factors: factor === undefined ? undefined : [factor],
            }),
        vendor_risk: riskOf(record, reason),
      },
      record.txid,
    ),
  )
}

function statusOf(
  result: string,
  reason: string | undefined,
): Pick<AccessEvent, 'status_id' | 'failure_class'> {
  if (result === 'success') return { status_id: 1 }
  if (result === 'fraud') return { status_id: 2, failure_class: 'mfa_fraud_reported' }
  if (result !== 'denied' && result !== 'failure') return { status_id: 99 }
  return {
    status_id: 2,
    failure_class:
      entryOf(reasons, reason) ?? (reason === undefined ? 'mfa_failed' : 'policy_blocked'),
  }
}

/** Who signs in is where the access device is; the telephone that approves may be elsewhere. 0.0.0.0 is an offline sign-in. */
function sourceOf(record: Fields): AccessEvent['src'] {
  const access = fieldsOf(record.access_device)
  const phone = textOf(fieldsOf(record.auth_device).ip, 255)
  const said = textOf(access.ip ?? record.ip, 255)
  const place = fieldsOf(access.location ?? record.location)
  return known({
    ...(said === '0.0.0.0' ? { ip_kind: 'missing' as const } : readAddress(said)),
    forwarded: phone === undefined ? undefined : [phone],
    location: vendorLocation({ country: place.country, region: place.state, city: place.city }),
  })
}

function deviceOf(record: Fields): AccessEvent['device'] {
  const access = fieldsOf(record.access_device)
  const words = [access.os, access.os_version].filter((one) => typeof one === 'string')
  const browser = [access.browser, access.browser_version].filter((one) => typeof one === 'string')
  const trust = textOf(record.trusted_endpoint_status, 64)
  return knownOrNone({
    uid: textOf(access.epkey ?? access.hostname, 512),
    name: textOf(access.hostname, 255),
    os: textOf(words.join(' '), 128),
    browser: textOf(browser.join(' '), 128),
    is_trusted: trust === 'trusted' ? true : trust === 'not trusted' ? false : undefined,
  })
}

function riskOf(record: Fields, reason: string | undefined): AccessEvent['vendor_risk'] {
  const assessments = Object.values(fieldsOf(record.adaptive_trust_assessments)).map(fieldsOf)
  const low = assessments.find(({ trust_level }) => trust_level === 'LOW')
  if (low === undefined && reason !== 'anomalous_push' && boolOf(record.suspicious) !== true)
    return undefined
  const why = textOf(low?.reason, 255) ?? reason
  return { level_id: 2, reasons: why === undefined ? [] : [why] }
}
