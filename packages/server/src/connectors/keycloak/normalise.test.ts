import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { keycloak } from './normalise.ts'
import { readLine } from './read-line.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const records: Record<string, unknown>[] = JSON.parse(sample('events.json'))
const lines = sample('event-log.txt').trim().split('\n')

function event(record: unknown): AccessEvent {
  const outcome = keycloak.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(keycloak, [...records, ...lines])

test('a sign-in is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: 'f1',
    time: 1714979400123,
    source: { vendor: 'keycloak', tenant_uid: 'r1', log_name: 'events' },
    class_uid: 3002,
    status_id: 1,
    actor: { type: 'user', uid: 'u-1', email_addr: 'ada@example.com', session: { uid: 's-1' } },
    src: { ip: '203.0.113.20' },
    app: { uid: 'web' },
    auth: {
      stage: 'primary',
      attempt_uid: 'c-1',
      factors: ['password'],
      protocol: 'oidc',
      is_mfa: null,
    },
  })
})

test('failures, changes and administrators are told', () => {
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    failure_class: 'unknown_user',
    actor: { name: 'nosuch', type: 'user' },
  })
  expect(event(records[2])).toMatchObject({
    class_uid: 3001,
    activity_id: 11,
    change: ['weakens_mfa'],
  })
  expect(event(records[3])).toMatchObject({
    class_uid: 3005,
    activity_id: 1,
    actor: { uid: 'u-9', type: 'admin' },
    target: { uid: 'u-1' },
    src: { ip: '203.0.113.9' },
    change: ['grants_admin'],
  })
})

test('a log that is JSON holds the event in its message', () => {
  expect(event(records[4])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    failure_class: 'bad_credentials',
    actor: { uid: 'u-1', name: 'grace', domain: 'prod' },
    src: { ip: '198.51.100.66' },
  })
})

test('what somebody types as user name replaces no field, quoted or not', () => {
  expect(event(lines[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 12, 0, 123),
    failure_class: 'unknown_user',
    actor: { name: 'a"b, error="none' },
    src: { ip: '203.0.113.5' },
  })
  expect(event(lines[0]).actor.uid).toBeUndefined()
  expect(event(lines[1])).toMatchObject({
    failure_class: 'bad_credentials',
    actor: { name: 'no, such=user' },
    src: { ip: '203.0.113.5' },
  })
})

test('a hostile line does not take long', () => {
  const start = performance.now()
  for (const part of ['a="', '\\', '", ', ', error=', ', ', '(', ' '])
    readLine(`type="LOGIN", realmId="${part.repeat(100_000)}`)
  expect(performance.now() - start).toBeLessThan(500)
})

test.each([
  ['EXPIRED', 'expired_code', { class_uid: 0 }],
  ['LOGIN_ERROR', 'expired_code', { failure_class: 'protocol' }],
  ['LOGIN_ERROR', 'user_temporarily_disabled', { failure_class: 'locked' }],
  ['LOGOUT', undefined, { activity_id: 2, status_id: 1 }],
  ['CLIENT_LOGIN', undefined, { actor: { type: 'service', uid: 'web' } }],
])('%s with %s is %j', (type, error, expected) => {
  expect(event({ ...records[0], type, error })).toMatchObject(expected)
})
