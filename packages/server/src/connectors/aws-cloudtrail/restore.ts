import { type Fields, isFields, plainName } from '../values/fields.ts'
import { parseLoose } from '../values/loose.ts'

/** Every path of a record that is read, as CloudTrail writes it. */
const paths = [
  'eventVersion eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage',
  'requestID eventID eventType readOnly managementEvent eventCategory recipientAccountId sharedEventID vpcEndpointId',
  'sessionCredentialFromConsole resources digestStartTime insightDetails',
  ...[
    'type principalId arn accountId accessKeyId userName invokedBy identityProvider credentialId',
    'onBehalfOf.userId sessionContext.sourceIdentity sessionContext.attributes.mfaAuthenticated',
    'sessionContext.attributes.creationDate sessionContext.sessionIssuer.type',
    'sessionContext.sessionIssuer.principalId sessionContext.sessionIssuer.arn',
    'sessionContext.sessionIssuer.accountId sessionContext.sessionIssuer.userName',
  ].map((line) =>
    line
      .split(' ')
      .map((path) => `userIdentity.${path}`)
      .join(' '),
  ),
].flatMap((line) => line.split(' '))

/** Parts whose own fields differ by operation. */
const openParts = [
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
]

/** Names inside those parts that are read, so that an export in lower case finds its way back. */
const innerNames = [
  'ConsoleLogin SwitchRole CheckMfa CredentialChallenge CredentialVerification UserAuthentication',
  'PasswordRecoveryRequested PasswordRecoveryCompleted MFAUsed SwitchFrom UserName bytesTransferredIn',
  'bytesTransferredOut bucketName key userName roleName groupName roleArn roleSessionName policyArn policyDocument',
  'policyName secretId functionName keyId instanceId accessControlList x-amz-acl publicAccessBlockConfiguration',
  'PublicAccessBlockConfiguration credentials accessKeyId expiration accessKey assumedRoleUser assumedRoleId',
  'federatedUser federatedUserId AuthWorkflowID CredentialType',
].flatMap((line) => line.split(' '))

/** Other names of the same columns, in exports of canary services, Logstash and LookupEvents. */
const aliases: Readonly<Record<string, string>> = {
  timestamp: 'eventTime',
  eventdatetime: 'eventTime',
  sourceip: 'sourceIPAddress',
  sourceipaddr: 'sourceIPAddress',
  requestuseragent: 'userAgent',
  repeatedattempts: 'repeatedAttempts',
  userid: 'userIdentity',
}

const byPlain = new Map<string, readonly string[]>([
  ...Object.entries(aliases).map(([plain, path]) => [plain, [path]] as const),
  ...[...openParts, ...paths].map((path) => [plainName(path), path.split('.')] as const),
])
const branches = new Set(
  paths.flatMap((path) => {
    const steps = path.split('.')
    return steps.slice(1).map((_, i) => plainName(steps.slice(0, i + 1).join('.')))
  }),
)
const innerByPlain = new Map(innerNames.map((name) => [plainName(name), name]))
const plainParts = openParts.map((part) => [part, plainName(part)] as const)

/**
 * The record in CloudTrail's own nesting and spelling, out of any flattened or re-spelled export: one column a path in
 * any case and joining (`userIdentityarn`, `userIdentity.arn`, `useridentity_arn`), lower-case keys, structures
 * printed as text. Columns that CloudTrail does not know are left out.
 */
export function restore(record: Fields): Fields {
  const restored: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(record)) place(restored, '', key, value)
  return restored
}

function place(
  restored: Record<string, unknown>,
  prefix: string,
  key: string,
  value: unknown,
): void {
  if (value === '' || value === null || value === undefined) return
  const plain = prefix + plainName(key)
  const isAlias = prefix === '' && plain in aliases
  if (branches.has(plain) || (isAlias && aliases[plain] === 'userIdentity')) {
    const parts = typeof value === 'string' ? parseLoose(value) : value
    const below = isAlias ? 'useridentity' : plain
    if (isFields(parts))
      for (const [name, part] of Object.entries(parts)) place(restored, below, name, part)
    return
  }
  const path = byPlain.get(plain)
  if (path !== undefined) {
    set(restored, path, opened(path, value), isAlias)
    return
  }
  const open = plainParts.find(([, start]) => prefix === '' && plain.startsWith(start))
  if (open === undefined) return
  set(restored, [open[0], ...tailOf(key, open[1].length)], value, false)
}

/** The part of a flattened name after its first letters and digits, step by step, in the spelling of CloudTrail. */
function tailOf(key: string, letters: number): string[] {
  let at = 0
  for (let seen = 0; seen < letters; at++) if (/[\p{L}\p{N}]/u.test(key[at] ?? '')) seen++
  const tail = key.slice(at).replace(/^[^\p{L}\p{N}]+/u, '')
  return tail.split('.').map((step) => innerByPlain.get(plainName(step)) ?? step)
}

/** Only what CloudTrail nests is taken for a structure: a user agent may stand in brackets too. */
function opened(path: readonly string[], value: unknown): unknown {
  const [name = ''] = path
  if (path.length > 1 || !(openParts.includes(name) || name === 'resources')) return value
  const parsed = typeof value === 'string' ? (parseLoose(value) ?? value) : value
  if (!isFields(parsed)) return parsed
  return Object.fromEntries(
    Object.entries(parsed).map(([key, part]) => [innerByPlain.get(plainName(key)) ?? key, part]),
  )
}

/** Own properties only, so that a column named `__proto__` is a column and nothing more. */
function set(
  target: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
  yields: boolean,
): void {
  const [step, ...rest] = path
  if (step === undefined || step === '__proto__') return
  const there = Object.hasOwn(target, step) ? target[step] : undefined
  if (rest.length === 0) {
    if (there === undefined || !yields) target[step] = value
    return
  }
  const below: Record<string, unknown> = isFields(there) ? { ...there } : {}
  set(below, rest, value, yields)
  target[step] = below
}
