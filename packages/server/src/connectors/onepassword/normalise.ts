import type { AccessEvent, Actor, AuthDetail } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { kindFields } from '../values/kind.ts'
import { vendorLocation } from '../values/location.ts'
import { loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { auditKind, failureOf, provenBy, usageKind } from './event-types.ts'

/** Sign-in attempts, item usages and audit events of the 1Password Events API, version 1 and 2. */
export const onepassword: Connector = {
  format: 'onepassword',
  title: '1Password sign-in attempts, item usages and audit events (Events API, JSON)',
  recognise(record) {
    if (!isFields(record) || typeof record.uuid !== 'string' || record.timestamp === undefined)
      return 0
    return readerOf(record) === undefined ? 0 : 0.95
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of 1Password: it has no fields')
    const read = readerOf(record)
    if (read === undefined)
      return reject('neither a sign-in attempt, an item usage nor an audit event of 1Password')
    const when = instantOf(readTime(record.timestamp), record.timestamp, origin)
    if ('why' in when) return reject(when.why)
    return read(record, (log_name) =>
      begin(when, origin, {
        vendor: 'onepassword',
        product: 'events',
        format: 'onepassword',
        tenant_uid: textOf(record.account_uuid, 255),
        log_name,
      }),
    )
  },
}

type Begun = (log_name: string) => ReturnType<typeof begin>
type Read = (record: Fields, begun: Begun, origin?: Origin) => Outcome<AccessEvent>

function readerOf(record: Fields): Read | undefined {
  if (isFields(record.target_user) && typeof record.category === 'string') return signInAttempt
  if (record.item_uuid !== undefined && record.vault_uuid !== undefined && isFields(record.user))
    return itemUsage
  const isAudit = typeof record.action === 'string' && typeof record.object_type === 'string'
  return isAudit && record.actor_uuid !== undefined ? auditEvent : undefined
}

const signInAttempt: Read = (record, begun) => {
  const category = textOf(record.category, 255) ?? 'unknown'
  const type = textOf(record.type, 255)
  const failure_class = failureOf(category, type)
  const isFailure = failure_class !== undefined
  const isSuccess = category === 'success' || category === 'firewall_reported_success'
  return ok(
    identified(
      {
        ...begun('signinattempts'),
        class_uid: 3002,
        activity_id: 1,
        activity: category,
        status_id: isFailure ? 2 : isSuccess ? 1 : 99,
        status_code: type,
        status_detail: textOf(fieldsOf(record.details).value, 1024),
        failure_class,
        actor: personOf(fieldsOf(record.target_user)),
        ...clientOf(record),
        cloud: { provider: 'other' },
        auth: known<AuthDetail>({
          // A sign-in with a second factor is one record; only a factor that failed stands alone.
          stage: isFailure && /^(mfa|totp|u2f|duo|code)/.test(type ?? '') ? 'mfa' : 'primary',
          attempt_uid: textOf(record.session_uuid, 512),
          is_mfa: type === 'mfa_ok' ? true : null,
          ...provenBy(type),
        }),
      },
      record.uuid,
    ),
  )
}

const itemUsage: Read = (record, begun) => {
  const activity = textOf(record.action, 255) ?? 'use'
  const item = textOf(record.item_uuid, 2048)
  const vault = textOf(record.vault_uuid, 2048)
  return ok(
    identified(
      {
        ...begun('itemusages'),
        ...kindFields(usageKind(activity), 1, {
          service: 'onepassword',
          operation: `item.${activity}`.slice(0, 255),
        }),
        activity,
        status_id: 1,
        actor: personOf(fieldsOf(record.user)),
        ...clientOf(record),
        cloud: { provider: 'other' },
        resources: [
          ...(vault === undefined ? [] : [{ uid: vault, type: 'vault' }]),
          ...(item === undefined ? [] : [{ uid: item, type: 'item' }]),
        ],
      },
      record.uuid,
    ),
  )
}

const auditEvent: Read = (record, begun) => {
  const action = textOf(record.action, 255) ?? 'unknown'
  const object = textOf(record.object_type, 64) ?? 'unknown'
  const kind = auditKind(action, object)
  const session = fieldsOf(record.session)
  const actor = personOf({ uuid: record.actor_uuid, ...fieldsOf(record.actor_details) })
  const uid = textOf(record.object_uuid, 512)
  const person = fieldsOf(record.object_details)
  const isPerson = object === 'user' || person.email !== undefined
  return ok(
    identified(
      {
        ...begun('auditevents'),
        ...kindFields(kind, 1, {
          service: 'onepassword',
          operation: `${object}.${action}`.slice(0, 255),
        }),
        activity: `${object}.${action}`.slice(0, 255),
        status_id: 1,
        status_detail: textOf(record.aux_info, 1024),
        actor: known({ ...actor, session: knownOrNone({ uid: textOf(session.uuid, 512) }) }),
        target: isPerson ? known({ ...personOf({ uuid: uid, ...person }) }) : undefined,
        src: known({
          ...readAddress(session.ip),
          location: placeOf(record),
        }),
        device: knownOrNone({ uid: textOf(session.device_uuid, 512) }),
        cloud: { provider: 'other' },
        resources:
          uid === undefined || isPerson ? undefined : [{ uid, type: object.toLowerCase() }],
      },
      record.uuid,
    ),
  )
}

function personOf(said: Fields): Actor {
  const uid = textOf(said.uuid, 512)
  const { email_addr } = loginOf(said.email)
  // The name is for show: two people may choose the same.
  const name = email_addr ?? textOf(said.email, 320)
  const isService = said.type === 'service_account' || said.user_type === 'service_account'
  return known({
    uid,
    name,
    email_addr,
    domain: email_addr === undefined ? 'onepassword' : undefined,
    type: isService ? 'service' : uid === undefined && name === undefined ? 'unknown' : 'user',
  })
}

function clientOf(record: Fields): Pick<AccessEvent, 'src' | 'device' | 'app'> {
  const client = fieldsOf(record.client)
  const words = (...parts: readonly unknown[]) =>
    textOf(parts.filter((part) => typeof part === 'string').join(' '), 128)
  return {
    src: known({ ...readAddress(client.ip_address), location: placeOf(record) }),
    ...known({
      device: knownOrNone({
        os: words(client.os_name, client.os_version),
        browser: words(client.platform_name, client.platform_version),
      }),
      app: knownOrNone({ name: textOf(client.app_name, 255) }),
    }),
  }
}

function placeOf(record: Fields) {
  const place = fieldsOf(record.location)
  return vendorLocation({
    country: record.country ?? place.country,
    region: place.region,
    city: place.city,
    lat: place.latitude,
    long: place.longitude,
  })
}
