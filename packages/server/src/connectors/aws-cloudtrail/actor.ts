import type { AccessEvent, Actor, Principal } from '@gatewatch/schema'
import { at, type Fields, fieldsOf, known, knownOrNone } from '../values/fields.ts'
import { boolOf, looksLikeEmail, textOf } from '../values/text.ts'
import { readIsoFast } from '../values/time.ts'

const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/**
 * Who acted, as far as this record alone can say. A role's session is a human where the role belongs to single sign-on,
 * the session is named by an e-mail address or a source identity, or a person switched role in the console; else it is a
 * workload, known by the role. Single sign-on and the console name their people themselves. Elsewhere whoever takes on
 * the role chooses the name: then it stands behind the role's, and is nobody's e-mail address.
 */
export function actorOf(record: Fields): Actor {
  const identity = fieldsOf(record.userIdentity)
  const context = fieldsOf(identity.sessionContext)
  const issuer = fieldsOf(context.sessionIssuer)
  const who = named(record, identity, context, issuer)
  return known<Actor>({
    uid: 'uid' in who ? who.uid : textOf(identity.principalId, 512),
    type: who.type,
    name: who.name,
    assumed_from: who.assumed_from,
    account_uid: who.account_uid ?? accountOf(identity) ?? textOf(issuer.accountId, 255),
    email_addr: emailOf(who.name),
    credential_uid: textOf(identity.accessKeyId, 512),
    invoked_by: textOf(identity.invokedBy, 512),
    session: sessionOf(identity, context, issuer),
  })
}

/** A name behind a stroke was chosen by whoever goes by it. IAM allows no stroke in names of users. */
function emailOf(name: string | undefined): string | undefined {
  return name !== undefined && !name.includes('/') && looksLikeEmail(name) ? name : undefined
}

type Who = Pick<Actor, 'type' | 'name' | 'uid' | 'account_uid' | 'assumed_from'>

function named(record: Fields, identity: Fields, context: Fields, issuer: Fields): Who {
  const userName = nameOf(identity.userName)
  const account = accountOf(identity)
  switch (identity.type) {
    case 'Root':
      return { type: 'root', name: account === undefined ? 'root' : `root@${account}` }
    case 'IAMUser':
      return identity.userName === hidden
        ? { type: 'unknown' }
        : {
            type: 'user',
            name: userName ?? lastStep(identity.arn) ?? textOf(identity.principalId, 320),
          }
    case 'AssumedRole':
      return roleSession(record, identity, context, issuer)
    case 'FederatedUser':
      return { type: 'user', name: nameOf(issuer.userName) ?? resourceOf(identity.arn) }
    case 'WebIdentityUser':
      return { type: isWorkloadSubject(userName) ? 'workload' : 'user', name: userName }
    case 'SAMLUser':
      return { type: 'user', name: userName }
    case 'IdentityCenterUser':
      return {
        type: 'user',
        name: userName,
        uid: textOf(at(identity, 'onBehalfOf', 'userId'), 512),
      }
    case 'AWSService':
      return {
        type: 'service',
        name: textOf(identity.invokedBy, 320) ?? textOf(record.eventSource, 320),
      }
    case 'AWSAccount':
      return crossAccount(identity)
    default:
      return otherwise(record, identity, userName)
  }
}

function roleSession(record: Fields, identity: Fields, context: Fields, issuer: Fields): Who {
  const arn = textOf(identity.arn, 2048) ?? ''
  const steps = arn.slice(arn.lastIndexOf(':') + 1).split('/')
  const role = nameOf(issuer.userName) ?? nameOf(steps[1])
  const principal = textOf(identity.principalId, 512)
  const session =
    principal?.includes(':') === true ? principal.slice(principal.indexOf(':') + 1) : steps[2]
  const source = nameOf(context.sourceIdentity)
  const from = textOf(at(record.additionalEventData, 'SwitchFrom'), 512)
  if (session !== undefined && isSingleSignOn(role, issuer)) {
    return { type: 'user', name: nameOf(session), assumed_from: from }
  }
  const [, account, user] = /^arn:[^:]+:iam::(\d+):user\/(?:.*\/)?([^/]+)$/.exec(from ?? '') ?? []
  if (account !== undefined) {
    return { type: 'user', name: nameOf(user), account_uid: account, assumed_from: from }
  }
  const person =
    source ?? (isPersonal(record, context, session, from) ? nameOf(session) : undefined)
  if (person === undefined)
    return { type: 'workload', name: role ?? nameOf(session), assumed_from: from }
  return { type: 'user', name: nameOf(`${role ?? 'role'}/${person}`), assumed_from: from }
}

/** Roles of single sign-on lie where nobody else can make any. */
function isSingleSignOn(role: string | undefined, issuer: Fields): boolean {
  if (role?.startsWith('AWSReservedSSO_') !== true) return false
  const arn = textOf(issuer.arn, 2048)
  return arn === undefined || arn.includes(':role/aws-reserved/sso.amazonaws.com/')
}

