import {
  access,
  account,
  call,
  failedSignIn,
  type Kind,
  signIn,
  signOut,
  unmapped,
} from '../values/kind.ts'

/** Numbers of the documentation's table, with OneLogin's own names. */
const table: Readonly<Record<number, readonly [name: string, kind: Kind]>> = {
  1: ['APP_ADDED_TO_ROLE', access(1)],
  2: ['APP_REMOVED_FROM_ROLE', access(2)],
  3: ['USER_ASSUMED_USER', signIn('session', { activity_id: 7 })],
  4: ['USER_ASSIGNED_ROLE', access(1)],
  5: ['USER_LOGGED_INTO_ONELOGIN', signIn('session')],
  6: ['USER_FAILED_ONELOGIN_LOGIN', failedSignIn('primary', 'bad_credentials')],
  7: ['USER_LOGGED_OUT_OF_ONELOGIN', signOut],
  8: ['USER_LOGGED_INTO_APP', signIn('sso')],
  10: ['USER_REQUESTED_NEW_PASSWORD', { ...account(4), status_id: 99 }],
  11: ['USER_CHANGED_PASSWORD', account(3)],
  12: ['UNLOCKED_USER', account(12)],
  13: ['CREATED_USER', account(1)],
  14: ['UPDATED_USER', account(99)],
  15: ['DEACTIVATED_USER', account(5)],
  16: ['ACTIVATED_USER', account(2)],
  17: ['DELETED_USER', account(6)],
  19: ['USER_LOCKED', account(9)],
  21: ['USER_SUSPENDED', account(5)],
  24: ['USER_REMOVED_OTP_DEVICE', account(11, 'weakens_mfa')],
  69: ['USER_REJECTED_BY_RADIUS', failedSignIn('primary', 'bad_credentials')],
  72: ['GRANTED_ADMIN_PRIVILEGE', access(1, 'grants_admin')],
  240: ['USER_REVEALED_PASSWORD', call(2)],
  531: ['API_LOCK_USER', account(9)],
  532: ['API_LOCK_USER', account(9)],
  551: ['API_SUSPEND_USER', account(5)],
  553: ['API_LOCK_USER', account(9)],
}

/** What a number means; one that is not in the table is kept under its number, unmapped. */
export function typeOf(id: number): { readonly name: string; readonly kind: Kind } {
  const [name, kind] = table[id] ?? [`event_type_${id}`, unmapped]
  return { name, kind }
}
