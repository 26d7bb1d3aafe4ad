import type { AccessEvent, Actor, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { factorOf } from '../values/factor.ts'
import { type Fields, isFields, known, knownOrNone, listOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { kindFields } from '../values/kind.ts'
import { countOf, loginOf, numberOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { typeOf } from './event-types.ts'

/** Events of OneLogin, from the Events API or its webhooks. */
export const onelogin: Connector = {
  format: 'onelogin',
  title: 'OneLogin events (Events API, webhooks; JSON)',
  recognise(record) {
    if (!isFields(record) || countOf(record.event_type_id) === undefined) return 0
    const own = ['account_id', 'actor_user_id', 'user_id', 'ipaddr', 'actor_system', 'user_name']
    return own.filter((name) => name in record).length >= 2 ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not an event of OneLogin: it has no fields')
    return eventOf(record, origin)
  },
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const id = countOf(record.event_type_id)
  if (id === undefined) return reject('event_type_id is missing: not an event of OneLogin')
  const said = record.created_at ?? record.event_timestamp
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const { name, kind } = typeOf(id)
  const status_id = kind.status_id ?? (kind.class_uid === 0 ? 0 : 1)
  const app = knownOrNone({ uid: textOf(record.app_id, 255), name: textOf(record.app_name, 255) })
  const factor = factorOf(record.otp_device_name)
  const isSignIn = kind.class_uid === 3002
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'onelogin',
          product: 'events',
          format: 'onelogin',
          tenant_uid: textOf(record.account_id, 255),
        }),
        ...kindFields(kind, status_id, { service: 'onelogin', operation: name }),
        activity: name,
        status_id,
        status_code: String(id),
        status_detail: textOf(record.error_description ?? record.custom_message, 1024),
        failure_class: kind.failure,
        actor: actorOf(record, isSignIn),
        // Whoever signs in is the actor, but for whoever takes on somebody else.
        target:
          isSignIn && kind.activity_id !== 7
            ? undefined
            : personOf(record.user_id, record.user_name),
        src: known({
          ...readAddress(record.ipaddr),
          forwarded: proxyOf(record),
        }),
        device: knownOrNone({ uid: textOf(record.browser_fingerprint, 512) }),
        app,
        cloud: { provider: 'other' },
        resources: resourcesOf(record),
        auth:
          kind.stage === undefined
            ? undefined
            : known({
                stage: kind.stage,
                is_mfa: kind.stage === 'mfa' || factor !== undefined ? true : null,
                factors: factor === undefined ? undefined : [factor],
                protocol: name.includes('RADIUS') ? ('radius' as const) : undefined,
              }),
        vendor_risk: riskOf(record),
      },
      record.id ?? record.uuid,
    ),
  )
}

/** Who acts, else the program that does; of a sign-in, whoever signs in. */
function actorOf(record: Fields, isSignIn: boolean): Actor {
  const person =
    personOf(record.actor_user_id, record.actor_user_name) ??
    (isSignIn ? personOf(record.user_id, record.user_name) : undefined)
  const credential_uid = textOf(record.client_id, 512)
  if (person !== undefined) return known<Actor>({ ...person, credential_uid })
  const system = textOf(record.actor_system, 320)
  return system === undefined
    ? known<Actor>({ type: 'unknown', credential_uid })
    : known<Actor>({ uid: `onelogin/${system}`, name: system, type: 'system', credential_uid })
}

/** First and last name are for show; where both are empty, OneLogin gives the e-mail address. */
function personOf(id: unknown, shown: unknown): Principal | undefined {
  const uid = textOf(id, 255)
  const { email_addr } = loginOf(shown)
  if (email_addr !== undefined)
    return known({ uid, name: email_addr, email_addr, type: 'user' as const })
  return uid === undefined ? undefined : { uid, name: uid, domain: 'onelogin', type: 'user' }
}

function proxyOf(record: Fields): string[] | undefined {
  const proxy = textOf(record.proxy_ip, 255)
  return proxy === undefined ? undefined : [proxy]
}

function resourcesOf(record: Fields): AccessEvent['resources'] {
  const found = ['role', 'group', 'policy'].flatMap((type) => {
    const uid = textOf(record[`${type}_id`], 255)
    const name = textOf(record[`${type}_name`], 1024)
    return uid === undefined && name === undefined ? [] : [known({ uid, name, type })]
  })
  return found.length === 0 ? undefined : found
}

function riskOf(record: Fields): AccessEvent['vendor_risk'] {
  const score = numberOf(record.risk_score)
  if (score === undefined) return undefined
  // OneLogin's own bounds: low below 35, medium below 70, high above.
  const level_id = score >= 70 ? 3 : score >= 35 ? 2 : score > 0 ? 1 : 0
  const reasons = listOf(record.risk_reasons).slice(0, 32)
  return { level_id, score, reasons: reasons.flatMap((one) => textOf(one, 255) ?? []) }
}
