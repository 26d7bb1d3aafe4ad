import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import type { Origin } from '../connector.ts'
import { changeFacts } from './change-facts.ts'
import { cloudtrail } from './normalise.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const samples = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const records: Record<string, unknown>[] = JSON.parse(samples('records.json')).Records

function event(record: unknown): AccessEvent {
  const outcome = cloudtrail.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

function record(change: Record<string, unknown>, base = 1): Record<string, unknown> {
  return { ...records[base], ...change }
}

connectorContract(cloudtrail, records)

describe('a CloudTrail record', () => {
  test('is recognised, and others are not', () => {
    for (const one of records) expect(cloudtrail.recognise(one)).toBe(1)
    expect(cloudtrail.recognise({ eventType: 'user.session.start', published: 'x' })).toBe(0)
  })

  test.each<[string, Record<string, unknown>]>([
    ['a notification of a file', { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }],
    ['a notification of a file', { s3Bucket: 'trail', s3ObjectKey: ['AWSLogs/1.json.gz'] }],
    ['a digest', { digestStartTime: 'x', digestS3Object: 'y' }],
    ['a test message', { Service: 'Amazon S3', Event: 's3:TestEvent' }],
    ['a control message', { messageType: 'CONTROL_MESSAGE', logEvents: [] }],
    ['its subscription', { Type: 'SubscriptionConfirmation', TopicArn: 'arn', Token: 'x' }],
  ])('is not %s, which is left out', (why, notice) => {
    expect(cloudtrail.recognise(notice)).toBeGreaterThanOrEqual(0.9)
    expect(cloudtrail.normalise(notice, origin)).toMatchObject({
      kind: 'skip',
      why: expect.stringContaining(why),
    })
  })

  test('of a call across accounts is the same event in either of them', () => {
    const call = { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', sharedEventID: 'S1' }
    const own = record({ ...call, eventID: 'one', recipientAccountId: '111122223333' }, 0)
    const other = record(
      {
        ...call,
        eventID: 'two',
        recipientAccountId: '444455556666',
        userIdentity: { type: 'AWSAccount', accountId: '111122223333', principalId: 'AIDA1' },
      },
      0,
    )
    const [here, there] = [event(own), event(other)]
    expect([there.uid, there.source, there.time]).toEqual([here.uid, here.source, here.time])
    expect(there.cloud?.account_uid).toBe('444455556666')
    expect(event(record({ sharedEventID: undefined, eventID: 'three' })).uid).toBe('three')
  })

  test('of single sign-on is one step of an attempt that has an id', () => {
    const step = record(
      {
        eventName: 'CredentialVerification',
        eventSource: 'signin.amazonaws.com',
        additionalEventData: { AuthWorkflowID: 'W1', CredentialType: 'TOTP' },
        serviceEventDetails: { CredentialVerification: 'Failure' },
      },
      0,
    )
    expect(event(step)).toMatchObject({
      status_id: 2,
      failure_class: 'mfa_failed',
      auth: { stage: 'mfa', attempt_uid: 'W1', is_mfa: true, factors: ['otp'] },
    })
  })

  test('of a console sign-in says who, how and whether there was a second factor', () => {
    expect(event(records[0])).toMatchObject({
      uid: '0a000000-0000-4000-8000-000000000001',
      uid_kind: 'native',
      time: Date.UTC(2024, 4, 6, 7, 58, 12),
      observed_time: origin.now,
      source: {
        vendor: 'aws',
        product: 'cloudtrail',
        format: 'cloudtrail',
        tenant_uid: '111122223333',
      },
      class_uid: 3002,
      activity: 'ConsoleLogin',
      status_id: 1,
      actor: {
        type: 'user',
        name: 'ada',
        uid: 'AIDAEXAMPLE0000000001',
        account_uid: '111122223333',
      },
      src: { ip: '203.0.113.20', ip_kind: 'public' },
      cloud: { provider: 'aws', region: 'us-east-1' },
      auth: { stage: 'primary', is_mfa: false },
    })
  })

  test('of a person behind single sign-on names the person, not the role', () => {
    expect(event(records[1])).toMatchObject({
      class_uid: 6003,
      actor: {
        type: 'user',
        name: 'grace@example.com',
        email_addr: 'grace@example.com',
        credential_uid: 'ASIAEXAMPLE000000001',
        session: { uid: 'grace@example.com', created_time: Date.UTC(2024, 4, 6, 8), is_mfa: false },
      },
      src: { ip: '2001:db8:0:1::20', ip_raw: '2001:DB8:0:1::20' },
      api: {
        service: 'ec2.amazonaws.com',
        operation: 'AuthorizeSecurityGroupIngress',
        read_only: false,
      },
      change: ['opens_network_to_world'],
    })
  })

  test('of a machine names the role, and counts the bytes', () => {
    expect(event(records[2])).toMatchObject({
      activity_id: 2,
      actor: { type: 'workload', name: 'web-server', session: { uid: 'i-0a1b2c3d4e5f60718' } },
      api: { read_only: true, data_plane: true },
      resources: [
        { type: 'AWS::S3::Object', uid: 'arn:aws:s3:::example-invoices/2024/04.csv' },
        {},
      ],
      traffic: { bytes_in: 0, bytes_out: 1048576 },
    })
  })

  test('of a hidden user name names nobody', () => {
    const { actor, status_id, failure_class } = event(records[3])
    expect({ actor, status_id, failure_class }).toEqual({
      actor: { type: 'unknown', account_uid: '111122223333' },
      status_id: 2,
      failure_class: 'unknown_user',
    })
  })

  test('of a service has no address to judge', () => {
    expect(event(records[4])).toMatchObject({
      actor: {
        type: 'service',
        name: 'autoscaling.amazonaws.com',
        invoked_by: 'autoscaling.amazonaws.com',
      },
      src: { ip_kind: 'service', ip_raw: 'autoscaling.amazonaws.com' },
    })
  })

  test('of a refused call changes nothing, and says whom it was meant for', () => {
    const { status_id, failure_class, change, target, class_uid } = event(records[5])
    expect({ status_id, failure_class, change, target, class_uid }).toEqual({
      status_id: 2,
      failure_class: 'unauthorized',
      change: undefined,
      target: { type: 'user', name: 'backup', account_uid: '111122223333' },
      class_uid: 3001,
    })
  })

  test('does not claim that a federated person signed in without a second factor', () => {
    const federated = { ...records[0], userIdentity: records[1]?.userIdentity }
    expect(event(federated).auth?.is_mfa).toBeNull()
    const own = record({ additionalEventData: { MFAUsed: 'Yes' } }, 0)
    expect(event(own).auth?.is_mfa).toBe(true)
  })

  test('of a switched role keeps where the person came from', () => {
    const switched = record({
      eventName: 'SwitchRole',
      eventSource: 'signin.amazonaws.com',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:ada',
        arn: 'arn:aws:sts::444455556666:assumed-role/Admin/ada',
        accountId: '444455556666',
      },
      responseElements: { SwitchRole: 'Failure' },
      additionalEventData: { SwitchFrom: 'arn:aws:iam::111122223333:user/ada' },
    })
    expect(event(switched)).toMatchObject({
      status_id: 2,
      actor: { type: 'user', name: 'ada', assumed_from: 'arn:aws:iam::111122223333:user/ada' },
    })
  })

  test("of single sign-on's own machines leaves their address and program out", () => {
    const backend = record({
      eventName: 'AssumeRoleWithSAML',
      eventSource: 'sts.amazonaws.com',
      userIdentity: {
        type: 'SAMLUser',
        principalId: 'x=:grace@example.com',
        userName: 'grace@example.com',
        identityProvider: 'x=',
      },
      requestParameters: {
        roleArn: 'arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev',
      },
      sourceIPAddress: '198.51.100.1',
      userAgent: 'aws-sdk-java/2.20',
    })
    const { src, user_agent, actor } = event(backend)
    expect({ src, user_agent, name: actor.name }).toEqual({
      src: { ip_kind: 'service', ip_raw: '198.51.100.1' },
      user_agent: undefined,
      name: 'grace@example.com',
    })
  })

  test('without id is known by its content', () => {
    const bare = event(record({ eventID: undefined }))
    expect(bare.uid_kind).toBe('derived')
    expect(event(record({ eventID: undefined })).uid).toBe(bare.uid)
    expect(event(record({ eventID: undefined, awsRegion: 'eu-west-1' })).uid).not.toBe(bare.uid)
  })

  test.each([
    [{ eventTime: undefined }, 'reject', 'the record has no time'],
    [{ eventTime: '9999-12-31T23:59:59Z' }, 'reject', 'lies in the future'],
    [{ eventTime: 'soon' }, 'reject', 'time "soon" cannot be read'],
    [{ eventName: undefined }, 'reject', 'eventName is missing'],
    [{ eventCategory: 'Insight' }, 'skip', 'Insight'],
  ])('with %j is no event', (change, kind, why) => {
    const outcome = cloudtrail.normalise(record(change), origin)
    expect(outcome).toMatchObject({ kind, why: expect.stringContaining(why) })
  })

  test('with a live time that cannot be read has the time of its receipt, and keeps its uid', () => {
    const odd = record({ eventTime: 'soon', eventID: undefined })
    const first = cloudtrail.normalise(odd, { ...origin, mode: 'live' })
    const later = cloudtrail.normalise(odd, { ...origin, mode: 'live', now: origin.now + 5 })
    expect(first).toMatchObject({
      kind: 'ok',
      value: { time: origin.now, warnings: ['unreadable_time'] },
    })
    if (first.kind === 'ok' && later.kind === 'ok') expect(later.value.uid).toBe(first.value.uid)
  })
})

describe('an export', () => {
  test.each([
    ['in lower case', (text: string) => text.toLowerCase()],
    ['in upper case', (text: string) => text.toUpperCase()],
  ])('with every name %s gives the same event', (_, spell) => {
    const respelled = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, part]) => [spell(key), respelled(part)]),
          )
        : value
    for (const one of records.slice(0, 5)) {
      expect(event(respelled(one))).toEqual(event(one))
    }
  })

  test.each(['.', '_', ''])('with a column a path joined by %j gives the same event', (joint) => {
    const flat: Record<string, unknown> = {}
    const flatten = (value: unknown, path: string) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        for (const [key, part] of Object.entries(value))
          flatten(part, path === '' ? key : `${path}${joint}${key}`)
      } else flat[path] = typeof value === 'string' ? value : JSON.stringify(value)
    }
    for (const one of records) {
      for (const key of Object.keys(flat)) delete flat[key]
      flatten(one, '')
      // Lists such as `resources` have no columns of their own.
      const { resources: _, ...expected } = event(one)
      const { resources: __, ...found } = event(flat)
      expect(found).toEqual(expected)
    }
  })

  test('as CSV with mixed spelling is read whole', () => {
    const rows: unknown[] = parse(samples('flattened.csv'), { columns: true })
    for (const row of rows) expect(cloudtrail.recognise(row)).toBeGreaterThan(0.9)
    expect(rows.map(event)).toMatchObject([
      {
        activity: 'ListObjects',
        actor: { name: 'ada', session: { is_mfa: true } },
        resources: [{ name: 'example-invoices' }],
      },
      { activity: 'AttachUserPolicy', class_uid: 3001, change: ['grants_admin'] },
    ])
  })

  test('of a canary service is read, with the caller in Python notation', () => {
    const rows: unknown[] = parse(samples('canary.csv'), { columns: true })
    expect(cloudtrail.recognise(rows[0])).toBeGreaterThan(0.9)
    expect(event(rows[0])).toMatchObject({
      activity: 'ListObjects',
      count: 3,
      actor: { type: 'anonymous' },
      api: { service: 's3.amazonaws.com' },
      src: { ip: '198.51.100.90' },
      time: Date.UTC(2024, 4, 6, 10),
    })
  })

  test('with fields printed as key=value maps is read', () => {
    const row = {
      ...records[0],
      userIdentity: '{type=IAMUser, principalid=AIDA1, arn=arn:aws:iam::1:user/ada, username=ada}',
    }
    expect(event(row).actor).toMatchObject({ type: 'user', name: 'ada', uid: 'AIDA1' })
  })
})

