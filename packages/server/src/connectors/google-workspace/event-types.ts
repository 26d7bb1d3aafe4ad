import type { AccessEvent, AuthDetail, ChangeFact } from '@gatewatch/schema'

/** What an event of an application of Google Workspace is in OCSF's terms. */
export interface WorkspaceEventType {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage']
  readonly status_id?: AccessEvent['status_id']
  readonly change?: ChangeFact
  /** How grave it is where it is a finding of Google's own. */
  readonly risk?: 1 | 2 | 3
}

const signIn = { class_uid: 3002, activity_id: 1 } as const
const account = (activity_id: number, change?: ChangeFact): WorkspaceEventType =>
  change === undefined ? { class_uid: 3001, activity_id } : { class_uid: 3001, activity_id, change }
const finding = (risk: 1 | 2 | 3): WorkspaceEventType => ({
  ...{ class_uid: 2004, activity_id: 1, status_id: 99, risk },
})

/** OCSF account change: 1 create, 2 enable, 3 change, 4 reset, 5 disable, 6 delete, 7 grant, 8 take away, 10 and 11 MFA. */
const ofAccounts: Readonly<Record<string, WorkspaceEventType>> = {
  '2sv_enroll': account(10),
  '2sv_disable': account(11, 'weakens_mfa'),
  passkey_enrolled: account(10),
  passkey_removed: account(11, 'weakens_mfa'),
  titanium_enroll: account(10),
  titanium_unenroll: account(11, 'weakens_mfa'),
  password_edit: account(3),
  recovery_email_edit: account(99),
  recovery_phone_edit: account(99),
  recovery_secret_qa_edit: account(99),
  email_forwarding_out_of_domain: { class_uid: 6003, activity_id: 3, change: 'shares_outside' },
}

const ofSignIns: Readonly<Record<string, WorkspaceEventType>> = {
  ...ofAccounts,
  login_success: { ...signIn, stage: 'primary', status_id: 1 },
  login_failure: { ...signIn, stage: 'primary', status_id: 2 },
  login_challenge: { ...signIn, stage: 'mfa' },
  login_verification: { ...signIn, stage: 'mfa' },
  logout: { class_uid: 3002, activity_id: 2, stage: 'logoff', status_id: 1 },
  suspicious_login: finding(2),
  suspicious_login_less_secure_app: finding(2),
  suspicious_programmatic_login: finding(2),
  user_signed_out_due_to_suspicious_session_cookie: finding(3),
  risky_sensitive_action_allowed: finding(2),
  risky_sensitive_action_blocked: finding(2),
  gov_attack_warning: finding(3),
  account_disabled_generic: account(5),
  account_disabled_spamming: account(5),
  account_disabled_spamming_through_relay: account(5),
  account_disabled_password_leak: account(5),
  account_disabled_hijacked: account(5),
}

const ofAdmins: Readonly<Record<string, WorkspaceEventType>> = {
  CREATE_USER: account(1),
  UNDELETE_USER: account(1),
  UNSUSPEND_USER: account(2),
  CHANGE_PASSWORD: account(4),
  CHANGE_PASSWORD_ON_NEXT_LOGIN: account(4),
  SUSPEND_USER: account(5),
  ARCHIVE_USER: account(5),
  DELETE_USER: account(6),
  GRANT_ADMIN_PRIVILEGE: account(7, 'grants_admin'),
  GRANT_DELEGATED_ADMIN_PRIVILEGES: account(7, 'grants_admin'),
  ASSIGN_ROLE: account(7, 'grants_admin'),
  REVOKE_ADMIN_PRIVILEGE: account(8),
  UNASSIGN_ROLE: account(8),
  TURN_OFF_2_STEP_VERIFICATION: account(11, 'weakens_mfa'),
  GENERATE_2SV_SCRATCH_CODES: account(99, 'creates_credential'),
  AUTHORIZE_API_CLIENT_ACCESS: { class_uid: 6003, activity_id: 1, change: 'creates_credential' },
}

const apps = new Set(
  'access_evaluation access_transparency admin admin_data_action assignments calendar chat chrome classroom cloud_search contacts context_aware_access data_migration data_studio directory_sync drive gcp gemini_in_workspace_apps gmail gplus graduation groups groups_enterprise jamboard keep ldap login meet meet_hardware mobile profile rules saml takeout tasks token user_accounts vault'.split(
    ' ',
  ),
)

const verbs: readonly (readonly [RegExp, number])[] = [
  [/^(view|download|preview|print|query|search|list|get|read|activity|request|email_log)/i, 2],
  [/^(create|add|upload|insert|authorize|copy|invite|import)/i, 1],
  [/^(delete|remove|trash|revoke|purge|empty)/i, 4],
  [/^(change|update|edit|rename|move|set|toggle|enable|disable|alter|restore|untrash)/i, 3],
]

/** What an event is; events of applications that are not named are API activity, and applications nobody knows are unmapped. */
export function workspaceEventType(app: string, name: string): WorkspaceEventType {
  if (app === 'saml') {
    const status_id = name === 'login_success' ? 1 : 2
    if (name.startsWith('login_')) return { ...signIn, stage: 'sso', status_id }
  }
  const table = app === 'admin' ? ofAdmins : app === 'user_accounts' ? ofAccounts : ofSignIns
  const isOwn = app === 'admin' || app === 'user_accounts' || app === 'login'
  if (isOwn && Object.hasOwn(table, name)) return table[name] as WorkspaceEventType
  if (!apps.has(app)) return { class_uid: 0, activity_id: 99 }
  return { class_uid: 6003, activity_id: verbs.find(([form]) => form.test(name))?.[1] ?? 99 }
}
