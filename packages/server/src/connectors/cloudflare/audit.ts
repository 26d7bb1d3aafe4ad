import type { AccessEvent, Actor, ChangeFact } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { access, call, type Kind, kindFields, signIn, signOut, verbOf } from '../values/kind.ts'
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { cloudflareTime } from './instant.ts'

/** A record of either version, pushed or asked for, under one set of names. */
interface Audit {
  readonly id: unknown
  readonly time: unknown
  readonly type: unknown
  readonly result: unknown
  readonly actor: {
    readonly id: unknown
    readonly email: unknown
    readonly ip: unknown
    readonly type: unknown
    readonly token: unknown
  }
  readonly resource: { readonly type: unknown; readonly id: unknown; readonly product: unknown }
  readonly description: unknown
  readonly account: unknown
  readonly zone: unknown
  readonly agent: unknown
}

/** Is it a record of an audit log of Cloudflare? */
export function isAuditRecord(record: Fields): boolean {
  return auditOf(record) !== undefined
}

function auditOf(record: Fields): Audit | undefined {
  if (record.AuditLogID !== undefined && record.ActionTimestamp !== undefined) {
    const raw = fieldsOf(record.Raw)
    return {
      id: record.AuditLogID,
      time: record.ActionTimestamp,
      type: record.ActionType,
      result: record.ActionResult,
      actor: {
        id: record.ActorID,
        email: record.ActorEmail,
        ip: record.ActorIPAddress,
        type: record.ActorType,
        token: fieldsOf(record.ActorTokenDetails).id,
      },
      resource: {
        type: record.ResourceType,
        id: record.ResourceID,
        product: record.ResourceProduct,
      },
      description: record.ActionDescription,
      account: record.AccountID,
      zone: record.ZoneName,
      agent: raw.user_agent,
    }
  }
  if (record.When !== undefined && record.ActionType !== undefined && record.ID !== undefined)
    return {
      id: record.ID,
      time: record.When,
      type: record.ActionType,
      result: record.ActionResult,
      actor: {
        id: record.ActorID,
        email: record.ActorEmail,
        ip: record.ActorIP,
        type: record.ActorType,
        token: undefined,
      },
      resource: { type: record.ResourceType, id: record.ResourceID, product: undefined },
      description: undefined,
      account: record.AccountID,
      zone: fieldsOf(record.Metadata).zone_name,
      agent: undefined,
    }
  const { action, actor, resource } = record
  if (!isFields(action) || !isFields(actor) || !isFields(resource)) return undefined
  const time = record.when ?? action.time
  if (typeof record.id !== 'string' || time === undefined || action.type === undefined)
    return undefined
  return {
    id: record.id,
    time,
    type: action.type,
    result: action.result,
    actor: {
      id: actor.id,
      email: actor.email,
      ip: actor.ip ?? actor.ip_address,
      type: actor.type,
      token: actor.token_id,
    },
    resource: { type: resource.type, id: resource.id, product: resource.product },
    description: action.description ?? action.info,
    account: fieldsOf(record.account).id,
    zone: fieldsOf(record.zone).name ?? fieldsOf(record.metadata).zone_name,
    agent: fieldsOf(record.raw).user_agent,
  }
}

/** The event of a record of an audit log. Rejects what is none. */
export function auditEvent(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const audit = auditOf(record)
  const type = textOf(audit?.type, 128)
  if (audit === undefined || type === undefined)
    return reject('not a record of an audit log of Cloudflare: the type of action is missing')
  const when = instantOf(cloudflareTime(audit.time), audit.time, origin)
  if ('why' in when) return reject(when.why)
  const resource = textOf(audit.resource.type, 120)
  const operation = resource === undefined ? type : `${resource}.${type}`
  const kind = kindOf(type, operation)
  const status_id = statusOf(audit.result)
  const uid = textOf(audit.resource.id, 2048)
  const zone = textOf(audit.zone, 1024)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'cloudflare',
          product: 'audit_log',
          format: 'cloudflare',
          tenant_uid: textOf(audit.account, 255),
        }),
        ...kindFields(kind, status_id, {
          service: textOf(audit.resource.product, 255) ?? 'cloudflare',
          operation,
        }),
        activity: type,
        status_id,
        status_detail: textOf(audit.description, 1024),
        failure_class:
          status_id === 2 ? (kind.stage === undefined ? 'other' : 'bad_credentials') : undefined,
        actor: actorOf(audit.actor),
        src: known({ ...readAddress(audit.actor.ip) }),
        user_agent: textOf(audit.agent, 1024),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'other',
          account_uid: textOf(audit.account, 255),
        }),
        resources: knownOrNone({ uid, name: zone, type: resource }) && [
          known({ uid, name: zone, type: resource }),
        ],
        auth: kind.stage === undefined ? undefined : { stage: kind.stage, is_mfa: null },
      },
      audit.id,
    ),
  )
}

function kindOf(type: string, operation: string): Kind {
  if (/^(user_)?(login|sign_?in)$/i.test(type)) return signIn('primary')
  if (/^(user_)?(logout|sign_?out)$/i.test(type)) return signOut
  const verb = verbOf(type)
  const isGone = verb === 4 || /disable/i.test(type)
  if (/two_?factor|2fa|mfa/i.test(operation))
    return isGone ? { class_uid: 3001, activity_id: 11, change: 'weakens_mfa' } : call(verb)
  if (/member|membership/i.test(operation) && verb !== 2 && verb !== 99)
    return access(isGone ? 2 : 1)
  return call(verb, changeOf(operation, verb, isGone))
}

function changeOf(operation: string, verb: number, isGone: boolean): ChangeFact | undefined {
  if (/token|api_?key|service_?token|origin_ca/i.test(operation) && verb === 1)
    return 'creates_credential'
  if (/log_?push/i.test(operation) && isGone) return 'disables_logging'
  return /firewall|ruleset|waf|access[_.]?(policy|polici|app)|rate_?limit/i.test(operation) &&
    isGone
    ? 'disables_protection'
    : undefined
}

function statusOf(result: unknown): AccessEvent['status_id'] {
  if (typeof result === 'string' && /^(success|failure)$/i.test(result))
    return /^s/i.test(result) ? 1 : 2
  const said = boolOf(result)
  return said === undefined ? 0 : said ? 1 : 2
}

function actorOf({ id, email, type, token }: Audit['actor']): Actor {
  const uid = textOf(id, 512)
  const login = loginOf(email)
  const said = textOf(type, 64)?.toLowerCase() ?? ''
  const isSystem = /cloudflare|system/.test(said)
  const isUnnamed = uid === undefined && login.name === undefined
  if (isSystem && isUnnamed) return { uid: `cloudflare/${said}`, name: said, type: 'system' }
  return known({
    uid,
    ...login,
    type: isSystem
      ? 'system'
      : isUnnamed
        ? 'unknown'
        : login.name === undefined
          ? 'service'
          : 'user',
    credential_uid: textOf(token, 512),
  })
}
