import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { ecs } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'documents.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = ecs.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(ecs, records)

test('a sign-in is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: 'x1',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'system', product: 'system.auth', format: 'ecs' },
    class_uid: 3002,
    activity_id: 1,
    activity: 'ssh_login',
    status_id: 1,
    actor: { type: 'user', uid: '1001', email_addr: 'ada@example.com' },
    src: {
      ip: '203.0.113.20',
      port: 50122,
      location: { country: 'NO', city: 'Oslo', lat: 59.91 },
      autonomous_system: { number: 64500 },
    },
    user_agent: 'Mozilla/5.0',
    resources: [{ name: 'web1', type: 'host' }],
    auth: { stage: 'primary', is_mfa: null, protocol: 'ssh' },
  })
})

test('names that are dotted are read alike, and the log is the vendor’s own', () => {
  expect(event(records[1])).toMatchObject({
    source: { vendor: 'okta', product: 'system_log' },
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { email_addr: 'grace@example.com' },
    src: { ip: '2001:db8::9' },
  })
  const dotted = Object.fromEntries(
    Object.entries(records[0] ?? {}).flatMap(([name, part]) =>
      typeof part === 'object' && part !== null
        ? Object.entries(part).map(([below, value]) => [`${name}.${below}`, value])
        : [[name, part]],
    ),
  )
  expect(event(dotted)).toEqual(event(records[0]))
})

test('accounts name both sides; what is of another category is kept, as unmapped', () => {
  expect(event(records[2])).toMatchObject({
    class_uid: 3001,
    activity_id: 1,
    actor: { name: 'helpdesk', domain: 'EXAMPLE' },
    target: { name: 'backdoor' },
  })
  expect(event(records[3])).toMatchObject({
    class_uid: 0,
    activity: 'network_flow',
    src: { ip: '192.0.2.1' },
  })
})