const everything = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
const publicRead = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }] }
test.each([
  [
    'AttachRolePolicy',
    { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    ['grants_admin'],
  ],
  ['AttachRolePolicy', { policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, []],
  ['PutUserPolicy', { policyDocument: JSON.stringify(everything) }, ['grants_admin']],
  ['PutUserPolicy', { policyDocument: JSON.stringify(publicRead) }, []],
  ['AddUserToGroup', { groupName: 'Admins' }, ['grants_admin']],
  ['PutBucketPolicy', { bucketPolicy: publicRead }, ['grants_public_access']],
  [
    'PutBucketPolicy',
    {
      bucketPolicy: {
        Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999988887777:root' } }],
      },
    },
    ['shares_outside'],
  ],
  [
    'PutBucketPolicy',
    {
      bucketPolicy: {
        Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' } }],
      },
    },
    [],
  ],
  [
    'PutBucketPolicy',
    { bucketPolicy: { Statement: [{ ...publicRead.Statement[0], Condition: {} }] } },
    [],
  ],
  ['PutBucketAcl', { 'x-amz-acl': ['public-read'] }, ['grants_public_access']],
  [
    'PutBucketPublicAccessBlock',
    { PublicAccessBlockConfiguration: { BlockPublicAcls: false } },
    ['grants_public_access'],
  ],
  ['AuthorizeSecurityGroupIngress', { cidrIp: '::/0' }, ['opens_network_to_world']],
  ['AuthorizeSecurityGroupIngress', { cidrIp: '10.0.0.0/8' }, []],
  [
    'ModifySnapshotAttribute',
    { createVolumePermission: { add: { items: [{ group: 'all' }] } } },
    ['grants_public_access'],
  ],
  ['ModifyDBSnapshotAttribute', { valuesToAdd: ['all'] }, ['grants_public_access']],
  [
    'ModifyImageAttribute',
    { launchPermission: { add: { items: [{ userId: '999988887777' }] } } },
    ['shares_outside'],
  ],
  [
    'UpdateAssumeRolePolicy',
    { policyDocument: '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"999988887777"}}]}' },
    ['shares_outside'],
  ],
  ['AddPermission20150331v2', { principal: '*' }, ['grants_public_access']],
  ['PutEventSelectors', { eventSelectors: [{ readWriteType: 'ReadOnly' }] }, ['disables_logging']],
  [
    'PutEventSelectors',
    { eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }] },
    [],
  ],
  ['UpdateDetector', { enable: false }, ['disables_protection']],
  ['StopLogging', null, ['disables_logging']],
  ['DeactivateMFADevice', {}, ['weakens_mfa']],
  ['CreateAccessKey', {}, ['creates_credential']],
  ['ListBuckets', {}, []],
])('%s with %j changes %j', (operation, parameters, facts) => {
  expect(changeFacts(operation, parameters, '111122223333')).toEqual(facts)
})

test('no record makes it throw or give an event that is none', () => {
  const keys = [
    'eventName',
    'userIdentity',
    'eventTime',
    'requestParameters',
    'sourceIPAddress',
    'resources',
    '__proto__',
    'responseElements',
  ]
  const parts = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), {
    requiredKeys: [],
  })
  fc.assert(
    fc.property(fc.nat(records.length - 1), parts, (i, change) => {
      const odd = { ...records[i], ...change }
      expect(cloudtrail.recognise(odd)).toBeGreaterThanOrEqual(0)
      const outcome = cloudtrail.normalise(odd, origin)
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
    { numRuns: 300 },
  )
})
