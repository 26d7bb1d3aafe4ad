import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { onelogin } from './normalise.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'samples', name), 'utf8'))
const asked = recordsIn(read('events.json'))
const pushed = recordsIn(read('webhook.json'))

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = onelogin.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(onelogin, [...asked, ...pushed])

test('a sign-in is read field by field, and a display name is nobody’s identity', () => {
  expect(asked).toHaveLength(6)
  expect(event(asked[0])).toMatchObject({
    uid: '1001',
    uid_kind: 'native',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 990),
    source: { vendor: 'onelogin', tenant_uid: '50534' },
    class_uid: 3002,
    activity: 'USER_LOGGED_INTO_ONELOGIN',
    status_id: 1,
    status_code: '5',
    actor: { type: 'user', uid: '88001', name: '88001', domain: 'onelogin' },
    src: { ip: '203.0.113.20', forwarded: ['198.51.100.7'] },
    device: { uid: 'fp-1' },
    auth: { stage: 'session', is_mfa: true, factors: ['otp'] },
    vendor_risk: { level_id: 2, score: 42 },
  })
})

test('a failure belongs to whoever tried', () => {
  expect(event(asked[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    status_detail: 'Password was incorrect',
    actor: { email_addr: 'ada@example.com' },
    src: { ip: '2001:db8::77' },
    auth: { is_mfa: null },
  })
  expect(event(asked[2])).toMatchObject({
    app: { uid: '444', name: 'Wiki' },
    auth: { stage: 'sso' },
  })
})

test('changes name whom they concern', () => {
  expect(event(asked[3])).toMatchObject({
    class_uid: 3001,
    activity_id: 11,
    change: ['weakens_mfa'],
    target: { uid: '88002' },
  })
  expect(event(asked[4])).toMatchObject({
    change: ['grants_admin'],
    resources: [{ name: 'Super user' }],
  })
  expect(event(asked[5])).toMatchObject({
    class_uid: 3002,
    activity_id: 7,
    target: { uid: '88002' },
  })
  expect(event(pushed[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 20),
    actor: { type: 'system' },
    target: { email_addr: 'grace@example.com' },
    src: { ip_kind: 'missing' },
  })
})

test('a number that nobody knows is kept as unmapped', () => {
  expect(event(pushed[1])).toMatchObject({
    class_uid: 0,
    activity: 'event_type_9999',
    status_id: 0,
  })
})
