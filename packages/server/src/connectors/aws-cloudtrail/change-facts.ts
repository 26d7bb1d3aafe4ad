import type { ChangeFact } from '@gatewatch/schema'
import { at, type Fields, fieldsOf, listOf, parseEmbedded } from '../values/fields.ts'
import { boolOf, textOf } from '../values/text.ts'

type Reading = (request: Fields, account: string | undefined) => readonly ChangeFact[]

const always =
  (...facts: readonly ChangeFact[]): Reading =>
  () =>
    facts

const attachesPolicy: Reading = (request) =>
  /(AdministratorAccess|IAMFullAccess)$/.test(textOf(request.policyArn, 2048) ?? '')
    ? ['grants_admin']
    : []

const writesPolicy: Reading = (request) => {
  const statements = statementsOf(request.policyDocument)
  return statements.some(allowsEverything) ? ['grants_admin'] : []
}

const joinsGroup: Reading = (request) =>
  /admin/i.test(textOf(request.groupName, 128) ?? '') ? ['grants_admin'] : []

const writesTrust: Reading = (request, account) =>
  audienceFacts(statementsOf(request.policyDocument), account)

const sharesByPolicy: Reading = (request, account) => {
  const document =
    request.bucketPolicy ?? request.policy ?? request.policyText ?? request.resourcePolicy
  return audienceFacts(statementsOf(document), account)
}

/** Grants by access control list: a canned list, or grants to the groups "all users" and "any account". */
const setsAcl: Reading = (request) => {
  const text = textOfRequest(request)
  const isPublic =
    /public-read|authenticated-read|global\/AllUsers|global\/AuthenticatedUsers/.test(text)
  return isPublic ? ['grants_public_access'] : []
}

const opensPort: Reading = (request) => {
  const text = textOfRequest(request)
  if (/"(ruleAction|RuleAction)":"deny"/.test(text)) return []
  return /"[\d.:a-fA-F]+\/0"/.test(text) ? ['opens_network_to_world'] : []
}

