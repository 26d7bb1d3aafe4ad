import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { onepassword } from './normalise.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const attempts = recordsIn(JSON.parse(sample('sign-in-attempts.json')))
const others: Record<string, unknown>[] = sample('usages-and-audit.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = onepassword.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(onepassword, [...attempts, ...others])

test('a page of sign-in attempts is its items', () => {
  expect(attempts).toHaveLength(4)
})

test('a sign-in attempt is read field by field', () => {
  expect(event(attempts[0])).toMatchObject({
    uid: 'SIGNIN00000000000000000001',
    uid_kind: 'native',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'onepassword', log_name: 'signinattempts', tenant_uid: 'ACCOUNT1' },
    class_uid: 3002,
    activity: 'success',
    status_id: 1,
    status_code: 'mfa_ok',
    actor: { type: 'user', uid: 'USERADA', name: 'ada@example.com', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20', location: { country: 'NO', city: 'Oslo', lat: 59.91 } },
    device: { os: 'MacOSX 14.4' },
    app: { name: '1Password for Mac' },
    auth: { stage: 'primary', attempt_uid: 'SESSION0000000000000000001', is_mfa: true },
  })
})

test('failures are told apart by category and type', () => {
  expect(event(attempts[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    src: { ip: '2001:db8::77' },
    auth: { stage: 'primary', is_mfa: null, factors: ['password'] },
  })
  expect(event(attempts[2])).toMatchObject({
    status_id: 2,
    failure_class: 'mfa_timeout',
    auth: { stage: 'mfa', factors: ['push'] },
  })
  expect(event(attempts[3])).toMatchObject({
    status_id: 2,
    failure_class: 'policy_blocked',
    status_detail: 'France',
  })
})

test('the use of an item is a read of item and vault', () => {
  expect(event(others[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 20, 0, 500),
    class_uid: 6003,
    activity_id: 2,
    activity: 'reveal',
    api: { service: 'onepassword', operation: 'item.reveal', read_only: true },
    resources: [
      { uid: 'VAULT1', type: 'vault' },
      { uid: 'ITEM1', type: 'item' },
    ],
  })
})

test('audit events say who did what to whom, from where', () => {
  expect(event(others[1])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 10, 30),
    class_uid: 3001,
    activity_id: 5,
    activity: 'user.suspend',
    actor: { email_addr: 'ada@example.com', session: { uid: 'SESSION0000000000000000001' } },
    target: { uid: 'USERBOB', email_addr: 'bob@example.com' },
    src: { ip: '203.0.113.20', location: { country: 'NO' } },
    device: { uid: 'DEVICE1' },
  })
  expect(event(others[2])).toMatchObject({ class_uid: 3005, activity_id: 1, activity: 'gm.join' })
  expect(event(others[3])).toMatchObject({ change: ['weakens_mfa'] })
  expect(event(others[4])).toMatchObject({ class_uid: 0, activity: 'plan.frobnic' })
})
