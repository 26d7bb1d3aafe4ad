import type { AuthDetail, FailureClass } from '@gatewatch/schema'
import { entryOf } from '../values/fields.ts'
import { access, account, call, type Kind, unmapped, verbOf } from '../values/kind.ts'

const categories: Readonly<Record<string, FailureClass>> = {
  credentials_failed: 'bad_credentials',
  mfa_failed: 'mfa_failed',
  sso_failed: 'other',
  modern_version_required: 'policy_blocked',
  firewall_failed: 'policy_blocked',
}

/** Why an attempt of this category and type failed; undefined where it did not. */
export function failureOf(category: string, type: string | undefined): FailureClass | undefined {
  const failure = entryOf(categories, category)
  if (failure === undefined) return undefined
  if (failure === 'mfa_failed' && /_timeout$/.test(type ?? '')) return 'mfa_timeout'
  return failure
}

const factors: readonly (readonly [RegExp, NonNullable<AuthDetail['factors']>[number]])[] = [
  [/^(password_secret|credentials)/, 'password'],
  [/^totp|^code/, 'otp'],
  [/^u2f/, 'webauthn'],
  [/^duo/, 'push'],
]

/** What was shown to prove who it is, where the type of attempt says so. */
export function provenBy(type: string | undefined): Pick<AuthDetail, 'factors'> {
  const factor = factors.find(([form]) => form.test(type ?? ''))?.[1]
  return factor === undefined ? {} : { factors: [factor] }
}

/** What was done with an item. */
export function usageKind(action: string): Kind {
  if (action === 'server-create') return call(1)
  return call(/^(server-update|enter-item-edit-mode)$/.test(action) ? 3 : 2)
}

const ofUsers: Readonly<Record<string, Kind>> = {
  create: account(1),
  activate: account(2),
  reactive: account(2),
  suspend: account(5),
  deactivate: account(5),
  delete: account(6),
  purge: account(6),
  changemp: account(3),
  changesk: account(3),
  beginr: account(4),
  complete: account(4),
  completr: account(4),
  enblmfa: account(10),
  enblduo: account(10),
  disblmfa: account(11, 'weakens_mfa'),
  disblduo: account(11, 'weakens_mfa'),
}

const named: Readonly<Record<string, Kind>> = {
  'gm.join': access(1),
  'gm.leave': access(2),
  'gm.role': access(1),
  'uva.grant': access(1),
  'uva.update': access(1),
  'uva.revoke': access(2),
  'gva.grant': access(1),
  'gva.update': access(1),
  'gva.revoke': access(2),
  'mfa.enable': account(10),
  'mfa.disable': account(11, 'weakens_mfa'),
  'sso.disblsso': call(3, 'disables_protection'),
  'account.disblmfa': call(3, 'weakens_mfa'),
  'account.disblduo': call(3, 'weakens_mfa'),
  'satoken.create': call(1, 'creates_credential'),
  'cred.create': call(1, 'creates_credential'),
  'items.share': call(1, 'shares_outside'),
  'itemshare.create': call(1, 'shares_outside'),
}

/** What an audit event is: 1Password names actions and objects by codes; those without a word in them that is known are unmapped. */
export function auditKind(action: string, object: string): Kind {
  const own = entryOf(named, `${object}.${action}`)
  if (own !== undefined) return own
  const ofUser = object === 'user' || object === 'mfa' ? entryOf(ofUsers, action) : undefined
  if (ofUser !== undefined) return ofUser
  const verb = verbOf(action)
  if (verb !== 99) return call(verb)
  return /^(view|export|launchi)$/.test(action) ? call(2) : unmapped
}
