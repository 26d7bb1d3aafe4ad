import type { AccessEvent, AuthDetail, ChangeFact } from '@gatewatch/schema'
import { type Fields, fieldsOf } from '../values/fields.ts'

/** What an action of GitHub's audit log is in OCSF's terms. */
export interface Action {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage']
  readonly status_id?: AccessEvent['status_id']
  readonly change?: ChangeFact
}

const signIn = { class_uid: 3002, activity_id: 1 } as const
const member = (activity_id: number): Action => ({ class_uid: 3005, activity_id })
const changes = (activity_id: number, change: ChangeFact): Action => ({
  class_uid: 6003,
  activity_id,
  change,
})

const named = new Map<string, Action>([
  ['user.login', { ...signIn, stage: 'primary' }],
  ['user.failed_login', { ...signIn, stage: 'primary', status_id: 2 }],
  ['user.logout', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['org.sso_response', { ...signIn, stage: 'sso' }],
  ['business.sso_response', { ...signIn, stage: 'sso' }],
  ['two_factor_authentication.enabled', { class_uid: 3001, activity_id: 10 }],
  [
    'two_factor_authentication.disabled',
    { class_uid: 3001, activity_id: 11, change: 'weakens_mfa' },
  ],
  ['user.two_factor_disabled', { class_uid: 3001, activity_id: 11, change: 'weakens_mfa' }],
  ['user.change_password', { class_uid: 3001, activity_id: 3 }],
  ['user.forgot_password', { class_uid: 3001, activity_id: 4, status_id: 99 }],
  ['user.create', { class_uid: 3001, activity_id: 1 }],
  ['user.destroy', { class_uid: 3001, activity_id: 6 }],
  ['user.suspend', { class_uid: 3001, activity_id: 5 }],
  ['user.unsuspend', { class_uid: 3001, activity_id: 2 }],
  ['user.promote', { class_uid: 3001, activity_id: 7, change: 'grants_admin' }],
  ['org.add_member', member(1)],
  ['org.invite_member', member(1)],
  ['org.remove_member', member(2)],
  ['repo.add_member', member(1)],
  ['repo.remove_member', member(2)],
  ['team.add_member', member(1)],
  ['team.remove_member', member(2)],
  ['business.add_admin', { ...member(1), change: 'grants_admin' }],
  ['org.disable_two_factor_requirement', changes(3, 'weakens_mfa')],
  ['business.disable_two_factor_requirement', changes(3, 'weakens_mfa')],
  ['org.saml_disabled', changes(3, 'disables_protection')],
  ['org.disable_saml', changes(3, 'disables_protection')],
  ['org.disable_oauth_app_restrictions', changes(3, 'disables_protection')],
  ['protected_branch.destroy', changes(4, 'disables_protection')],
  ['repository_ruleset.destroy', changes(4, 'disables_protection')],
  ['repository_secret_scanning.disable', changes(3, 'disables_protection')],
  ['repo.remove_advanced_security', changes(4, 'disables_protection')],
  ['ip_allow_list.disable', changes(3, 'disables_protection')],
  ['audit_log_streaming.destroy', changes(4, 'disables_logging')],
  ['public_key.create', changes(1, 'creates_credential')],
  ['personal_access_token.access_granted', changes(1, 'creates_credential')],
  ['oauth_access.create', changes(1, 'creates_credential')],
])

const verbs: readonly (readonly [RegExp, number])[] = [
  [/^(clone|fetch|download|view|read|list|search|request)/, 2],
  [/^(create|add|invite|grant|generate|upload|publish|fork|restore|install)/, 1],
  [/^(destroy|delete|remove|revoke|uninstall)/, 4],
  [
    /^(push|update|edit|rename|transfer|change|set|enable|disable|access|archived|unarchived|dismiss|reopen|config)/,
    3,
  ],
]

/** What an action is. Who becomes an administrator, and what becomes public, stands in the record. */
export function actionOf(name: string, record: Fields): Action {
  const own = named.get(name)
  const call = name.slice(name.indexOf('.') + 1)
  const action = own ?? {
    class_uid: 6003 as const,
    activity_id: verbs.find(([form]) => form.test(call))?.[1] ?? 99,
  }
  const change = factOf(name, record)
  return change === undefined ? action : { ...action, change }
}

function factOf(name: string, record: Fields): ChangeFact | undefined {
  const { visibility, permission, role } = { ...fieldsOf(record.data), ...record }
  if ((name === 'repo.access' || name === 'repo.create') && visibility === 'public')
    return 'grants_public_access'
  const isGrant = /^(org|business|repo|team)\.(add|update|invite)_member$/.test(name)
  return isGrant && (permission === 'admin' || role === 'owner' || role === 'admin')
    ? 'grants_admin'
    : undefined
}
