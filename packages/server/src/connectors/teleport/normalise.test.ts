import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { teleport } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'audit.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = teleport.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(teleport, records)

test('a sign-in is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: '00000000-0000-4000-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'teleport', tenant_uid: 'teleport.example.com' },
    class_uid: 3002,
    status_id: 1,
    status_code: 'T1000I',
    actor: { type: 'user', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20', port: 50122 },
    user_agent: 'Mozilla/5.0',
    auth: { stage: 'primary', is_mfa: true, factors: ['password', 'webauthn'] },
  })
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    src: { ip: '2001:db8::77' },
  })
  expect(event(records[2])).toMatchObject({ auth: { is_mfa: null, protocol: 'saml', idp: 'saml' } })
})

test('a session names the machine and whom one works as there, a command no arguments', () => {
  expect(event(records[3])).toMatchObject({
    class_uid: 3002,
    actor: {
      name: 'grace',
      domain: 'teleport',
      session: { uid: '00000000-0000-4000-8000-0000000000bb' },
    },
    target: { name: 'root', type: 'root' },
    resources: [{ name: 'web1', type: 'host' }],
    auth: { stage: 'sso' },
  })
  expect(event(records[4])).toMatchObject({
    class_uid: 6003,
    api: { operation: 'session.command /usr/bin/curl' },
  })
  expect(JSON.stringify(event(records[4]))).not.toContain('secret')
})

test('certificates, locks, refusals and removed factors are told apart; what nobody knows is unmapped', () => {
  expect(event(records[5])).toMatchObject({
    class_uid: 3002,
    activity_id: 3,
    actor: { type: 'service', name: 'bot-deploy' },
    auth: { stage: 'token' },
  })
  expect(event(records[6])).toMatchObject({
    class_uid: 3001,
    activity_id: 9,
    target: { email_addr: 'bob@example.com' },
  })
  expect(event(records[7])).toMatchObject({ status_id: 2, failure_class: 'unauthorized' })
  expect(event(records[8])).toMatchObject({ class_uid: 0, actor: { type: 'system' } })
  expect(event(records[9])).toMatchObject({ activity_id: 11, change: ['weakens_mfa'] })
})
