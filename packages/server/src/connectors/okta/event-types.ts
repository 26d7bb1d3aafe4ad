import type { AccessEvent, AuthDetail, ChangeFact } from '@gatewatch/schema'

/** What an Okta event type is in OCSF's terms. `failure`: the event itself says that something failed, whatever the outcome field. */
export interface OktaEventType {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage']
  readonly protocol?: AuthDetail['protocol']
  readonly failure?: NonNullable<AccessEvent['failure_class']>
  readonly change?: ChangeFact
  /** Status where the outcome field does not say success or failure of a sign-in. */
  readonly status_id?: AccessEvent['status_id']
}

const signIn = { class_uid: 3002, activity_id: 1 } as const
const account = { class_uid: 3001 } as const

/** By prefix; the first that fits. OCSF account change: 1 create, 2 enable, 3 change, 4 reset, 5 disable, 6 delete, 7 grant, 9 lock, 10 and 11 MFA, 12 unlock. */
const table: readonly (readonly [prefix: string, OktaEventType])[] = [
  ['user.session.start', { ...signIn, stage: 'session' }],
  ['user.session.end', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['user.session.clear', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['user.session.expire', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['user.session.impersonation', { class_uid: 3002, activity_id: 7, stage: 'policy' }],
  ['user.session.context.change', { ...signIn, stage: 'policy', status_id: 99 }],
  ['user.session', { ...signIn, stage: 'session' }],
  ['user.authentication.auth_via_mfa', { ...signIn, stage: 'mfa' }],
  ['user.authentication.sso', { ...signIn, stage: 'sso' }],
  ['user.authentication.universal_logout', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['user.authentication.slo', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['user.authentication.auth_via_radius', { ...signIn, stage: 'primary', protocol: 'radius' }],
  ['user.authentication.auth_via_LDAP', { ...signIn, stage: 'primary', protocol: 'ldap' }],
  ['user.authentication', { ...signIn, stage: 'primary' }],
  ['user.mfa.okta_verify.deny_push', { ...signIn, stage: 'mfa', failure: 'mfa_denied' }],
  ['user.mfa.attempt_bypass', { ...signIn, stage: 'mfa', failure: 'mfa_failed' }],
  ['user.mfa.okta_verify', { ...signIn, stage: 'mfa' }],
  ['user.mfa.factor.activate', { ...account, activity_id: 10 }],
  ['user.mfa.factor.unsuspend', { ...account, activity_id: 10 }],
  ['user.mfa.factor.deactivate', { ...account, activity_id: 11, change: 'weakens_mfa' }],
  ['user.mfa.factor.suspend', { ...account, activity_id: 11, change: 'weakens_mfa' }],
  ['user.mfa.factor.reset_all', { ...account, activity_id: 11, change: 'weakens_mfa' }],
  ['user.mfa.factor', { ...account, activity_id: 99 }],
  [
    'user.account.report_suspicious_activity',
    { ...signIn, stage: 'policy', failure: 'mfa_fraud_reported' },
  ],
  ['user.account.reset_password', { ...account, activity_id: 4 }],
  ['user.account.update_password', { ...account, activity_id: 3 }],
  ['user.account.lock', { ...account, activity_id: 9 }],
  ['user.account.unlock', { ...account, activity_id: 12 }],
  ['user.account.privilege.grant', { ...account, activity_id: 7, change: 'grants_admin' }],
  ['user.account.privilege.revoke', { ...account, activity_id: 8 }],
  ['user.account', { ...account, activity_id: 99 }],
  ['user.lifecycle.create', { ...account, activity_id: 1 }],
  ['user.lifecycle.activate', { ...account, activity_id: 2 }],
  ['user.lifecycle.reactivate', { ...account, activity_id: 2 }],
  ['user.lifecycle.unsuspend', { ...account, activity_id: 2 }],
  ['user.lifecycle.suspend', { ...account, activity_id: 5 }],
  ['user.lifecycle.deactivate', { ...account, activity_id: 5 }],
  ['user.lifecycle.delete', { ...account, activity_id: 6 }],
  ['user.risk', { class_uid: 2004, activity_id: 1 }],
  ['security.', { class_uid: 2004, activity_id: 1 }],
  ['policy.evaluate_sign_on', { ...signIn, stage: 'policy' }],
  ['policy.auth_reevaluate', { ...signIn, stage: 'policy' }],
  ['system.push.send_factor_verify_push', { ...signIn, stage: 'mfa', status_id: 99 }],
  ['system.sms.send', { ...signIn, stage: 'mfa', status_id: 99 }],
  ['system.voice.send', { ...signIn, stage: 'mfa', status_id: 99 }],
  ['system.email.send_factor_verify', { ...signIn, stage: 'mfa', status_id: 99 }],
  ['system.mfa.factor.deactivate', { class_uid: 6003, activity_id: 3, change: 'weakens_mfa' }],
  ['system.api_token.create', { class_uid: 6003, activity_id: 1, change: 'creates_credential' }],
  [
    'system.log_stream.lifecycle.deactivate',
    { class_uid: 6003, activity_id: 3, change: 'disables_logging' },
  ],
  [
    'system.log_stream.lifecycle.delete',
    { class_uid: 6003, activity_id: 4, change: 'disables_logging' },
  ],
  ['group.privilege.grant', { class_uid: 3005, activity_id: 1, change: 'grants_admin' }],
  ['group.user_membership', { class_uid: 3005, activity_id: 1 }],
  ['application.user_membership', { class_uid: 3005, activity_id: 1 }],
  ['app.oauth2.client.lifecycle', { class_uid: 6003, activity_id: 3 }],
  ['app.oauth2', { class_uid: 3002, activity_id: 3, stage: 'token', protocol: 'oauth2' }],
]

const verbs: readonly (readonly [RegExp, number])[] = [
  [/\.(create|add|import)/, 1],
  [/\.(read|view|list|search)/, 2],
  [/\.(delete|remove|revoke)/, 4],
  [/\.(update|change|activate|deactivate|assign|grant|rotate)/, 3],
]

const known = new Map<string, OktaEventType>()

/** What an event type is; families that are not named are API activity, and what is no Okta type at all is unmapped. */
export function readEventType(name: string): OktaEventType {
  const found = known.get(name)
  if (found !== undefined) return found
  const type = table.find(([prefix]) => name.startsWith(prefix))?.[1] ?? byFamily(name)
  // Types are Okta's, but a file may hold anything.
  if (known.size < 10_000) known.set(name, type)
  return type
}

function byFamily(name: string): OktaEventType {
  const isFamily =
    /^(system|app|application|group|policy|zone|user|device|iam|oauth2|core|directory|workflow|access|certification)\./.test(
      name,
    )
  if (!isFamily) return { class_uid: 0, activity_id: 99 }
  return { class_uid: 6003, activity_id: verbs.find(([form]) => form.test(name))?.[1] ?? 99 }
}
