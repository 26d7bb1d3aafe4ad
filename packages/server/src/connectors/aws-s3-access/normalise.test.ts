import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { s3Access } from './normalise.ts'
import { readLine, regionOf } from './read-line.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const lines = sample('access-log.txt').trim().split('\n')
const rows: unknown[] = sample('athena.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const

function event(record: unknown): AccessEvent {
  const outcome = s3Access.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(s3Access, [...lines, ...rows])

test('a line is read field by field', () => {
  expect(event(lines[0])).toMatchObject({
    uid: '3E57427F3EXAMPLE/REST.GET.OBJECT/budget/2024.pdf',
    time: Date.UTC(2024, 4, 6, 7, 10),
    time_raw: '06/May/2024:07:10:00 +0000',
    source: { vendor: 'aws', product: 's3_access_log', log_name: 'plans' },
    class_uid: 6003,
    activity_id: 2,
    status_id: 1,
    actor: { type: 'user', name: 'ada', account_uid: '111122223333' },
    src: { ip: '203.0.113.20' },
    user_agent: 'aws-cli/2.15.0 Python/3.11',
    api: { operation: 'REST.GET.OBJECT', read_only: true, data_plane: true },
    resources: [
      { name: 'plans', type: 'bucket' },
      { uid: 'budget/2024.pdf', type: 'object' },
    ],
    traffic: { bytes_out: 2_662_992 },
  })
})

test('quotes in what a client sent move nothing', () => {
  expect(event(lines[1])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 11),
    status_id: 2,
    status_code: 'AccessDenied',
    failure_class: 'unauthorized',
    actor: { type: 'anonymous' },
    src: { ip: '2001:db8::77' },
    user_agent: expect.stringMatching(/^x" y" 200 .*S3Console/),
  })
})

test('roles, services and people of single sign-on are told apart', () => {
  expect(event(lines[2])).toMatchObject({
    activity_id: 1,
    actor: { type: 'workload', name: 'loader', account_uid: '111122223333' },
    src: { ip: '10.0.0.7', ip_kind: 'private' },
    traffic: { bytes_in: 1024 },
  })
  expect(event(lines[3])).toMatchObject({
    activity_id: 4,
    status_id: 0,
    actor: { type: 'service', name: 'AmazonS3' },
    src: { ip_kind: 'missing' },
  })
  expect(event(lines[4])).toMatchObject({
    activity_id: 4,
    actor: { type: 'user', email_addr: 'grace@example.com' },
  })
  expect(event(rows[0])).toMatchObject({ failure_class: 'bad_credentials', status_id: 2 })
})

test('an operation that is called like what every table has is one that nobody knows', () => {
  for (const name of ['constructor', 'toString', '__proto__'])
    expect(event({ ...Object(rows[0]), operation: `REST.${name}.OBJECT` }).activity_id).toBe(99)
})

test('no user agent can forge a status, a requester or an address, and none takes long', () => {
  const [before = '', after = ''] = (lines[0] ?? '').split('aws-cli/2.15.0 Python/3.11')
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('" 403 AccessDenied 1 1 1 1 "', '" "', '"')),
      (agent) => {
        const read = readLine(`${before}${agent.replaceAll('\n', '')}${after}`)
        expect(read).toMatchObject({
          httpstatus: '200',
          remoteip: '203.0.113.20',
          operation: 'REST.GET.OBJECT',
        })
      },
    ),
  )
  const start = performance.now()
  for (const part of ['" ', '"', ' ', '[', '- ', '" 200 '])
    s3Access.normalise(`${before}${part.repeat(60_000)}${after}`, origin)
  for (const part of ['" ', 'a" ', '" 2 '])
    readLine((lines[0] ?? '').replace('GET /plans/budget/2024.pdf HTTP/1.1', part.repeat(60_000)))
  expect(performance.now() - start).toBeLessThan(2_000)
})

test.each([
  ['plans.s3.eu-north-1.amazonaws.com', undefined, 'eu-north-1'],
  ['s3-eu-west-1.amazonaws.com', undefined, 'eu-west-1'],
  ['s3.dualstack.us-gov-west-1.amazonaws.com', undefined, 'us-gov-west-1'],
  ['plans.s3-website-us-east-1.amazonaws.com', undefined, 'us-east-1'],
  ['plans.s3.cn-north-1.amazonaws.com.cn', undefined, 'cn-north-1'],
  ['plans.s3.amazonaws.com', undefined, undefined],
  ['eu-north-1.example.com', undefined, undefined],
  ['-', 'arn:aws:s3:us-west-1:111122223333:accesspoint/reports', 'us-west-1'],
  [undefined, '-', undefined],
])('endpoint %s and access point %s are of the region %s', (host, arn, region) => {
  expect(regionOf(host, arn)).toBe(region)
})
