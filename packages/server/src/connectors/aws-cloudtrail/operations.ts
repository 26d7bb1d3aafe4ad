import type { AccessEvent, AuthDetail } from '@gatewatch/schema'

/** What an operation is in OCSF's terms. */
export interface Operation {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage']
  readonly protocol?: AuthDetail['protocol']
}

const named: Readonly<Record<string, Operation>> = {
  ConsoleLogin: { class_uid: 3002, activity_id: 1, stage: 'primary' },
  CheckMfa: { class_uid: 3002, activity_id: 1, stage: 'mfa' },
  SwitchRole: { class_uid: 3002, activity_id: 7, stage: 'session' },
  ExitRole: { class_uid: 3002, activity_id: 2, stage: 'logoff' },
  CredentialChallenge: { class_uid: 3002, activity_id: 6, stage: 'policy' },
  CredentialVerification: { class_uid: 3002, activity_id: 1, stage: 'primary' },
  UserAuthentication: { class_uid: 3002, activity_id: 1, stage: 'session' },
  GetSigninToken: { class_uid: 3002, activity_id: 3, stage: 'token' },
  AssumeRoleWithSAML: { class_uid: 3002, activity_id: 1, stage: 'session', protocol: 'saml' },
  AssumeRoleWithWebIdentity: {
    class_uid: 3002,
    activity_id: 1,
    stage: 'session',
    protocol: 'oidc',
  },
  // OCSF account change: 1 create, 3 password change, 4 password reset, 6 delete, 7 and 8 policies, 10 and 11 MFA.
  CreateUser: { class_uid: 3001, activity_id: 1 },
  DeleteUser: { class_uid: 3001, activity_id: 6 },
  ChangePassword: { class_uid: 3001, activity_id: 3 },
  UpdateLoginProfile: { class_uid: 3001, activity_id: 4 },
  PasswordRecoveryRequested: { class_uid: 3001, activity_id: 4 },
  PasswordRecoveryCompleted: { class_uid: 3001, activity_id: 3 },
  AttachUserPolicy: { class_uid: 3001, activity_id: 7 },
  PutUserPolicy: { class_uid: 3001, activity_id: 7 },
  DetachUserPolicy: { class_uid: 3001, activity_id: 8 },
  DeleteUserPolicy: { class_uid: 3001, activity_id: 8 },
  EnableMFADevice: { class_uid: 3001, activity_id: 10 },
  DeactivateMFADevice: { class_uid: 3001, activity_id: 11 },
  CreateAccessKey: { class_uid: 3001, activity_id: 99 },
  DeleteAccessKey: { class_uid: 3001, activity_id: 99 },
  UpdateAccessKey: { class_uid: 3001, activity_id: 99 },
  CreateLoginProfile: { class_uid: 3001, activity_id: 99 },
  DeleteLoginProfile: { class_uid: 3001, activity_id: 99 },
}

const byName = new Map(Object.entries(named))

const verbs: readonly (readonly [RegExp, number])[] = [
  [/^(BatchGet|Get|List|Describe|Head|Lookup|Search|Select|Query|Scan|View|Read)/, 2],
  [/^(Create|Run|Launch|Allocate|Register|Import|Start|Request|Provision|Copy)/, 1],
  [/^(Delete|Terminate|Remove|Deregister|Release|Destroy|Purge|Schedule\w*Deletion)/, 4],
  [/^(Update|Put|Modify|Set|Attach|Detach|Add|Authorize|Revoke|Associate|Replace|Tag|Change)/, 3],
]

const byVerb = new Map<string, Operation>()

/** What an event name is: a sign-in, a change of an account, or a call that creates (1), reads (2), updates (3) or deletes (4). */
export function operationOf(name: string): Operation {
  const known = byName.get(name) ?? byVerb.get(name)
  if (known !== undefined) return known
  const verb = verbs.find(([form]) => form.test(name))
  const operation: Operation = { class_uid: 6003, activity_id: verb?.[1] ?? 99 }
  // Names come from AWS, but a file may hold anything.
  if (byVerb.size < 10_000) byVerb.set(name, operation)
  return operation
}
