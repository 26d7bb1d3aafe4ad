import type { AccessEvent, Actor, ChangeFact } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { entryOf, type Fields, fieldsOf, known } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { loginOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'

const actions =
  /^(admin|bypass|user|group|phone|hardtoken|integration|policy|customer|log_export|deregister|update_admin|regenerate|sso|trusted|activation|u2ftoken|webauthncredential|adminapi)[a-z0-9_]*$/

/** Does the record belong to the administrators' log? */
export function isAdminRecord({
  action,
  username,
  isotimestamp,
  description,
  factor,
  result,
}: Fields): boolean {
  const isPlain = factor === undefined && result === undefined && description !== undefined
  return (
    isPlain &&
    typeof action === 'string' &&
    actions.test(action) &&
    username !== undefined &&
    isotimestamp !== undefined
  )
}

const facts: Readonly<Record<string, ChangeFact>> = {
  bypass_create: 'creates_credential',
  admin_create: 'grants_admin',
  integration_create: 'creates_credential',
  update_admin_factor_restrictions: 'weakens_mfa',
  policy_delete: 'disables_protection',
}

const accounts: Readonly<Record<string, number>> = {
  user_create: 1,
  admin_create: 1,
  user_delete: 6,
  admin_delete: 6,
  user_update: 99,
  admin_update: 99,
  admin_reset_password: 4,
  bypass_create: 99,
  phone_create: 10,
  phone_delete: 11,
}

const verbs: readonly (readonly [RegExp, number])[] = [
  [/_view$/, 2],
  [/_create$|_import$/, 1],
  [/_delete$/, 4],
  [/update|_edit$|_change$/, 3],
]

/** What an administrator of Duo did. Their names are for show: a record that holds no e-mail address is of a name that is Duo's alone. */
export function adminEvent(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(record.action, 255)
  if (activity === undefined)
    return reject('action is missing: not a record of Duo’s administrators')
  const said = record.isotimestamp ?? record.timestamp
  const when = instantOf(
    typeof said === 'number' ? readEpoch(said, 's') : readTime(said),
    said,
    origin,
  )
  if ('why' in when) return reject(when.why)
  const details = fieldsOf(record.description)
  const isSignIn = /^admin_(login|2fa)/.test(activity)
  const failed = /_error$|_failed$/.test(activity)
  const account = entryOf(accounts, activity)
  const fact = entryOf(facts, activity)
  const target = loginOf(record.object ?? (isSignIn ? undefined : details.email))
  const email = isSignIn ? loginOf(details.email).email_addr : undefined
  const name = textOf(record.username, 320)
  const isFraud = /fraud/i.test(textOf(details.error, 255) ?? '')
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'duo',
          product: 'duo',
          format: 'duo',
          log_name: 'administrator',
        }),
        class_uid: isSignIn ? 3002 : account === undefined ? 6003 : 3001,
        activity_id: isSignIn
          ? 1
          : (account ?? verbs.find(([form]) => form.test(activity))?.[1] ?? 99),
        activity,
        status_id: failed ? 2 : 1,
        status_detail: textOf(details.error, 1024),
        failure_class: failed
          ? isFraud
            ? 'mfa_fraud_reported'
            : /2fa/.test(activity)
              ? 'mfa_failed'
              : 'bad_credentials'
          : undefined,
        actor: known<Actor>({
          name,
          email_addr: email,
          domain: email === undefined && name !== undefined ? 'duo' : undefined,
          type: name === undefined ? 'unknown' : name === 'API' ? 'service' : 'admin',
        }),
        target: target.name === undefined ? undefined : { ...target, type: 'user' },
        src: readAddress(details.ip_address),
        cloud: { provider: 'other' },
        api: isSignIn ? undefined : { service: 'duo', operation: activity },
        change: fact === undefined || failed ? undefined : [fact],
        auth: isSignIn
          ? {
              stage: /2fa/.test(activity) ? 'mfa' : 'primary',
              is_mfa: details.factor === undefined ? null : true,
            }
          : undefined,
      },
      undefined,
    ),
  )
}
