import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import type { Origin } from '../connector.ts'
import { entra } from './normalise.ts'
import { resultOf } from './result-codes.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const graph: Record<string, unknown>[] = JSON.parse(sample('graph.json')).value
const diagnostic: Record<string, unknown>[] = sample('diagnostic.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const other: Record<string, unknown>[] = sample('other-logs.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const [row]: Record<string, unknown>[] = parse(sample('log-analytics.csv'), { columns: true })

function event(record: unknown): AccessEvent {
  const outcome = entra.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(entra, [...graph, ...diagnostic, ...other, row])

test('every shape is recognised, and others are not', () => {
  for (const record of [...graph, ...diagnostic, ...other, row])
    expect(entra.recognise(record)).toBeGreaterThan(0.9)
  for (const record of [
    {},
    [],
    null,
    { userId: 'x', time: 1 },
    { eventName: 'x', eventSource: 'y' },
  ]) {
    expect(entra.recognise(record)).toBe(0)
  }
})

test('a sign-in from Graph is read field by field', () => {
  expect(event(graph[0])).toMatchObject({
    uid: 'e0000000-0000-4000-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 30, 5),
    class_uid: 3002,
    status_id: 1,
    actor: {
      type: 'user',
      name: 'ada@example.com',
      email_addr: 'ada@example.com',
      uid: 'a0000000-0000-4000-8000-000000000001',
    },
    src: {
      ip: '203.0.113.20',
      location: { country: 'NO', city: 'Oslo', lat: 59.91, long: 10.75, provider: 'vendor' },
    },
    device: {
      uid: 'd0000000-0000-4000-8000-000000000001',
      os: 'Windows 11',
      is_managed: true,
      is_compliant: true,
      is_trusted: true,
    },
    app: { name: 'Azure Portal' },
    auth: {
      stage: 'primary',
      is_mfa: true,
      factors: ['password', 'push'],
      attempt_uid: 'c0000000-0000-4000-8000-000000000001',
    },
  })
})

test('a step that asks for a second factor is an interrupt, not a failure; what is empty is absent', () => {
  const { status_id, failure_class, status_code, device, src, auth } = event(graph[1])
  expect({
    status_id,
    failure_class,
    status_code,
    device,
    location: src.location,
    is_mfa: auth?.is_mfa,
  }).toEqual({
    status_id: 99,
    failure_class: undefined,
    status_code: '50076',
    device: { os: 'Windows 11' },
    location: undefined,
    is_mfa: false,
  })
})

test('a diagnostic record carries the time of the sign-in, not of its logging', () => {
  expect(event(diagnostic[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 40, 2, 765),
    status_id: 2,
    failure_class: 'bad_credentials',
    src: { ip: '198.51.100.66', location: { country: 'RO' }, autonomous_system: { number: 64500 } },
    auth: { protocol: 'password_grant', is_mfa: false },
    vendor_risk: { level_id: 3, reasons: ['anonymizedIPAddress'] },
  })
})

test('a service principal is a service, whose time without zone is UTC', () => {
  expect(event(diagnostic[1])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 41, 2),
    failure_class: 'token_invalid',
    actor: { type: 'service', uid: '5b000000-0000-4000-8000-000000000001', name: 'nightly-export' },
    auth: { stage: 'token', is_mfa: null },
  })
})

test('a token that a program fetches for a person is no sign-in of theirs', () => {
  expect(event(other[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 8, 1, 2, 123),
    status_id: 1,
    actor: { type: 'user', email_addr: 'ada@example.com' },
    src: { ip: '2001:db8:0:1::20' },
    auth: {
      stage: 'token',
      is_interactive: false,
      is_mfa: null,
      attempt_uid: 'c0000000-0000-4000-8000-000000000011',
    },
  })
  expect(
    event({ ...graph[0], isInteractive: null, signInEventTypes: ['nonInteractiveUser'] }),
  ).toMatchObject({ auth: { stage: 'token' } })
})

test('a managed identity is a service that has no address', () => {
  expect(event(other[1])).toMatchObject({
    actor: { type: 'service', uid: '5b000000-0000-4000-8000-000000000002', name: 'vm-builder' },
    src: { ip_kind: 'missing' },
    auth: { stage: 'token', is_mfa: null },
  })
})

