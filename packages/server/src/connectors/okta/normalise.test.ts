import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import type { Origin } from '../connector.ts'
import { okta } from './normalise.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const records: Record<string, unknown>[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'samples', 'system-log.json'), 'utf8'),
)

function event(record: unknown): AccessEvent {
  const outcome = okta.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(okta, records)

test('System Log records are recognised, and others are not', () => {
  for (const record of records) expect(okta.recognise(record)).toBe(1)
  expect(okta.recognise({ eventType: 'AwsApiCall', eventName: 'x' })).toBe(0)
})

test('a session is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: '0f000000-0000-11ef-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    class_uid: 3002,
    activity: 'user.session.start',
    status_id: 1,
    actor: {
      type: 'user',
      uid: '00u1',
      email_addr: 'Ada@example.com',
      session: { uid: 'S1', root_uid: 'R1' },
    },
    src: {
      ip: '203.0.113.20',
      forwarded: ['192.0.2.1'],
      location: { country: 'NO', city: 'Oslo', lat: 59.91, long: 10.75 },
      autonomous_system: { number: 64500, name: 'fjord net' },
      is_proxy: false,
    },
    device: { uid: 'aabbcc', type: 'desktop', os: 'Mac OS X' },
    auth: { stage: 'session', attempt_uid: 'T1', is_mfa: null, new_device: true },
    vendor_risk: { level_id: 2, reasons: ['Anomalous Location', 'Anomalous Device', 'New Device'] },
  })
})

test('a failed second factor is a step of the same attempt, and no wrong password', () => {
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    failure_class: 'mfa_failed',
    auth: { stage: 'mfa', attempt_uid: 'T1', is_mfa: true, factors: ['push'] },
  })
  expect(event(records[1]).user_agent).toBeUndefined()
})

test('what Okta does itself is no person, and its address is missing', () => {
  expect(event(records[2])).toMatchObject({
    class_uid: 3001,
    activity_id: 4,
    actor: { type: 'system' },
    target: { name: 'grace@example.com' },
    src: { ip_kind: 'missing' },
  })
})

test('a new API token is a credential', () => {
  expect(event(records[3])).toMatchObject({
    class_uid: 6003,
    api: { service: 'okta', operation: 'system.api_token.create' },
    change: ['creates_credential'],
  })
})

test.each([
  ['user.mfa.okta_verify.deny_push', 'SUCCESS', { status_id: 2, failure_class: 'mfa_denied' }],
  ['user.authentication.sso', 'SUCCESS', { status_id: 1 }],
  ['policy.evaluate_sign_on', 'CHALLENGE', { status_id: 99 }],
  ['policy.evaluate_sign_on', 'DENY', { status_id: 2, failure_class: 'policy_blocked' }],
  [
    'user.mfa.factor.reset_all',
    'SUCCESS',
    { class_uid: 3001, activity_id: 11, change: ['weakens_mfa'] },
  ],
  [
    'user.account.privilege.grant',
    'SUCCESS',
    { class_uid: 3001, activity_id: 7, change: ['grants_admin'] },
  ],
  ['group.lifecycle.create', 'SUCCESS', { class_uid: 6003, activity_id: 1 }],
  ['security.threat.detected', 'DENY', { class_uid: 2004 }],
  ['something else', 'SUCCESS', { class_uid: 0 }],
])('%s with %s is %j', (eventType, result, expected) => {
  expect(event({ ...records[3], eventType, outcome: { result } })).toMatchObject(expected)
})

test('a record without id or time in a replay is handled: derived, refused', () => {
  expect(event({ ...records[3], uuid: undefined }).uid_kind).toBe('derived')
  expect(okta.normalise({ ...records[3], published: 'redacted' }, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('"redacted"'),
  })
})

test('no record makes it throw or give an event that is none', () => {
  const keys = [
    'actor',
    'client',
    'outcome',
    'target',
    'authenticationContext',
    'securityContext',
    'debugContext',
    'request',
    'device',
    'transaction',
  ]
  const parts = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), {
    requiredKeys: [],
  })
  fc.assert(
    fc.property(parts, (change) => {
      const odd = { ...records[0], ...change }
      okta.recognise(odd)
      const outcome = okta.normalise(odd, origin)
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
    { numRuns: 200 },
  )
})
