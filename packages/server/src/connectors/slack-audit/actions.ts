import { entryOf } from '../values/fields.ts'
import {
  access,
  account,
  call,
  failedSignIn,
  type Kind,
  signIn,
  signOut,
  unmapped,
  verbOf,
} from '../values/kind.ts'

const named: Readonly<Record<string, Kind>> = {
  user_login: signIn('session'),
  user_login_failed: failedSignIn('session', 'bad_credentials'),
  user_logout: signOut,
  user_logout_compromised: signOut,
  user_logout_non_compliant_mobile_app_version: signOut,
  user_session_invalidated: signOut,
  user_session_reset_by_admin: signOut,
  user_sessions_reset_by_anomaly_event_response: signOut,
  bulk_session_reset_by_admin: signOut,
  anomaly: { class_uid: 2004, activity_id: 1, status_id: 0 },
  user_created: account(1),
  guest_created: account(1),
  user_deactivated: account(5),
  guest_deactivated: account(5),
  user_reactivated: account(2),
  guest_reactivated: account(2),
  user_password_reset: account(4),
  user_email_updated: account(99),
  role_change_to_owner: access(1, 'grants_admin'),
  role_change_to_admin: access(1, 'grants_admin'),
  owner_transferred: access(1, 'grants_admin'),
  permissions_assigned: access(1, 'grants_admin'),
  permissions_removed: access(2),
  role_change_to_user: access(2),
  role_change_to_guest: access(2),
  role_assigned: access(1),
  role_removed: access(2),
  user_added_to_usergroup: access(1),
  user_removed_from_usergroup: access(2),
  user_channel_join: access(1),
  user_channel_leave: access(2),
  file_downloaded_blocked: { ...call(2), status_id: 2, failure: 'policy_blocked' },
  file_public_link_created: call(1, 'grants_public_access'),
  external_shared_channel_connected: call(1, 'shares_outside'),
  external_shared_channel_invite_sent: call(1, 'shares_outside'),
  external_shared_channel_invite_accepted: call(1, 'shares_outside'),
  manual_export_started: call(2),
  manual_export_downloaded: call(2),
  manual_user_export_downloaded: call(2),
  app_installed: call(1),
  app_token_preserved: call(1, 'creates_credential'),
}

/** What an action of Slack's audit log is. An action without a word that is known is unmapped. */
export function actionKind(action: string): Kind {
  const own = entryOf(named, action)
  if (own !== undefined) return own
  if (action.startsWith('pref.')) return call(3)
  const verb = verbOf(action)
  return verb === 99 ? unmapped : call(verb)
}
