import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { microsoft365 } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'audit.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = microsoft365.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(microsoft365, records)

test('a sign-in is read field by field, its time without zone as UTC', () => {
  expect(event(records[0])).toMatchObject({
    uid: 'm0000000-0000-4000-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 10, 5),
    class_uid: 3002,
    status_id: 1,
    actor: {
      type: 'user',
      email_addr: 'ada@example.com',
      session: { uid: '5e000000-0000-4000-8000-000000000001' },
    },
    src: { ip: '203.0.113.20' },
    user_agent: 'Mozilla/5.0',
    device: { os: 'Windows 11', browser: 'Edge' },
    auth: { stage: 'primary', attempt_uid: 'c0000000-0000-4000-8000-000000000001', is_mfa: null },
  })
})

test('a failed sign-in is one although its result says success', () => {
  expect(event(records[1])).toMatchObject({
    status_id: 2,
    status_code: '50126',
    failure_class: 'bad_credentials',
    src: { ip: '198.51.100.66', port: 50123 },
  })
})

test.each([
  [
    { ErrorNumber: undefined, LogonError: 'UserStrongAuthClientAuthNRequiredInterrupt' },
    { status_id: 99 },
  ],
  [{ ErrorNumber: '50140', LogonError: undefined }, { status_id: 99 }],
  [
    { ErrorNumber: undefined, LogonError: 'IdsLocked' },
    { status_id: 2, failure_class: 'locked' },
  ],
  [
    { ErrorNumber: undefined, LogonError: undefined },
    { status_id: 2, failure_class: 'other' },
  ],
])('a failure with %j is %j', (change, expected) => {
  expect(event({ ...records[1], ...change })).toMatchObject(expected)
})

test('mail that is sent on elsewhere, rights and files are told', () => {
  expect(event(records[2])).toMatchObject({
    class_uid: 6003,
    actor: { type: 'admin' },
    src: { ip: '2001:db8:0:1::20' },
    change: ['shares_outside'],
  })
  const inside = { ...records[2], Parameters: [{ Name: 'ForwardTo', Value: 'ada@example.com' }] }
  expect(event(inside).change).toBeUndefined()
  expect(event(records[3])).toMatchObject({
    class_uid: 3001,
    activity_id: 7,
    change: ['grants_admin'],
    target: { email_addr: 'grace@example.com' },
  })
  expect(event(records[4])).toMatchObject({
    class_uid: 6003,
    activity_id: 2,
    api: { service: 'SharePoint', operation: 'FileDownloaded' },
  })
})

test('whatever is spelled in lower case, or comes as text, is read alike', () => {
  const lower = Object.fromEntries(
    Object.entries(records[0] ?? {}).map(([key, part]) => [
      key.toLowerCase(),
      typeof part === 'object' ? JSON.stringify(part) : part,
    ]),
  )
  expect(event(lower)).toEqual(event(records[0]))
})

test('systems and applications are no people', () => {
  expect(event({ ...records[4], UserId: 'NT AUTHORITY\\SYSTEM' }).actor.type).toBe('system')
  expect(event({ ...records[4], UserType: 5, UserId: 'ServicePrincipal_1' }).actor.type).toBe(
    'service',
  )
  expect(event({ ...records[4], UserId: 'Not-Found' }).actor).toMatchObject({ type: 'unknown' })
})
