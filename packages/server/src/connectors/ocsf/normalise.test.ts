import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cloudtrail } from '../aws-cloudtrail/normalise.ts'
import { connectorContract } from '../connector.contract.ts'
import type { Origin } from '../connector.ts'
import { ocsf } from './normalise.ts'
import { ocsfTime } from './time.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'events.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown, connector = ocsf): AccessEvent {
  const outcome = connector.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(ocsf, records)

test('events are recognised, and others are not', () => {
  for (const record of records) expect(ocsf.recognise(record)).toBeGreaterThan(0.9)
  for (const record of [
    { v: 1, class_uid: 3002, metadata: {}, time: 1 },
    { class_uid: 3002 },
    'x',
    null,
  ])
    expect(ocsf.recognise(record)).toBe(0)
})

test('a sign-in is read field by field', () => {
  expect(event(records[1])).toMatchObject({
    uid: 'A-1',
    time: 1714979400123,
    source: { vendor: 'example_corp', product: 'identity', format: 'ocsf' },
    class_uid: 3002,
    activity_id: 1,
    status_id: 1,
    actor: {
      type: 'user',
      uid: 'u-1',
      email_addr: 'ada@example.com',
      session: { uid: 'S1', created_time: 1714979400000 },
    },
    src: {
      ip: '203.0.113.20',
      port: 50122,
      location: { country: 'NO', city: 'Oslo', lat: 59.91, long: 10.75 },
      autonomous_system: { number: 64500, name: 'fjord net' },
    },
    user_agent: 'Mozilla/5.0',
    app: { name: 'Portal', uid: 'app-1' },
    auth: {
      stage: 'primary',
      attempt_uid: 'C1',
      is_mfa: true,
      is_interactive: true,
      factors: ['password', 'webauthn'],
      protocol: 'oidc',
    },
  })
})

test('an early writer that names the person as the actor, and counts seconds, is read alike', () => {
  expect(event(records[2])).toMatchObject({
    time: 1714979460000,
    status_id: 2,
    failure_class: 'unknown_user',
    actor: { name: 'nosuch' },
    auth: { is_mfa: null },
  })
})

test('changes name who and whom', () => {
  expect(event(records[3])).toMatchObject({
    class_uid: 3001,
    activity_id: 4,
    actor: { email_addr: 'helpdesk@example.com', type: 'admin' },
    target: { email_addr: 'grace@example.com', uid: 'u-2' },
  })
  expect(event(records[4])).toMatchObject({
    class_uid: 3005,
    activity_id: 1,
    resources: [{ uid: 'p-1', type: 'project' }],
  })
})

test('another class is kept, as unmapped', () => {
  expect(event(records[5])).toMatchObject({
    class_uid: 0,
    activity: 'Traffic',
    src: { ip: '192.0.2.9' },
  })
})

test('a call of AWS is the event that CloudTrail’s own record gives', () => {
  const own = event(
    {
      eventTime: '2024-05-06T07:58:12Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'AuthorizeSecurityGroupIngress',
      eventID: '0a000000-0000-4000-8000-000000000001',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      sourceIPAddress: '2001:DB8:0:1::20',
      userAgent: 'aws-cli/2.15',
      errorCode: 'Client.UnauthorizedOperation',
      errorMessage: 'You are not authorized',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROA1:grace@example.com',
        arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_1/grace@example.com',
        accountId: '111122223333',
        accessKeyId: 'ASIA1',
        sessionContext: {
          attributes: { mfaAuthenticated: 'false', creationDate: '2024-05-06T07:53:20Z' },
          sessionIssuer: {
            userName: 'AWSReservedSSO_Dev_1',
            arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_1',
          },
        },
      },
    },
    cloudtrail,
  )
  const ours = event(records[0])
  const log = ({ source: { vendor, product, tenant_uid, log_name } }: AccessEvent) => [
    vendor,
    product,
    tenant_uid,
    log_name,
  ]
  expect([ours.uid, ours.time, log(ours)]).toEqual([own.uid, own.time, log(own)])
  expect(ours.actor).toEqual(own.actor)
  expect([ours.src, ours.status_id, ours.failure_class]).toEqual([
    own.src,
    own.status_id,
    own.failure_class,
  ])
})

test.each([
  [{ time: 1714979400123 }, 1714979400123],
  [{ time: 1714979400.123 }, 1714979400123],
  [{ time: 1714979400123456 }, 1714979400123],
  [{ time: '2024-05-06T07:10:00.123Z' }, 1714979400123],
  [{ time: 0, time_dt: '2024-05-06 07:10:00.123' }, 1714979400123],
  [{ time: null, metadata: { original_time: '2024-05-06T07:10:00.123Z' } }, 1714979400123],
  [{ time: 'soon' }, Number.NaN],
])('the time of %j is %d', (record, ms) => {
  expect(ocsfTime(record).ms).toBe(ms)
})

test('no record makes it throw or give an event that is none', () => {
  const keys = [
    'metadata',
    'actor',
    'user',
    'src_endpoint',
    'device',
    'session',
    'api',
    'cloud',
    'resources',
    'auth_factors',
    'status',
    'activity_id',
    'time',
    'count',
    'risk_score',
  ]
  const odd = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), {
    requiredKeys: [],
  })
  fc.assert(
    fc.property(fc.nat(records.length - 1), odd, (i, change) => {
      const record = { ...records[i], ...change }
      ocsf.recognise(record)
      const outcome = ocsf.normalise(record, origin)
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
    { numRuns: 500 },
  )
})
