import type { AccessEvent, AuthDetail, Resource } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject, skip } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { identified } from '../values/derived-uid.ts'
import {
  at,
  entryOf,
  type Fields,
  fieldsOf,
  isFields,
  known,
  knownOrNone,
  listOf,
} from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { boolOf, countOf, numberOf, textOf } from '../values/text.ts'
import { readIsoFast } from '../values/time.ts'
import { accountOf, actorOf, targetOf } from './actor.ts'
import { changeFacts } from './change-facts.ts'
import { credentialOf } from './credential.ts'
import { noticeOf } from './notices.ts'
import { type Operation, operationOf } from './operations.ts'
import { restore } from './restore.ts'

/** AWS CloudTrail records as delivered, through Logstash, and flattened or re-spelled exports. */
export const cloudtrail: Connector = {
  format: 'cloudtrail',
  title: 'AWS CloudTrail (JSON, or CSV with a column per field in any spelling)',
  recognise(record) {
    if (!isFields(record)) return 0
    if (typeof record.eventSource === 'string' && typeof record.eventName === 'string') return 1
    if (noticeOf(record) !== undefined) return 0.9
    const { eventName, eventSource, eventID, sourceIPAddress, userIdentity, requestParameters } =
      restore(record)
    if (eventName === undefined) return 0
    const others = [eventSource, eventID, sourceIPAddress, userIdentity, requestParameters]
    const found = others.filter((value) => value !== undefined).length
    return found >= 4 ? 0.95 : found === 3 ? 0.6 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a CloudTrail record: it has no fields')
    const isPlain = typeof record.eventName === 'string' && isFields(record.userIdentity)
    if (isPlain && record.eventSource !== 'aws:s3') return eventOf(record, origin)
    const notice = noticeOf(record)
    return notice === undefined ? eventOf(restore(record), origin) : skip(notice)
  },
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const name = textOf(record.eventName, 255)
  if (name === undefined) return reject('eventName is missing: not a CloudTrail record')
  if (record.eventCategory === 'Insight' || record.eventType === 'AwsCloudTrailInsight') {
    return skip('a CloudTrail Insight, which sums up calls that have records of their own')
  }
  const said = record.eventTime ?? record['@timestamp']
  const when = instantOf(typeof said === 'string' ? readIsoFast(said) : Number.NaN, said, origin)
  if ('why' in when) return reject(when.why)
  const operation = operationOf(name)
  const outcome = outcomeOf(record, name)
  const actor = actorOf(record)
  const account = textOf(record.recipientAccountId, 255) ?? actor.account_uid
  const service = textOf(record.eventSource, 255) ?? guessedService(record)
  const change = outcome.status_id === 1 ? changeFacts(name, record.requestParameters, account) : []
  const extra = fieldsOf(record.additionalEventData)
  const twin = twinOf(record)
  return ok(
    identified(
      {
        v: 1,
        revision: 0,
        time: when.time,
        observed_time: origin.now,
        source: known({
          vendor: 'aws',
          product: 'cloudtrail',
          format: 'cloudtrail',
          connector: origin.connector,
          tenant_uid: twin?.caller ?? account,
        }),
        class_uid: operation.class_uid,
        activity_id: operation.activity_id,
        activity: name,
        status_id: outcome.status_id,
        status_code: outcome.status_code,
        status_detail: outcome.status_detail,
        failure_class: outcome.failure_class,
        actor,
        target: targetOf(record, account),
        src: sourceAddress(record),
        user_agent: isBackendSignIn(record) ? undefined : textOf(record.userAgent, 1024),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'aws',
          account_uid: account,
          region: textOf(record.awsRegion, 64),
        }),
        api: known({
          service,
          operation: name,
          read_only: boolOf(record.readOnly) ?? (operation.activity_id === 2 || undefined),
          request_uid: textOf(record.requestID, 255),
          data_plane:
            record.eventCategory === 'Data' ||
            boolOf(record.managementEvent) === false ||
            undefined,
        }),
        change: change.length === 0 ? undefined : [...change],
        resources: resourcesOf(record, account),
        traffic: knownOrNone({
          bytes_in: bytesOf(extra.bytesTransferredIn),
          bytes_out: bytesOf(extra.bytesTransferredOut),
        }),
        auth: authOf(record, operation, actor.type),
        credential: outcome.status_id === 1 ? credentialOf(record) : undefined,
        count: countOf(record.repeatedAttempts) || undefined,
        warnings: when.warnings,
      },
      twin?.uid ?? record.eventID,
    ),
  )
}

/**
 * A call across accounts has a record in either of them, each with an id of its own. What they share makes them one event of the
 * caller's log.
 */
function twinOf(record: Fields): { readonly uid: string; readonly caller: string } | undefined {
  const uid = textOf(record.sharedEventID, 512)
  const caller = uid === undefined ? undefined : accountOf(fieldsOf(record.userIdentity))
  return uid === undefined || caller === undefined ? undefined : { uid, caller }
}

type OutcomeFields = Pick<
  AccessEvent,
  'status_id' | 'status_code' | 'status_detail' | 'failure_class'
>

function outcomeOf(record: Fields, name: string): OutcomeFields {
  const said = at(record.responseElements, name) ?? at(record.serviceEventDetails, name)
  const code = textOf(record.errorCode, 255)
  const detail = textOf(record.errorMessage, 1024)
  if (said === 'Success') return { status_id: 1 }
  if (said === 'Failure' || code !== undefined) {
    return {
      status_id: 2,
      status_code: code ?? 'Failure',
      status_detail: detail,
      failure_class: failureOf(record, name, code, detail),
    }
  }
  return { status_id: 1 }
}