test('what Identity Protection thinks is a finding of the vendor, not one more sign-in', () => {
  expect(event(other[2])).toMatchObject({
    uid: `a0000000-0000-4000-8000-000000000002/${Date.UTC(2024, 4, 6, 8, 0, 30, 500)}`,
    class_uid: 2004,
    activity: 'riskyUser',
    status_code: 'atRisk',
    actor: { email_addr: 'grace@example.com' },
    vendor_risk: { level_id: 3, reasons: [] },
  })
  expect(event(other[3])).toMatchObject({
    uid: 'd1000000-0000-4000-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 40, 2, 765),
    class_uid: 2004,
    activity: 'unfamiliarFeatures',
    user_agent: 'Mozilla/5.0',
    src: { ip: '198.51.100.66', location: { country: 'RO' } },
    vendor_risk: { level_id: 2, reasons: ['unfamiliarFeatures'] },
  })
})

test('a call of Graph is known by method and path, whatever thing it asks for', () => {
  expect(event(other[4])).toMatchObject({
    class_uid: 6003,
    activity_id: 2,
    status_id: 2,
    failure_class: 'unauthorized',
    actor: { uid: 'a0000000-0000-4000-8000-000000000001', credential_uid: 'kX2' },
    api: { service: 'graph.microsoft.com', operation: 'GET /v1.0/users/*/messages' },
    traffic: { bytes_out: 312 },
  })
})

test('an audit record is a change of an account', () => {
  expect(event(diagnostic[2])).toMatchObject({
    class_uid: 3001,
    activity_id: 4,
    activity: 'Reset user password',
    actor: { name: 'helpdesk@example.com', type: 'user' },
    target: { name: 'grace@example.com', type: 'user' },
    src: { ip: '203.0.113.9' },
  })
})

test('a flattened export of Log Analytics is read, with its columns in JSON and its American times', () => {
  expect(event(row)).toMatchObject({
    time: Date.UTC(2024, 4, 6, 14, 8, 45, 221),
    actor: { type: 'guest', name: 'guest@partner.example' },
    src: { location: { country: 'SE', city: 'Stockholm', lat: 59.33 } },
    device: { os: 'MacOs', browser: 'Safari 17.4' },
    cloud: { account_uid: '7e000000-0000-4000-8000-000000000001' },
    auth: { factors: ['remembered'], is_mfa: null },
  })
})

test('a summary of several sign-ins is left out and says so', () => {
  const summary = {
    'StartTime [UTC]': 'x',
    'EndTime [UTC]': 'y',
    IPAddress: '203.0.113.1',
    Type: 'SigninLogs',
  }
  expect(entra.recognise(summary)).toBeGreaterThan(0.5)
  expect(entra.normalise(summary, origin)).toMatchObject({
    kind: 'skip',
    why: expect.stringContaining('summary'),
  })
})

test.each([
  ['0', '', { status_id: 1 }],
  ['50140', '', { status_id: 99 }],
  ['50034', '', { status_id: 2, failure_class: 'unknown_user' }],
  ['50053', '', { status_id: 2, failure_class: 'locked' }],
  [
    '500121',
    'MFA denied; user declined the authentication',
    { status_id: 2, failure_class: 'mfa_denied' },
  ],
  ['500121', 'MFA denied; fraud reported', { status_id: 2, failure_class: 'mfa_fraud_reported' }],
  ['500121', 'user did not respond', { status_id: 2, failure_class: 'mfa_timeout' }],
  ['500121', '', { status_id: 2, failure_class: 'mfa_failed' }],
  ['53003', '', { status_id: 2, failure_class: 'policy_blocked' }],
  ['1234567', '', { status_id: 2, failure_class: 'other' }],
  [undefined, '', { status_id: 0 }],
])('code %s (%s) means %j', (code, detail, result) => {
  expect(resultOf(code, detail)).toEqual(result)
})

test('nobody and no time are refused with the reason', () => {
  expect(
    entra.normalise({ ...graph[0], userPrincipalName: '', userId: null }, origin),
  ).toMatchObject({ kind: 'reject', why: expect.stringContaining('nobody is named') })
  expect(entra.normalise({ ...graph[0], createdDateTime: 'soon' }, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('"soon"'),
  })
})

test('no record makes it throw or give an event that is none', () => {
  const keys = [
    'status',
    'deviceDetail',
    'location',
    'authenticationDetails',
    'userPrincipalName',
    'properties',
    'initiatedBy',
    'targetResources',
    'riskEventTypes_v2',
    'riskLevel',
    'riskState',
    'riskEventType',
    'requestUri',
    'requestMethod',
    'id',
  ]
  const parts = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), {
    requiredKeys: [],
  })
  fc.assert(
    fc.property(parts, (change) => {
      const odd = { ...graph[0], ...change }
      entra.recognise(odd)
      const outcome = entra.normalise(odd, origin)
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
    { numRuns: 200 },
  )
})
