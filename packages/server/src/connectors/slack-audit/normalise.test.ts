import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { slackAudit } from './normalise.ts'

const records = recordsIn(
  JSON.parse(readFileSync(join(import.meta.dirname, 'samples', 'logs.json'), 'utf8')),
)

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = slackAudit.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(slackAudit, records)

test('a sign-in is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: '0123a45b-0000-4000-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 10),
    source: { vendor: 'slack', product: 'audit_log', tenant_uid: 'E1701NCCA' },
    class_uid: 3002,
    status_id: 1,
    activity: 'user_login',
    actor: {
      type: 'user',
      uid: 'W123AB456',
      email_addr: 'ada@example.com',
      session: { uid: '847288190092' },
    },
    src: { ip: '203.0.113.20' },
    user_agent: expect.stringContaining('Chrome/124'),
    auth: { stage: 'session', is_mfa: null },
  })
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    src: { ip: '2001:db8::77' },
  })
})

test('changes name whom they concern, files are resources', () => {
  expect(event(records[2])).toMatchObject({
    class_uid: 3005,
    change: ['grants_admin'],
    target: { uid: 'W999', email_addr: 'bob@example.com' },
  })
  expect(event(records[3])).toMatchObject({
    class_uid: 6003,
    activity_id: 2,
    api: { service: 'slack', operation: 'file_downloaded', read_only: true },
    actor: { name: 'W123AB456', domain: 'slack' },
    resources: [{ uid: 'F1', name: 'plans.pdf', type: 'file' }],
  })
})

test('what Slack finds odd is a finding, what nobody knows is kept as unmapped', () => {
  expect(event(records[4])).toMatchObject({
    class_uid: 2004,
    vendor_risk: { reasons: ['asn', 'session_fingerprint'] },
  })
  expect(event(records[5])).toMatchObject({
    class_uid: 0,
    actor: { type: 'service', uid: 'A1' },
    src: { ip_kind: 'missing' },
  })
})
