import type { AccessEvent, AuthDetail, ChangeFact } from '@gatewatch/schema'
import { auditChange } from '../entra/audit.ts'

/** What an operation of Microsoft 365 is in OCSF's terms. */
export interface AuditOperation {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage']
  readonly change?: ChangeFact
}

const signIn = { class_uid: 3002, activity_id: 1 } as const

const named = new Map<string, AuditOperation>([
  ['UserLoggedIn', { ...signIn, stage: 'primary' }],
  ['UserLoginFailed', { ...signIn, stage: 'primary' }],
  ['ForeignRealmIndexLogonInitialAuthUsingADFSFederatedToken', { ...signIn, stage: 'primary' }],
  ['MailboxLogin', { ...signIn, stage: 'session' }],
  ['SignInEvent', { ...signIn, stage: 'sso' }],
  ['TeamsSessionStarted', { ...signIn, stage: 'sso' }],
  ['UserLoggedOff', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['Add-MailboxPermission', { class_uid: 3005, activity_id: 1 }],
  ['Remove-MailboxPermission', { class_uid: 3005, activity_id: 2 }],
  ['Add-RoleGroupMember', { class_uid: 3005, activity_id: 1, change: 'grants_admin' }],
  ['AnonymousLinkCreated', { class_uid: 6003, activity_id: 1, change: 'grants_public_access' }],
  ['SharingInvitationCreated', { class_uid: 6003, activity_id: 1, change: 'shares_outside' }],
  ['Remove-TransportRule', { class_uid: 6003, activity_id: 4, change: 'disables_protection' }],
])

const verbs: readonly (readonly [RegExp, number])[] = [
  [
    /^(Get|Search|MailItemsAccessed|View|Export|Preview)|(Accessed|Viewed|Downloaded|Previewed|Searched)/,
    2,
  ],
  [/^(New|Add|Create|Install|Send)|(Uploaded|Created|Added|Copied)/, 1],
  [
    /^(Remove|Delete|HardDelete|SoftDelete|Uninstall|MoveToDeletedItems)|(Deleted|Removed|Recycled)/,
    4,
  ],
  [
    /^(Set|Update|Enable|Disable|Move|Rename|Change)|(Modified|Changed|Moved|Renamed|Set|Updated)/,
    3,
  ],
]

/** What an operation is. Names of the directory end with a full stop, which counts for nothing. */
export function operationOf(name: string): AuditOperation {
  const plain = name.replace(/\.$/, '')
  const own = named.get(plain)
  if (own !== undefined) return own
  const { activity_id, fact } = auditChange(plain)
  const change = fact === undefined ? {} : { change: fact }
  if (activity_id !== undefined) return { class_uid: 3001, activity_id, ...change }
  return {
    class_uid: 6003,
    activity_id: verbs.find(([form]) => form.test(plain))?.[1] ?? 99,
    ...change,
  }
}
