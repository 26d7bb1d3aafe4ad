import { entryOf } from '../values/fields.ts'
import {
  access,
  account,
  call,
  type Kind,
  signIn,
  signOut,
  unmapped,
  verbOf,
} from '../values/kind.ts'

const named: Readonly<Record<string, Kind>> = {
  user_login_attempt: signIn('primary'),
  admin_login_attempt: signIn('primary'),
  login_attempt: signIn('primary'),
  radius_auth: signIn('primary'),
  radius_auth_attempt: signIn('primary'),
  ldap_bind: signIn('primary'),
  sso_auth: signIn('sso'),
  sso_auth_failed: signIn('sso', { status_id: 2 }),
  user_logout: signOut,
  admin_logout: signOut,
  ldap_search: call(2),
  user_create: account(1),
  user_create_provision: account(1),
  user_activated: account(2),
  user_update: account(99),
  user_update_provision: account(99),
  user_suspended: account(5),
  user_delete: account(6),
  user_delete_provision: account(6),
  user_lockout: account(9),
  system_user_lockout: account(9),
  user_unlocked: account(12),
  user_password_change: account(3),
  admin_password_change: account(3),
  user_password_set: account(4),
  admin_password_reset_request: { ...account(4), status_id: 99 },
  user_password_reset_request: { ...account(4), status_id: 99 },
  totp_finish_enrollment: account(10),
  webauthn_finish_enrollment: account(10),
  totp_delete_enrollment: account(11, 'weakens_mfa'),
  totp_disable_enrollment: account(11, 'weakens_mfa'),
  webauthn_delete_enrollment: account(11, 'weakens_mfa'),
  admin_totp_disable: account(11, 'weakens_mfa'),
  user_admin_granted: access(1, 'grants_admin'),
  user_admin_revoked: access(2),
  admin_create: { ...account(1), change: 'grants_admin' },
  admin_update: account(99),
  admin_delete: account(6),
  association_change: access(1),
  admin_apikey_create: call(1, 'creates_credential'),
  command_run: call(99),
}

/** What an event of Directory Insights is. One without a word that is known is unmapped. */
export function eventKind(name: string): Kind {
  const own = entryOf(named, name)
  if (own !== undefined) return own
  const verb = verbOf(name)
  return verb === 99 ? unmapped : call(verb)
}
