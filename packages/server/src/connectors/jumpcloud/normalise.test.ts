import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { jumpcloud } from './normalise.ts'

const records: Record<string, unknown>[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'samples', 'events.json'), 'utf8'),
)

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = jumpcloud.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(jumpcloud, records)

test('a sign-in is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: '6638800000000000000000a1',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'jumpcloud', tenant_uid: '5e0000000000000000000001', log_name: 'directory' },
    class_uid: 3002,
    activity: 'user_login_attempt',
    status_id: 1,
    actor: { type: 'user', uid: '5f0000000000000000000001', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20', location: { country: 'NO', region: 'Oslo', lat: 59.91 } },
    device: { os: 'Mac OS X 10.15.7', browser: 'Chrome 124.0.0.0' },
    auth: { stage: 'primary', is_mfa: true, factors: ['password', 'otp'] },
  })
})

test('failures, single sign-on and machines are told apart', () => {
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { name: 'ada', domain: 'jumpcloud' },
    src: { ip: '2001:db8::77' },
    auth: { is_mfa: false },
  })
  expect(event(records[2])).toMatchObject({
    app: { uid: 'app1', name: 'Wiki' },
    auth: { stage: 'sso', protocol: 'saml', is_mfa: null },
  })
  expect(event({ ...records[2], event_type: 'sso_auth_failed', success: undefined })).toMatchObject(
    {
      status_id: 2,
    },
  )
  expect(event(records[3])).toMatchObject({
    actor: { name: 'grace' },
    src: { ip: '198.51.100.9' },
    resources: [{ uid: 'sys1', name: 'web1.example.com', type: 'host' }],
  })
})

test('changes name whom or what they concern, and what nobody knows is unmapped', () => {
  expect(event(records[4])).toMatchObject({
    class_uid: 3001,
    activity_id: 5,
    actor: { type: 'admin' },
    target: { email_addr: 'bob@example.com' },
  })
  expect(event(records[5])).toMatchObject({
    class_uid: 6003,
    activity_id: 4,
    resources: [{ uid: 'p1', type: 'policy' }],
  })
  expect(event(records[6])).toMatchObject({ class_uid: 0 })
})
