import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import type { Origin } from '../connector.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { parseJson } from '../values/fields.ts'
import { workspaceEventType } from './event-types.ts'
import { googleWorkspace } from './normalise.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const sample = readFileSync(join(import.meta.dirname, 'samples', 'activities.json'), 'utf8')
const records = recordsIn(parseJson(sample)) as Record<string, unknown>[]

function event(record: unknown): AccessEvent {
  const outcome = googleWorkspace.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(googleWorkspace, records)

test('activities are recognised, and others are not', () => {
  for (const record of records) expect(googleWorkspace.recognise(record)).toBe(1)
  for (const record of [{ id: 'x', name: 'y' }, { events: [] }, 'text', null])
    expect(googleWorkspace.recognise(record)).toBe(0)
})

test('an activity of two events gives two, with ids of their own that keep every digit', () => {
  expect(records.map((record) => event(record).uid)).toEqual([
    'login/-4324475583306591935/0',
    'login/-4324475583306591935/1',
    'login/72057594037927937/0',
    'admin/3/0',
    'drive/4/0',
    'token/5/0',
    'login/6/0',
  ])
})

test('a sign-in is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'google', product: 'workspace', log_name: 'login' },
    class_uid: 3002,
    activity: 'login_success',
    status_id: 1,
    actor: {
      type: 'user',
      uid: '100000000000000000001',
      name: 'ada@example.com',
      email_addr: 'ada@example.com',
    },
    src: {
      ip: '2001:db8:0:1::20',
      location: { country: 'NO' },
      autonomous_system: { number: 64500 },
    },
    cloud: { provider: 'google', org_uid: 'C0example' },
    auth: {
      stage: 'primary',
      attempt_uid: '-4324475583306591935',
      is_mfa: true,
      factors: ['password', 'push'],
    },
  })
  expect(event(records[1])).toMatchObject({
    status_id: 1,
    auth: {
      stage: 'mfa',
      attempt_uid: '-4324475583306591935',
      is_mfa: true,
      factors: ['push'],
    },
  })
})

test('a wrong password is a failure, and what Google thinks of it is kept', () => {
  expect(event(records[2])).toMatchObject({
    status_id: 2,
    status_code: 'login_failure_invalid_password',
    failure_class: 'bad_credentials',
    auth: { is_mfa: false },
    vendor_risk: { level_id: 2, reasons: ['is_suspicious'] },
  })
})

test('changes of accounts and files say whom and what they concern', () => {
  expect(event(records[3])).toMatchObject({
    class_uid: 3001,
    activity_id: 7,
    actor: { email_addr: 'helpdesk@example.com' },
    target: { email_addr: 'grace@example.com' },
    change: ['grants_admin'],
  })
  expect(event(records[4])).toMatchObject({
    class_uid: 6003,
    activity_id: 3,
    api: { service: 'drive', operation: 'change_document_visibility' },
    change: ['grants_public_access'],
    resources: [{ uid: '1Ab', name: 'Plan', type: 'spreadsheet' }],
  })
  expect(event(records[5])).toMatchObject({
    class_uid: 6003,
    activity_id: 1,
    app: { uid: '1.apps.example', name: 'Calendar sync' },
    src: { ip_kind: 'missing' },
  })
})

test('a finding of Google is about the person it names', () => {
  expect(event(records[6])).toMatchObject({
    class_uid: 2004,
    status_id: 99,
    actor: { email_addr: 'grace@example.com', type: 'user' },
    vendor_risk: { level_id: 2, reasons: ['suspicious_login'] },
  })
})

test.each([
  ['login', 'logout', { class_uid: 3002, activity_id: 2, stage: 'logoff' }],
  ['saml', 'login_failure', { class_uid: 3002, stage: 'sso', status_id: 2 }],
  ['user_accounts', '2sv_disable', { class_uid: 3001, activity_id: 11, change: 'weakens_mfa' }],
  ['admin', 'DELETE_GMAIL_SETTING', { class_uid: 6003, activity_id: 4 }],
  ['drive', 'toString', { class_uid: 6003, activity_id: 99 }],
  ['login', 'constructor', { class_uid: 6003 }],
  ['nobody_knows', 'x', { class_uid: 0 }],
])('%s %s is %j', (app, name, expected) => {
  expect(workspaceEventType(app, name)).toMatchObject(expected)
})

test.each([
  ['failed', { status_id: 2, failure_class: 'mfa_failed' }],
  ['Challenge Passed.', { status_id: 1 }],
  [undefined, { status_id: 99 }],
])('a challenge that ends as %j is %j', (value, expected) => {
  const parameters = value === undefined ? [] : [{ name: 'login_challenge_status', value }]
  const events = [{ name: 'login_challenge', parameters }]
  expect(event({ ...records[0], events })).toMatchObject(expected)
})

test('an event that an exporter took out of its activity is read alike', () => {
  const flat = {
    id: records[2]?.id,
    actor: records[2]?.actor,
    ipAddress: '198.51.100.66',
    type: 'login',
    name: 'login_failure',
    parameters: {
      login_challenge_method: ['password'],
      login_failure_type: 'login_failure_invalid_password',
      login_type: 'google_password',
      is_suspicious: true,
    },
  }
  expect(googleWorkspace.recognise(flat)).toBeGreaterThan(0.9)
  expect(event(flat)).toEqual(event(records[2]))
})

test('no record makes it throw or give an event that is none', () => {
  const keys = ['id', 'actor', 'events', 'ipAddress', 'networkInfo', 'eventIndex', 'name']
  const odd = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), {
    requiredKeys: [],
  })
  const parameters = fc.array(fc.record({ name: fc.string(), value: fc.jsonValue() }))
  fc.assert(
    fc.property(fc.nat(records.length - 1), odd, parameters, (i, change, said) => {
      const events = [{ name: 'login_success', parameters: said }]
      for (const record of [
        { ...records[i], ...change },
        { ...records[i], events },
      ]) {
        googleWorkspace.recognise(record)
        const outcome = googleWorkspace.normalise(record, origin)
        if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
      }
    }),
    { numRuns: 300 },
  )
})