const codes: readonly (readonly [RegExp, NonNullable<AccessEvent['failure_class']>])[] = [
  [/AccessDenied|Unauthorized|Forbidden|NotAuthorized/, 'unauthorized'],
  [/Throttl|RequestLimitExceeded|TooManyRequests|SlowDown/, 'rate_limited'],
  [
    /InvalidClientTokenId|ExpiredToken|AuthFailure|SignatureDoesNotMatch|InvalidAccessKeyId/,
    'token_invalid',
  ],
]

function failureOf(
  record: Fields,
  name: string,
  code: string | undefined,
  detail: string | undefined,
): NonNullable<AccessEvent['failure_class']> {
  if (name === 'CheckMfa' || isSecondFactor(record)) return 'mfa_failed'
  const isSignIn = name === 'ConsoleLogin' || name === 'CredentialVerification'
  if (isSignIn) return /no username found/i.test(detail ?? '') ? 'unknown_user' : 'bad_credentials'
  return codes.find(([form]) => form.test(code ?? ''))?.[1] ?? 'other'
}

const credentialTypes: Readonly<Record<string, NonNullable<AuthDetail['factors']>[number]>> = {
  PASSWORD: 'password',
  TOTP: 'otp',
  EMAIL_OTP: 'otp',
  WEBAUTHN: 'webauthn',
}

/** Which factor a step of AWS's single sign-on asks for. */
function factorOf(record: Fields): NonNullable<AuthDetail['factors']>[number] | undefined {
  const type = textOf(at(record.additionalEventData, 'CredentialType'), 64)
  return type === undefined ? undefined : (entryOf(credentialTypes, type) ?? 'other')
}

function isSecondFactor(record: Fields): boolean {
  const factor = record.eventName === 'CredentialVerification' ? factorOf(record) : undefined
  return factor !== undefined && factor !== 'password'
}

/** Single sign-on takes on roles from AWS's own machines, whose address and program are not the person's. */
function isBackendSignIn(record: Fields): boolean {
  if (record.eventName !== 'AssumeRoleWithSAML') return false
  const role = textOf(at(record.requestParameters, 'roleArn'), 2048)
  return role?.includes(':role/aws-reserved/sso.amazonaws.com/') === true
}

function sourceAddress(record: Fields): AccessEvent['src'] {
  const address = readAddress(record.sourceIPAddress)
  if (!isBackendSignIn(record)) return address
  return known({ ip_raw: address.ip ?? address.ip_raw, ip_kind: 'service' })
}

/** Canary exports leave the service out; a bucket in the parameters says which it is. */
function guessedService(record: Fields): string {
  return at(record.requestParameters, 'bucketName') === undefined ? 'unknown' : 's3.amazonaws.com'
}

function authOf(
  record: Fields,
  operation: Operation,
  type: AccessEvent['actor']['type'],
): AuthDetail | undefined {
  if (operation.stage === undefined) return undefined
  const used = textOf(at(record.additionalEventData, 'MFAUsed'), 8)
  // For federated people the identity provider asked for the factor, and CloudTrail says "No".
  const isOwn = type === 'user' || type === 'root'
  const federated = fieldsOf(record.userIdentity).type === 'AssumedRole'
  const stage = isSecondFactor(record) ? 'mfa' : operation.stage
  const factor = factorOf(record)
  return known<AuthDetail>({
    stage,
    attempt_uid: textOf(at(record.additionalEventData, 'AuthWorkflowID'), 512),
    factors: factor === undefined ? undefined : [factor],
    is_mfa:
      stage === 'mfa' ||
      (used === 'Yes' ? true : used === 'No' && isOwn && !federated ? false : null),
    is_interactive: stage === 'primary' || undefined,
    protocol: operation.protocol,
    idp: textOf(at(record.userIdentity, 'identityProvider'), 255),
  })
}

const parameterResources: readonly (readonly [name: string, type: string])[] = [
  ['bucketName', 'AWS::S3::Bucket'],
  ['secretId', 'AWS::SecretsManager::Secret'],
  ['functionName', 'AWS::Lambda::Function'],
  ['tableName', 'AWS::DynamoDB::Table'],
  ['dBInstanceIdentifier', 'AWS::RDS::DBInstance'],
  ['keyId', 'AWS::KMS::Key'],
  ['instanceId', 'AWS::EC2::Instance'],
]

function resourcesOf(record: Fields, account: string | undefined): Resource[] | undefined {
  const listed = listOf(record.resources)
  if (listed.length > 0) {
    return listed.slice(0, 8).flatMap((one) => {
      const { ARN, arn, type, accountId } = fieldsOf(one)
      const resource = knownOrNone({
        uid: textOf(ARN ?? arn, 2048),
        type: textOf(type, 255),
        account_uid: textOf(accountId, 255),
      })
      return resource === undefined ? [] : [resource]
    })
  }
  const request = fieldsOf(record.requestParameters)
  for (const [name, type] of parameterResources) {
    const found = textOf(request[name], 1024)
    if (found !== undefined) return [known({ name: found, type, account_uid: account })]
  }
  return undefined
}

function bytesOf(value: unknown): number | undefined {
  const bytes = numberOf(value)
  return bytes !== undefined && bytes >= 0 ? bytes : undefined
}
