import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { auth0 } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'logs.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = auth0.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(auth0, records)

test('a sign-in is read field by field, out of a stream and bare', () => {
  expect(event(records[0])).toMatchObject({
    uid: '90020240506071000123',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    class_uid: 3002,
    activity: 's',
    status_id: 1,
    actor: { type: 'user', uid: 'auth0|1', email_addr: 'ada@example.com', session: { uid: 'S1' } },
    src: { ip: '203.0.113.20', location: { country: 'NO', city: 'Oslo' } },
    user_agent: 'Mozilla/5.0',
    app: { uid: 'c1', name: 'Shop' },
    auth: { stage: 'primary', is_mfa: true, idp: 'Username-Password-Authentication' },
  })
  expect(event(records[0]?.data)).toEqual(event(records[0]))
})

test('a wrong password is told from a mistake of configuration', () => {
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { email_addr: 'grace@example.com' },
  })
  expect(event(records[1]).actor.uid).toBeUndefined()
  expect(event(records[2])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 12, 0, 789),
    status_id: 2,
    failure_class: 'protocol',
    actor: { type: 'unknown' },
  })
})

test('programs are services; changes of settings are told', () => {
  expect(event(records[3])).toMatchObject({
    actor: { type: 'service', uid: 'c2', name: 'nightly' },
    auth: { stage: 'token' },
  })
  expect(event(records[4])).toMatchObject({
    class_uid: 6003,
    actor: { uid: 'auth0|9', email_addr: 'helpdesk@example.com' },
    api: {
      service: 'auth0',
      operation: 'PATCH /api/v2/attack-protection/breached-password-detection',
    },
    change: ['disables_protection'],
  })
})

test.each([
  ['fu', { status_id: 2, failure_class: 'unknown_user' }],
  ['limit_wc', { status_id: 2, failure_class: 'locked' }],
  ['limit_mu', { status_id: 2, failure_class: 'rate_limited' }],
  ['pwd_leak', { status_id: 2, failure_class: 'leaked_password' }],
  ['gd_auth_rejected', { status_id: 2, failure_class: 'mfa_denied' }],
  ['gd_send_pn', { status_id: 99 }],
  ['fsa', { status_id: 99 }],
  ['gd_unenroll', { class_uid: 3001, activity_id: 11, change: ['weakens_mfa'] }],
  ['slo', { class_uid: 3002, activity_id: 2 }],
  ['a_type_to_come', { class_uid: 0, status_id: 0 }],
])('%s is %j', (type, expected) => {
  expect(event({ ...records[1], type })).toMatchObject(expected)
})