function isPersonal(
  record: Fields,
  context: Fields,
  session: string | undefined,
  from: string | undefined,
): boolean {
  if (session === undefined || isMachineSession(session)) return false
  if (looksLikeEmail(session)) return true
  // The user agent is the caller's own choice and proves nothing; these are AWS's.
  const attributes = fieldsOf(context.attributes)
  return (
    from !== undefined ||
    boolOf(record.sessionCredentialFromConsole) === true ||
    boolOf(attributes.mfaAuthenticated) === true
  )
}

function isMachineSession(session: string): boolean {
  return /^(i-[0-9a-f]{8,17}$|botocore-session-|aws-go-sdk-|aws-sdk-|\d{10,}$|[a-z0-9-]+\.amazonaws\.com$)/.test(
    session,
  )
}

/** Kubernetes service accounts and build pipelines sign in with web identities too. */
function isWorkloadSubject(name: string | undefined): boolean {
  return (
    name !== undefined && /^(system:serviceaccount:|repo:|project_path:|organization:)/.test(name)
  )
}

function crossAccount(identity: Fields): Who {
  const account = textOf(identity.accountId, 255)
  if (account === undefined || /^anonymous/i.test(account)) return { type: 'anonymous' }
  const uid = textOf(identity.principalId, 512)
  const name = uid ?? `account ${account}`
  return {
    type: uid?.startsWith('AROA') === true ? 'workload' : 'unknown',
    name,
    account_uid: account,
  }
}

function otherwise(record: Fields, identity: Fields, userName: string | undefined): Who {
  const name = userName ?? nameOf(at(record.additionalEventData, 'UserName'))
  if (name !== undefined && name !== hidden) return { type: 'user', name }
  const invokedBy = textOf(identity.invokedBy, 320)
  if (invokedBy !== undefined) return { type: 'service', name: invokedBy }
  const isAnonymous = /^anonymous/i.test(textOf(identity.accountId, 255) ?? '')
  if (isAnonymous) return { type: 'anonymous' }
  const isService = record.eventType === 'AwsServiceEvent' && identity.type === undefined
  if (isService) return { type: 'system', name: textOf(record.eventSource, 320) }
  // Before anybody is known, the principal is the account itself.
  const isAccount = identity.principalId === identity.accountId
  return {
    type: 'unknown',
    name: lastStep(identity.arn),
    ...(isAccount ? { uid: undefined } : {}),
  }
}

function sessionOf(identity: Fields, context: Fields, issuer: Fields): Actor['session'] {
  const attributes = fieldsOf(context.attributes)
  const principal = textOf(identity.principalId, 512)
  const colon = principal?.indexOf(':') ?? -1
  const created = textOf(attributes.creationDate, 64)
  const createdTime = created === undefined ? Number.NaN : readIsoFast(created)
  return knownOrNone({
    uid:
      identity.type === 'AssumedRole' && colon !== -1
        ? textOf(principal?.slice(colon + 1), 512)
        : undefined,
    created_time: createdTime >= 0 ? createdTime : undefined,
    issuer: textOf(issuer.arn, 512),
    is_mfa: boolOf(attributes.mfaAuthenticated),
  })
}

/** The principal that an IAM or STS call acts on: a user by name, a role by name or ARN. */
export function targetOf(record: Fields, account: string | undefined): AccessEvent['target'] {
  const source = record.eventSource
  if (source !== 'iam.amazonaws.com' && source !== 'sts.amazonaws.com') return undefined
  const request = fieldsOf(record.requestParameters)
  const user = nameOf(request.userName)
  if (user !== undefined)
    return known<Principal>({ name: user, type: 'user', account_uid: account })
  const arn = textOf(request.roleArn, 512)
  const role = nameOf(request.roleName) ?? lastStep(arn)
  if (role === undefined) return undefined
  return known<Principal>({
    uid: arn,
    name: role,
    type: 'workload',
    account_uid: arn?.split(':')[4] ?? account,
  })
}

/** The account of whoever acted, as the record says it; undefined for the anonymous. */
export function accountOf(identity: Fields): string | undefined {
  const account = textOf(identity.accountId, 255)
  return account === undefined || /^anonymous/i.test(account) ? undefined : account
}

function nameOf(value: unknown): string | undefined {
  const name = textOf(value, 320)
  return name === hidden ? undefined : name
}

/** `federated-user/NAME` of an ARN. */
function resourceOf(arn: unknown): string | undefined {
  return nameOf(textOf(arn, 2048)?.split(':').at(-1))
}

function lastStep(arn: unknown): string | undefined {
  return nameOf(textOf(arn, 2048)?.split(/[/:]/).at(-1))
}
