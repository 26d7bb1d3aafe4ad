import type { AccessEvent, Actor, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone, listOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { kindFields } from '../values/kind.ts'
import { loginOf, numberOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { actionKind } from './actions.ts'

/** The audit log of a Slack organisation (Audit Logs API). */
export const slackAudit: Connector = {
  format: 'slack_audit',
  title: 'Slack audit log (Audit Logs API, JSON)',
  recognise(record) {
    if (!isFields(record) || typeof record.action !== 'string') return 0
    const { actor, entity, context } = record
    if (!isFields(actor) || typeof actor.type !== 'string') return 0
    const isSlack = isFields(context) && (isFields(context.location) || 'ua' in context)
    return isSlack && isFields(entity) ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record) || !isFields(record.actor))
      return reject('actor is missing: not a record of Slack’s audit log')
    return eventOf(record, record.actor, origin)
  },
}

function eventOf(record: Fields, actor: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(record.action, 255)
  if (activity === undefined) return reject('action is missing: not a record of Slack’s audit log')
  const said = record.date_create
  const time = numberOf(said) === undefined ? readTime(said) : readEpoch(said, 's')
  const when = instantOf(time, said, origin)
  if ('why' in when) return reject(when.why)
  const kind = actionKind(activity)
  const status_id = kind.status_id ?? 1
  const context = fieldsOf(record.context)
  const place = fieldsOf(context.location)
  const isAnomaly = kind.class_uid === 2004
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'slack',
          product: 'audit_log',
          format: 'slack_audit',
          tenant_uid: textOf(place.id, 255),
        }),
        ...kindFields(kind, status_id, { service: 'slack', operation: activity }),
        activity,
        status_id,
        failure_class: kind.failure,
        actor: known<Actor>({
          ...personOf(actor),
          session: knownOrNone({ uid: textOf(context.session_id, 512) }),
        }),
        ...thingOf(fieldsOf(record.entity), kind.class_uid === 3002),
        src: known({ ...readAddress(context.ip_address) }),
        user_agent: textOf(context.ua, 1024),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'other',
          account_uid: textOf(place.id, 255),
        }),
        auth: kind.stage === undefined ? undefined : { stage: kind.stage, is_mfa: null },
        vendor_risk: isAnomaly ? { level_id: 2, reasons: reasonsOf(record) } : undefined,
      },
      record.id,
    ),
  )
}

function reasonsOf(record: Fields): string[] {
  return listOf(fieldsOf(record.details).reason)
    .slice(0, 32)
    .flatMap((one) => textOf(one, 255) ?? [])
}

/** People by the address that Slack has of them; whatever else acts is a service. */
function personOf(said: Fields): Principal {
  const type = textOf(said.type, 64) ?? 'unknown'
  const own = fieldsOf(said[type] ?? said.user)
  const uid = textOf(own.id, 512)
  if (type !== 'user') {
    const name = textOf(own.name, 320)
    return known({ uid, name, type: (uid ?? name) === undefined ? 'unknown' : 'service' })
  }
  const { email_addr } = loginOf(own.email)
  const name = email_addr ?? textOf(own.id, 320)
  return known({
    uid,
    name,
    email_addr,
    domain: email_addr === undefined ? 'slack' : undefined,
    type: name === undefined ? 'unknown' : 'user',
  })
}

/** What was acted on: a person is a target, whatever else a resource. */
function thingOf(entity: Fields, isSignIn: boolean): Pick<AccessEvent, 'target' | 'resources'> {
  const type = textOf(entity.type, 64)
  if (type === undefined || isSignIn) return {}
  if (type === 'user') {
    const target = personOf(entity)
    return target.type === 'unknown' ? {} : { target }
  }
  const own = fieldsOf(entity[type])
  const uid = textOf(own.id, 2048)
  return { resources: [known({ uid, name: textOf(own.name, 1024), type })] }
}
