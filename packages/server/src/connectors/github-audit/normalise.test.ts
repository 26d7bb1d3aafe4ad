import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { githubAudit } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'audit.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = githubAudit.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(githubAudit, records)

test('a change is read field by field, and its person known by the address of single sign-on', () => {
  expect(event(records[0])).toMatchObject({
    uid: 'd1',
    time: 1714979400123,
    source: { vendor: 'github', product: 'audit_log', tenant_uid: 'example' },
    class_uid: 6003,
    activity_id: 3,
    activity: 'org.update_member',
    status_id: 1,
    actor: {
      type: 'user',
      uid: '1001',
      name: 'ada-l',
      email_addr: 'ada@example.com',
      domain: 'github',
    },
    target: { name: 'grace-h', domain: 'github' },
    src: { ip: '203.0.113.20', location: { country: 'NO' } },
    user_agent: 'Mozilla/5.0',
    cloud: { provider: 'github', account_uid: 'example' },
    change: ['grants_admin'],
  })
})

test('a program with a token is a service, and its clone a read', () => {
  expect(event(records[1])).toMatchObject({
    uid_kind: 'derived',
    activity_id: 2,
    actor: { type: 'service', uid: 'nightly[bot]', credential_uid: 'q1w2=' },
    resources: [{ name: 'example/plans', type: 'repository' }],
    src: { ip_kind: 'missing' },
  })
})

test('what becomes public is told, and who fails to sign in', () => {
  expect(event(records[2])).toMatchObject({ change: ['grants_public_access'] })
  expect(event({ ...records[2], visibility: 'private' }).change).toBeUndefined()
  expect(event(records[3])).toMatchObject({
    class_uid: 3002,
    status_id: 2,
    failure_class: 'bad_credentials',
    auth: { stage: 'primary' },
  })
})

test.each([
  ['org.disable_two_factor_requirement', ['weakens_mfa']],
  ['protected_branch.destroy', ['disables_protection']],
  ['public_key.create', ['creates_credential']],
  ['team.create', undefined],
])('%s changes %j', (action, change) => {
  expect(event({ ...records[2], action }).change).toEqual(change)
})