/** Snapshots and images: `all` makes them public, an account id shares them with that account. */
const sharesCopy: Reading = (request, account) => {
  const text = textOfRequest({ ...request, removed: undefined, remove: undefined })
  if (
    /"(group|groups|valuesToAdd)":\s*(\[\s*)?"all"|"group":"all"|"items":\[\{"group":"all"\}/.test(
      text,
    )
  ) {
    return ['grants_public_access']
  }
  const others = text.match(/"\d{12}"/g) ?? []
  return others.some((id) => id.slice(1, -1) !== account) ? ['shares_outside'] : []
}

const addsPermission: Reading = (request, account) => {
  const principal = textOf(request.principal, 512)
  if (principal === '*') return ['grants_public_access']
  const owner = principal === undefined ? undefined : accountIn(principal)
  return owner !== undefined && owner !== account ? ['shares_outside'] : []
}

const blocksPublicAccess: Reading = (request) =>
  /":(false|"false")/i.test(textOfRequest(request)) ? ['grants_public_access'] : []

const setsPublicFlag: Reading = (request) =>
  boolOf(request.publiclyAccessible) === true ? ['grants_public_access'] : []

const selectsEvents: Reading = (request) => {
  const selectors = listOf(request.eventSelectors).map(fieldsOf)
  const less = selectors.some(
    (one) => boolOf(one.includeManagementEvents) === false || one.readWriteType === 'ReadOnly',
  )
  return less || selectors.length === 0 ? ['disables_logging'] : []
}

const updatesTrail: Reading = (request) =>
  [request.isMultiRegionTrail, request.includeGlobalServiceEvents, request.enableLogFileValidation]
    .map(boolOf)
    .includes(false)
    ? ['disables_logging']
    : []

const stopsBucketLog: Reading = (request) =>
  at(request, 'BucketLoggingStatus', 'LoggingEnabled') === undefined ? ['disables_logging'] : []

const switchesDetector: Reading = (request) =>
  boolOf(request.enable) === false ? ['disables_protection'] : []

const rows: readonly (readonly [names: string, Reading])[] = [
  ['AttachUserPolicy AttachRolePolicy AttachGroupPolicy', attachesPolicy],
  ['PutUserPolicy PutRolePolicy PutGroupPolicy CreatePolicy CreatePolicyVersion', writesPolicy],
  ['AddUserToGroup', joinsGroup],
  ['DeleteUserPermissionsBoundary DeleteRolePermissionsBoundary', always('grants_admin')],
  ['UpdateAssumeRolePolicy', writesTrust],
  [
    'PutBucketPolicy PutKeyPolicy SetRepositoryPolicy PutResourcePolicy PutImagePolicy',
    sharesByPolicy,
  ],
  ['PutBucketAcl PutObjectAcl CreateBucket', setsAcl],
  [
    'DeletePublicAccessBlock DeleteBucketPublicAccessBlock DeleteAccountPublicAccessBlock',
    always('grants_public_access'),
  ],
  [
    'PutBucketPublicAccessBlock PutPublicAccessBlock PutAccountPublicAccessBlock',
    blocksPublicAccess,
  ],
  ['ModifyDBInstance CreateDBInstance', setsPublicFlag],
  ['AuthorizeSecurityGroupIngress ModifySecurityGroupRules', opensPort],
  ['CreateNetworkAclEntry ReplaceNetworkAclEntry', opensPort],
  ['ModifySnapshotAttribute ModifyImageAttribute', sharesCopy],
  ['ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute', sharesCopy],
  ['AddPermission AddLayerVersionPermission CreateFunctionUrlConfig', addsPermission],
  [
    'StopLogging DeleteTrail DeleteFlowLogs DeleteLogGroup DeleteLogStream',
    always('disables_logging'),
  ],
  [
    'StopConfigurationRecorder DeleteConfigurationRecorder DeleteDeliveryChannel',
    always('disables_logging'),
  ],
  [
    'DeleteEventDataStore StopEventDataStoreIngestion DeleteResolverQueryLogConfig',
    always('disables_logging'),
  ],
  ['PutEventSelectors', selectsEvents],
  ['UpdateTrail', updatesTrail],
  ['PutBucketLogging', stopsBucketLog],
  [
    'DeleteDetector DisassociateFromMasterAccount DisassociateFromAdministratorAccount',
    always('disables_protection'),
  ],
  [
    'StopMonitoringMembers DisableSecurityHub BatchDisableStandards DisableMacie',
    always('disables_protection'),
  ],
  [
    'LeaveOrganization DeleteWebACL DeleteAlarms DisableAlarmActions DeleteAnalyzer',
    always('disables_protection'),
  ],
  [
    'DeleteBucketEncryption DisableEbsEncryptionByDefault DisableKey',
    always('disables_protection'),
  ],
  ['ScheduleKeyDeletion', always('disables_protection')],
  ['UpdateDetector', switchesDetector],
  ['DeactivateMFADevice DeleteVirtualMFADevice', always('weakens_mfa')],
  ['CreateAccessKey CreateLoginProfile UpdateLoginProfile', always('creates_credential')],
  [
    'CreateServiceSpecificCredential UploadSSHPublicKey UploadSigningCertificate',
    always('creates_credential'),
  ],
  ['GetFederationToken CreateKeyPair ImportKeyPair SendSSHPublicKey', always('creates_credential')],
  [
    'SendSerialConsoleSSHPublicKey CreateSAMLProvider CreateOpenIDConnectProvider',
    always('creates_credential'),
  ],
  ['CreateTrustAnchor', always('creates_credential')],
]

const byName = new Map(
  rows.flatMap(([names, reading]) => names.split(' ').map((name) => [name, reading] as const)),
)

/**
 * What a successful call changed that a rule must know and only its parameters tell: rights, exposure, logging,
 * protection, factors, credentials. `account` is the account the call was made in. Empty for most calls.
 */
export function changeFacts(
  operation: string,
  parameters: unknown,
  account: string | undefined,
): readonly ChangeFact[] {
  // Lambda and CloudFront carry the version of their interface in the name.
  const reading =
    byName.get(operation) ?? byName.get(operation.replace(/\d{4}_?\d\d_?\d\d(v\d+)?$/, ''))
  return reading === undefined ? [] : reading(fieldsOf(parameters), account)
}

/** Parameters as text, whether they are nested or, out of a flattened export, JSON inside JSON. */
function textOfRequest(request: Fields): string {
  return JSON.stringify(request).replaceAll('\\', '')
}

function statementsOf(document: unknown): readonly Fields[] {
  return listOf(fieldsOf(parseEmbedded(document)).Statement).map(fieldsOf)
}

function allowsEverything(statement: Fields): boolean {
  if (statement.Effect !== 'Allow') return false
  const actions = listOf(statement.Action)
  const resources = listOf(statement.Resource)
  return (
    actions.some((one) => one === '*' || one === '*:*' || one === 'iam:*') &&
    resources.includes('*')
  )
}

function audienceFacts(
  statements: readonly Fields[],
  account: string | undefined,
): readonly ChangeFact[] {
  const facts = new Set<ChangeFact>()
  for (const { Effect, Principal, Condition } of statements) {
    if (Effect !== 'Allow') continue
    const principals = typeof Principal === 'string' ? [Principal] : listOf(fieldsOf(Principal).AWS)
    for (const one of principals) {
      const who = textOf(one, 2048)
      // A condition may narrow "everybody" down to an own network; it cannot be judged here.
      if (who === '*' && Condition === undefined) facts.add('grants_public_access')
      const owner = who === undefined ? undefined : accountIn(who)
      if (owner !== undefined && owner !== account) facts.add('shares_outside')
    }
  }
  return [...facts]
}

function accountIn(principal: string): string | undefined {
  return /(?:^|:)(\d{12})(?:$|:)/.exec(principal)?.[1]
}
