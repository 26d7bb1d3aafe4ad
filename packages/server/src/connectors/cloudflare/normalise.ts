import type { AccessEvent, AuthDetail } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { factorOf } from '../values/factor.ts'
import {
  type Fields,
  isFields,
  known,
  knownOrNone,
  type Reader,
  readerOf,
} from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { auditEvent, isAuditRecord } from './audit.ts'
import { cloudflareTime } from './instant.ts'

/** Cloudflare Access sign-ins and audit logs (version 1 and 2), by Logpush or from the API. */
export const cloudflare: Connector = {
  format: 'cloudflare',
  title: 'Cloudflare Access sign-ins and audit logs (Logpush, API; JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    if (isAccessRecord(record)) return 0.95
    return isAuditRecord(record) ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of Cloudflare: it has no fields')
    if (isAuditRecord(record)) return auditEvent(record, origin)
    if (isAccessRecord(record)) return signIn(record, origin)
    return reject('neither a sign-in of Access nor a record of an audit log of Cloudflare')
  },
}

function isAccessRecord(record: Fields): boolean {
  const isPushed = record.RayID !== undefined && record.Allowed !== undefined
  const isAsked = record.ray_id !== undefined && record.allowed !== undefined
  return isPushed || isAsked
}

function signIn(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const get = readerOf(record)
  const activity = textOf(get('action'), 255) ?? 'login'
  const said = get('createdat')
  const when = instantOf(cloudflareTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const isLogout = activity === 'logout'
  const isAllowed = boolOf(get('allowed'))
  const email = loginOf(get('email', 'useremail'))
  const ray = textOf(get('rayid'), 128)
  const app = textOf(get('appuuid', 'appuid'), 255)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'cloudflare',
          product: 'access',
          format: 'cloudflare',
          tenant_uid: textOf(get('accountid'), 255),
        }),
        class_uid: 3002,
        activity_id: isLogout ? 2 : 1,
        activity,
        status_id: isAllowed === undefined ? 0 : isAllowed ? 1 : 2,
        // Who it is was shown; what was refused is the application.
        failure_class: isAllowed === false ? 'policy_blocked' : undefined,
        actor: known({
          uid: textOf(get('useruid'), 512),
          ...email,
          type: email.name === undefined && get('useruid') === undefined ? 'unknown' : 'user',
        }),
        src: known({
          ...readAddress(get('ipaddress')),
          location: vendorLocation({ country: get('country') }),
        }),
        app: knownOrNone({ uid: app, name: textOf(get('appdomain'), 255) }),
        cloud: { provider: 'other' },
        auth: authOf(get, isLogout),
      },
      ray === undefined ? undefined : `${ray}/${activity}/${app ?? ''}`,
    ),
  )
}

function authOf(get: Reader, isLogout: boolean): AuthDetail {
  const idp = textOf(get('connection'), 255)
  const factor = idp === 'onetimepin' ? 'otp' : factorOf(idp)
  return known({
    stage: isLogout ? 'logoff' : 'sso',
    is_mfa: null,
    idp,
    factors: factor === undefined ? undefined : [factor],
    protocol: idp === 'saml' || idp === 'oidc' ? idp : undefined,
  })
}
