import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { duo } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'logs.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = duo.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(duo, records)

test('an approved push is read field by field; travel looks at the access device', () => {
  expect(event(records[0])).toMatchObject({
    uid: 't-1',
    time: 1714979400123,
    class_uid: 3002,
    status_id: 1,
    status_code: 'user_approved',
    actor: { type: 'user', uid: 'DU1', name: 'ada', email_addr: 'ada@example.com' },
    src: {
      ip: '203.0.113.20',
      forwarded: ['192.0.2.7'],
      location: { country: 'NO', city: 'Oslo' },
    },
    device: { uid: 'EP1', os: 'Mac OS X 14.4', browser: 'Chrome 124.0', is_trusted: true },
    app: { uid: 'DI1', name: 'VPN' },
    auth: { stage: 'mfa', attempt_uid: 't-1', is_mfa: true, factors: ['push'] },
  })
})

test('a push that was reported is fraud, whatever else', () => {
  expect(event(records[1])).toMatchObject({
    time: 1714979460000,
    status_id: 2,
    failure_class: 'mfa_fraud_reported',
    actor: { email_addr: 'grace@example.com' },
    vendor_risk: { level_id: 2, reasons: ['Anomalous login'] },
  })
})

test.each([
  ['denied', 'no_response', { failure_class: 'mfa_timeout' }],
  ['denied', 'invalid_passcode', { failure_class: 'mfa_failed' }],
  ['denied', 'out_of_date', { failure_class: 'policy_blocked' }],
  ['denied', 'constructor', { failure_class: 'policy_blocked' }],
  ['success', 'bypass_user', { status_id: 1, auth: { is_mfa: false } }],
  ['success', 'remembered_device', { auth: { is_mfa: false } }],
])('%s for %s is %j', (result, reason, expected) => {
  expect(event({ ...records[0], result, reason })).toMatchObject(expected)
})

test('administrators are known by address, else by a name that is Duo’s alone', () => {
  expect(event(records[2])).toMatchObject({
    class_uid: 3001,
    actor: { type: 'admin', name: 'Help Desk', domain: 'duo' },
    target: { email_addr: 'grace@example.com' },
    change: ['creates_credential'],
  })
  expect(event(records[3])).toMatchObject({
    class_uid: 3002,
    actor: { email_addr: 'helpdesk@example.com' },
    src: { ip: '203.0.113.9' },
    auth: { stage: 'primary', is_mfa: true },
  })
})

test('an offline sign-in has no address', () => {
  expect(event({ ...records[0], access_device: { ip: '0.0.0.0' } }).src).toEqual({
    ip_kind: 'missing',
    forwarded: ['192.0.2.7'],
  })
})
