import type { AccessEvent } from '@gatewatch/schema'

/** What a sensitive operation does, as far as its name tells. */
export type OperationEffect =
  | 'logging_off'
  | 'protection_off'
  | 'admin_grant'
  | 'trust_change'
  | 'credential_create'
  | 'password_reset'
  | 'mfa_weaken'
  | 'network_open'
  | 'share_out'
  | 'secret_read'
  | 'resource_create'
  | 'resource_delete'
  | 'recovery_off'

/**
 * A sensitive operation. `weight` 1-5 orders operations of one effect by what one call can cost. `always` false: the
 * name alone does not prove the effect (attaching a policy is not attaching an administrator's policy).
 */
export interface SensitiveOperation {
  readonly effect: OperationEffect
  readonly weight: number
  readonly always: boolean
}

type Row = readonly [names: string, effect: OperationEffect, weight: number, always: boolean]

/** Operation names as the vendors write them, several to a line, separated by '|'. */
const rows: readonly Row[] = [
  // AWS: trails, detectors, log groups, flow logs
  ['StopLogging|DeleteTrail|DeleteFlowLogs|StopConfigurationRecorder', 'logging_off', 5, true],
  ['DeleteConfigurationRecorder|DeleteDeliveryChannel', 'logging_off', 4, true],
  ['DeleteLogStream|DeleteEventDataStore|StopEventDataStoreIngestion', 'logging_off', 4, true],
  ['UpdateTrail|PutEventSelectors|PutRetentionPolicy|DeleteLogGroup', 'logging_off', 2, false],
  [
    'DeleteDetector|DeletePublishingDestination|DisassociateFromMasterAccount',
    'protection_off',
    5,
    true,
  ],
  [
    'DisassociateFromAdministratorAccount|DisableSecurityHub|DisableMacie',
    'protection_off',
    5,
    true,
  ],
  ['DeleteWebACL|DeleteAlarms|DisableAlarmActions', 'protection_off', 2, false],
  ['UpdateDetector|CreateFilter|CreateIPSet', 'protection_off', 2, false],
  ['LeaveOrganization|CloseAccount', 'protection_off', 5, true],
  // AWS: rights and trust
  ['AttachUserPolicy|AttachRolePolicy|AttachGroupPolicy', 'admin_grant', 3, false],
  ['PutUserPolicy|PutRolePolicy|PutGroupPolicy|CreatePolicyVersion', 'admin_grant', 3, false],
  ['SetDefaultPolicyVersion|AddUserToGroup|AddRoleToInstanceProfile', 'admin_grant', 2, false],
  ['DeleteUserPermissionsBoundary|DeleteRolePermissionsBoundary', 'admin_grant', 4, true],
  ['UpdateAssumeRolePolicy', 'trust_change', 4, true],
  ['CreateSAMLProvider|UpdateSAMLProvider|CreateOpenIDConnectProvider', 'trust_change', 4, true],
  ['CreateAccessKey|CreateLoginProfile|UpdateLoginProfile', 'credential_create', 4, true],
  [
    'CreateServiceSpecificCredential|UploadSSHPublicKey|UploadSigningCertificate',
    'credential_create',
    3,
    true,
  ],
  ['DeactivateMFADevice|DeleteVirtualMFADevice', 'mfa_weaken', 4, true],
  // AWS: exposure
  [
    'AuthorizeSecurityGroupIngress|CreateNetworkAclEntry|ReplaceNetworkAclEntry',
    'network_open',
    3,
    false,
  ],
  ['ModifySnapshotAttribute|ModifyDBSnapshotAttribute|ModifyImageAttribute', 'share_out', 4, false],
  [
    'ModifyDBClusterSnapshotAttribute|PutBucketPolicy|PutBucketAcl|PutObjectAcl',
    'share_out',
    3,
    false,
  ],
  [
    'DeletePublicAccessBlock|DeleteBucketPublicAccessBlock|DeleteAccountPublicAccessBlock',
    'share_out',
    3,
    true,
  ],
  ['PutBucketReplication|AddPermission|CreateFunctionUrlConfig', 'share_out', 2, false],
  // AWS: secrets
  ['GetSecretValue|BatchGetSecretValue|GetPasswordData', 'secret_read', 4, true],
  ['GetParameter|GetParameters|GetParametersByPath', 'secret_read', 2, true],
  // AWS: resources that cost money
  ['RunInstances|RequestSpotInstances|RequestSpotFleet|CreateFleet', 'resource_create', 4, true],
  ['CreateCluster|CreateNodegroup|RunTask|RegisterTaskDefinition', 'resource_create', 3, true],
  [
    'CreateNotebookInstance|CreateTrainingJob|CreateEndpoint|RunJobFlow',
    'resource_create',
    4,
    true,
  ],
  [
    'StartInstances|CreateAutoScalingGroup|UpdateAutoScalingGroup|CreateDBInstance',
    'resource_create',
    3,
    true,
  ],
  ['CreateFunction20150331|CreateStack|CreateVolume|CreateKeyPair', 'resource_create', 1, true],
  // AWS: destruction
  [
    'TerminateInstances|DeleteDBInstance|DeleteDBCluster|DeleteTable|DeleteBucket',
    'resource_delete',
    3,
    true,
  ],
  [
    'DeleteSnapshot|DeleteDBSnapshot|DeleteVolume|DeleteFileSystem|DeleteStack',
    'resource_delete',
    2,
    true,
  ],
  ['DeleteObjects|DeleteObject|DeleteObjectVersion', 'resource_delete', 1, true],
  ['ScheduleKeyDeletion|DeleteRecoveryPoint|DeleteBackupVault', 'recovery_off', 5, true],
  ['DeleteBackupPlan|DeleteBucketVersioning|DisableKey', 'recovery_off', 4, true],
  // Microsoft Entra and Azure
  ['Add member to role|Add eligible member to role', 'admin_grant', 4, true],
  [
    'Add app role assignment to service principal|Add delegated permission grant',
    'admin_grant',
    3,
    false,
  ],
  ['Consent to application', 'admin_grant', 2, false],
  [
    'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE|Microsoft.Authorization/roleAssignments/write',
    'admin_grant',
    3,
    false,
  ],
  ['Microsoft.Authorization/elevateAccess/action', 'admin_grant', 5, true],
  ['Set domain authentication|Set federation settings on domain', 'trust_change', 5, true],
  [
    'Add service principal credentials|Update application – Certificates and secrets management',
    'credential_create',
    4,
    true,
  ],
  [
    'Reset user password|Reset password (by admin)|Reset password (self-service)',
    'password_reset',
    2,
    true,
  ],
  [
    'Disable Strong Authentication|User deleted security info|Admin deleted security info',
    'mfa_weaken',
    3,
    true,
  ],
  ['Delete conditional access policy|Update conditional access policy', 'protection_off', 4, false],
  ['Microsoft.Insights/diagnosticSettings/delete', 'logging_off', 4, true],
  // Okta
  ['user.account.privilege.grant|group.privilege.grant', 'admin_grant', 4, true],
  ['system.idp.lifecycle.create|system.idp.lifecycle.update', 'trust_change', 4, true],
  ['system.api_token.create', 'credential_create', 3, true],
  ['user.account.reset_password|user.account.update_password.by_admin', 'password_reset', 2, true],
  [
    'user.mfa.factor.deactivate|user.mfa.factor.reset_all|system.mfa.factor.deactivate',
    'mfa_weaken',
    3,
    true,
  ],
  [
    'policy.lifecycle.deactivate|policy.lifecycle.delete|policy.rule.deactivate',
    'protection_off',
    3,
    false,
  ],
  [
    'system.log_stream.lifecycle.deactivate|system.log_stream.lifecycle.delete',
    'logging_off',
    5,
    true,
  ],
  // Google
  ['ASSIGN_ROLE|GRANT_ADMIN_PRIVILEGE', 'admin_grant', 4, true],
  ['SetIamPolicy|google.iam.admin.v1.SetIAMPolicy', 'admin_grant', 3, false],
  ['google.iam.admin.v1.CreateServiceAccountKey', 'credential_create', 4, true],
  [
    'google.logging.v2.ConfigServiceV2.DeleteSink|google.logging.v2.ConfigServiceV2.DeleteBucket',
    'logging_off',
    5,
    true,
  ],
  [
    'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion',
    'secret_read',
    4,
    true,
  ],
  ['v1.compute.firewalls.insert|v1.compute.firewalls.patch', 'network_open', 3, false],
  ['v1.compute.instances.insert|beta.compute.instances.insert', 'resource_create', 4, true],
  ['v1.compute.instances.delete|storage.buckets.delete', 'resource_delete', 3, true],
  ['CHANGE_PASSWORD', 'password_reset', 2, true],
  ['UNENROLL_USER_FROM_STRONG_AUTH|TURN_OFF_2_STEP_VERIFICATION', 'mfa_weaken', 3, true],
  // GitHub
  ['org.disable_two_factor_requirement|org.disable_saml', 'mfa_weaken', 5, true],
  ['repo.access', 'share_out', 3, false],
  ['audit_log_streaming.destroy', 'logging_off', 5, true],
]

const table = new Map<string, SensitiveOperation>(
  rows.flatMap(([names, effect, weight, always]) =>
    names
      .split('|')
      .map((name): [string, SensitiveOperation] => [name, { effect, weight, always }]),
  ),
)

/** The operation as its vendor writes it: the API operation, else the name of the event. */
export function operationOf(event: AccessEvent): string {
  return event.api?.operation ?? event.activity
}

/** What the event's operation is known for; undefined for an ordinary one. */
export function sensitiveOperation(event: AccessEvent): SensitiveOperation | undefined {
  return table.get(operationOf(event))
}

/** Has the event this effect for certain: because the connector read the fact, or because the operation's name says so? */
export function hasEffect(
  event: AccessEvent,
  effect: OperationEffect,
  fact: NonNullable<AccessEvent['change']>[number],
): boolean {
  if (event.change?.includes(fact)) return true
  const known = sensitiveOperation(event)
  return known?.always === true && known.effect === effect
}

/** Is this the reset of somebody's password? */
export function isPasswordReset(event: AccessEvent): boolean {
  if (event.class_uid === 3001 && event.activity_id === 4) return true
  return sensitiveOperation(event)?.effect === 'password_reset'
}
