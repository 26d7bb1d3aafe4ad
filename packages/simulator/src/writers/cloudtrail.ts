import type { AccessEvent } from '@gatewatch/schema'
import type { SimulatedEvent } from '../truth.ts'
import type { Piece } from './piece.ts'

/** The API activity of a stream as one CloudTrail file: `{"Records":[...]}`. */
export function* writeCloudTrail(events: Iterable<SimulatedEvent>): Generator<Piece> {
  let separator = '{"Records":[\n'
  for (const { event, truth } of events) {
    if (event.source.product !== 'cloudtrail') continue
    const text = `${separator}${JSON.stringify(cloudTrailRecord(event))}`
    yield { text, row: { uid: event.uid, truth } }
    separator = ',\n'
  }
  yield { text: separator === ',\n' ? '\n]}\n' : '{"Records":[]}\n' }
}

/** The API activity of a stream as CloudTrail records, one a line. */
export function* writeCloudTrailLines(events: Iterable<SimulatedEvent>): Generator<Piece> {
  for (const { event, truth } of events) {
    if (event.source.product !== 'cloudtrail') continue
    yield {
      text: `${JSON.stringify(cloudTrailRecord(event))}\n`,
      row: { uid: event.uid, truth },
    }
  }
}

/** One call as CloudTrail writes it (event version 1.11). Times are whole seconds. */
function cloudTrailRecord(event: AccessEvent): Record<string, unknown> {
  const { api, cloud, traffic } = event
  const account = cloud?.account_uid
  const [resource] = event.resources ?? []
  const bytes = traffic === undefined ? undefined : transferred(traffic)
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(event),
    eventTime: `${new Date(event.time).toISOString().slice(0, 19)}Z`,
    eventSource: api?.service,
    eventName: api?.operation,
    awsRegion: cloud?.region,
    sourceIPAddress: event.src.ip,
    userAgent: event.user_agent,
    ...(event.status_id === 2
      ? {
          errorCode: event.status_code,
          errorMessage: `User is not authorized to perform: ${api?.operation}`,
        }
      : {}),
    requestParameters: requestParameters(event),
    responseElements: null,
    ...(bytes === undefined ? {} : { additionalEventData: bytes }),
    requestID: event.uid.split('').reverse().join('').replaceAll('-', ''),
    eventID: event.uid,
    readOnly: api?.read_only,
    ...(resource?.uid === undefined
      ? {}
      : { resources: [{ ARN: resource.uid, accountId: account }] }),
    eventType: 'AwsApiCall',
    managementEvent: api?.data_plane !== true,
    recipientAccountId: account,
    eventCategory: api?.data_plane === true ? 'Data' : 'Management',
  }
}

function transferred(traffic: NonNullable<AccessEvent['traffic']>): Record<string, number> {
  return {
    ...(traffic.bytes_in === undefined ? {} : { bytesTransferredIn: traffic.bytes_in }),
    ...(traffic.bytes_out === undefined ? {} : { bytesTransferredOut: traffic.bytes_out }),
  }
}

function userIdentity(event: AccessEvent): Record<string, unknown> {
  const { actor } = event
  const account = actor.account_uid
  const issuer = actor.session?.issuer
  const common = { principalId: actor.uid, accountId: account, accessKeyId: actor.credential_uid }
  if (issuer === undefined)
    return {
      type: 'IAMUser',
      ...common,
      arn: `arn:aws:iam::${account}:user/${actor.name}`,
      userName: actor.name,
    }
  const role = issuer.split('/').at(-1)
  return {
    type: 'AssumedRole',
    ...common,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${actor.name}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: actor.uid?.split(':')[0],
        arn: issuer,
        accountId: account,
        userName: role,
      },
      attributes: {
        creationDate: `${new Date(event.time - (event.time % 3_600_000)).toISOString().slice(0, 19)}Z`,
        mfaAuthenticated: 'false',
      },
    },
  }
}

/** The parameters that tell what a change is about; the canonical event holds only the fact. */
function requestParameters(event: AccessEvent): Record<string, unknown> | null {
  const name = event.resources?.[0]?.uid?.split(/[:/]/).at(-1)
  const facts = event.change ?? []
  const operation = event.api?.operation ?? ''
  if (facts.includes('grants_admin') && /^(Create|Put).*Policy/.test(operation))
    return {
      policyName: name,
      policyDocument: policyOf({ Effect: 'Allow', Action: '*', Resource: '*' }),
      ...(operation === 'CreatePolicyVersion' ? { setAsDefault: true } : {}),
    }
  if (facts.includes('shares_outside') && operation === 'PutBucketPolicy')
    return {
      bucketName: name,
      bucketPolicy: policyOf({
        ...{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/*` },
        Principal: { AWS: 'arn:aws:iam::999988887777:root' },
      }),
    }
  if (operation === 'PutEventSelectors')
    return {
      trailName: name,
      eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }],
    }
  if (facts.includes('grants_admin'))
    return { userName: name, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }
  if (facts.includes('opens_network_to_world'))
    return {
      groupId: `sg-${event.uid.slice(0, 8)}`,
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 22,
            toPort: 22,
            ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          },
        ],
      },
    }
  if (facts.includes('shares_outside'))
    return {
      snapshotId: `snap-${event.uid.slice(0, 8)}`,
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ userId: '999988887777' }] } },
    }
  if (name === undefined) return null
  return event.api?.service === 's3.amazonaws.com' ? { bucketName: name } : { name }
}

function policyOf(statement: Record<string, unknown>): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}
