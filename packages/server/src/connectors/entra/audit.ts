import type { AccessEvent, Actor, ChangeFact, Principal } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, known, listOf, type Reader } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { looksLikeEmail, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { directoryOf } from './directory.ts'

/** OCSF account change: 1 create, 3 password change, 4 reset, 5 disable, 6 delete, 7 grant, 8 take away, 10 and 11 MFA. */
const accountChanges: Readonly<Record<string, number>> = {
  'Add user': 1,
  'Invite external user': 1,
  'Enable account': 2,
  'Change user password': 3,
  'Change password (self-service)': 3,
  'Reset user password': 4,
  'Reset password (by admin)': 4,
  'Reset password (self-service)': 4,
  'Disable account': 5,
  'Delete user': 6,
  'Add member to role': 7,
  'Add eligible member to role': 7,
  'Remove member from role': 8,
  'User registered security info': 10,
  'Enable Strong Authentication': 10,
  'Disable Strong Authentication': 11,
  'User deleted security info': 11,
  'Admin deleted security info': 11,
  'Update user': 99,
}

const facts: Readonly<Record<string, ChangeFact>> = {
  'Add member to role': 'grants_admin',
  'Add eligible member to role': 'grants_admin',
  'Disable Strong Authentication': 'weakens_mfa',
  'User deleted security info': 'weakens_mfa',
  'Admin deleted security info': 'weakens_mfa',
  'Add service principal credentials': 'creates_credential',
  'Update application – Certificates and secrets management': 'creates_credential',
  'Delete conditional access policy': 'disables_protection',
}

/** What an activity of the directory changes, by its name: OCSF account change (undefined: none of an account), and the fact for rules. */
export function auditChange(activity: string): {
  readonly activity_id: number | undefined
  readonly fact: ChangeFact | undefined
} {
  return { activity_id: changes.get(activity), fact: changeFacts.get(activity) }
}

const changes = new Map(Object.entries(accountChanges))
const changeFacts = new Map(Object.entries(facts))

/** Does the record belong to Entra's audit log? */
export function isAudit(get: Reader): boolean {
  if (textOf(get('category', 'type'), 64) === 'AuditLogs' || get('type') === 'AuditLogs')
    return true
  return get('initiatedby') !== undefined && get('targetresources') !== undefined
}

/** A change of accounts, roles, applications or policies, from Entra's audit log. */
export function auditEvent(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(get('activitydisplayname', 'operationname'), 255)
  if (activity === undefined) return reject('activityDisplayName is missing: not an audit record')
  const said = get('activitydatetime', 'timegenerated', 'time')
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const by = fieldsOf(get('initiatedby'))
  const { activity_id: change, fact: ofActivity } = auditChange(activity)
  const failed = textOf(get('result'), 32)?.toLowerCase() === 'failure'
  const fact = failed ? undefined : ofActivity
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'microsoft',
          product: 'entra_id',
          format: 'entra',
          log_name: 'audit',
        }),
        class_uid: change === undefined ? 6003 : 3001,
        activity_id:
          change ?? verbOf(textOf(get('aadoperationtype', 'operationtype'), 32) ?? activity),
        activity,
        status_id: failed ? 2 : 1,
        status_detail: textOf(get('resultreason'), 1024),
        failure_class: failed ? 'other' : undefined,
        actor: initiator(by),
        target: targetOf(get),
        src: readAddress(fieldsOf(by.user).ipAddress ?? fieldsOf(by.app).ipAddress),
        user_agent: detailOf(get, 'User-Agent'),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'azure',
          account_uid: directoryOf(get),
        }),
        api: { service: textOf(get('loggedbyservice'), 255) ?? 'Entra ID', operation: activity },
        change: fact === undefined ? undefined : [fact],
      },
      get('id'),
    ),
  )
}

function initiator(by: Fields): Actor {
  const user = fieldsOf(by.user)
  const name = textOf(user.userPrincipalName, 320)
  const uid = textOf(user.id, 512)
  if (name !== undefined || uid !== undefined) {
    const email_addr = name !== undefined && looksLikeEmail(name) ? name : undefined
    return known<Actor>({ uid, name, email_addr, type: 'user' })
  }
  const app = fieldsOf(by.app)
  const appUid = textOf(app.servicePrincipalId ?? app.appId, 512)
  const appName = textOf(app.displayName ?? app.servicePrincipalName, 320)
  const type = appUid === undefined && appName === undefined ? 'unknown' : 'service'
  return known<Actor>({ uid: appUid, name: appName, type })
}

function targetOf(get: Reader): Principal | undefined {
  const targets = listOf(get('targetresources')).map(fieldsOf)
  const one = targets.find((target) => target.type === 'User') ?? targets[0]
  if (one === undefined) return undefined
  const name = textOf(one.userPrincipalName ?? one.displayName, 320)
  return known<Principal>({
    uid: textOf(one.id, 512),
    name,
    email_addr: name !== undefined && looksLikeEmail(name) ? name : undefined,
    type: one.type === 'User' ? 'user' : one.type === 'ServicePrincipal' ? 'service' : 'unknown',
  })
}

function detailOf(get: Reader, key: string): string | undefined {
  const found = listOf(get('additionaldetails'))
    .map(fieldsOf)
    .find((one) => one.key === key)
  return textOf(found?.value, 1024) ?? textOf(get('useragent'), 1024)
}

function verbOf(text: string): number {
  if (/^(add|create|assign|invite|register)/i.test(text)) return 1
  if (/^(delete|remove|unassign|hard delete)/i.test(text)) return 4
  return /^(update|set|change|enable|disable|restore)/i.test(text) ? 3 : 99
}
