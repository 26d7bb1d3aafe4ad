import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { csvSplitter } from '../reading/split-csv.ts'
import { loginOutcome } from './login-status.ts'
import { salesforce } from './normalise.ts'
import { salesforceTime } from './time.ts'

const bytes = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name))
function table(name: string): unknown[] {
  const splitter = csvSplitter(',')
  return [...splitter.push(bytes(name)), ...splitter.end()].map((one) =>
    one.reason === undefined ? one.value : one.reason,
  )
}
const history = table('login-history.csv')
const file = table('event-log.csv')
const others: unknown[] = bytes('login-event.ndjson')
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = salesforce.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(salesforce, [...history, ...file, ...others])

test('a row of an event log file is read field by field', () => {
  expect(event(file[0])).toMatchObject({
    uid: '4REQ1/Login/2024-05-06T07:20:00.123Z',
    time: Date.UTC(2024, 4, 6, 7, 20, 0, 123),
    source: { vendor: 'salesforce', tenant_uid: '00D000000000001', log_name: 'event_log_file' },
    class_uid: 3002,
    activity: 'Login',
    status_id: 1,
    status_code: 'LOGIN_NO_ERROR',
    actor: { uid: '005000000000ADA', email_addr: 'ada@example.com', session: { uid: 'SK1' } },
    src: { ip: '203.0.113.20' },
    user_agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.12; rv:50.0) Gecko/20100101 Firefox/50.0',
    auth: { stage: 'session', attempt_uid: 'LK1', is_mfa: null },
  })
  expect(event(file[1])).toMatchObject({
    status_id: 2,
    failure_class: 'locked',
    src: { ip_kind: 'service' },
  })
  expect(event(file[2])).toMatchObject({
    class_uid: 6003,
    activity_id: 2,
    api: { service: 'salesforce', operation: 'ReportExport', read_only: true },
    actor: { name: '005000000000ADA', domain: 'salesforce' },
    resources: [{ uid: '00O1' }],
  })
  expect(event(file[3])).toMatchObject({
    activity_id: 7,
    target: { email_addr: 'bob@example.com' },
  })
  expect(event(file[4])).toMatchObject({ class_uid: 0, activity: 'Zeppelin' })
})

test('a downloaded history names its zone, and an activation that is asked for is no failure', () => {
  expect(event(history[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 10),
    status_id: 1,
    src: { ip: '203.0.113.20', location: { country: 'NO' } },
    device: { os: 'Mac OSX', browser: 'Chrome 124' },
  })
  expect(event(history[1])).toMatchObject({ status_id: 2, failure_class: 'bad_credentials' })
  expect(event(history[2])).toMatchObject({ status_id: 99, auth: { protocol: 'saml' } })
})

test('LoginEvent and LoginHistory of the API read alike', () => {
  expect(event(others[0])).toMatchObject({
    uid: '0f000000-0000-4000-8000-000000000001',
    src: { location: { country: 'NO', city: 'Oslo', lat: 59.91 } },
    auth: { protocol: 'oauth2', attempt_uid: 'LK9' },
  })
  expect(event(others[1])).toMatchObject({
    uid: '0Ya000000000001',
    time: Date.UTC(2024, 4, 6, 7, 31),
    failure_class: 'disabled',
  })
})

describe('in Salesforce’s words', () => {
  test.each<[string, number, string | undefined]>([
    ['Success', 1, undefined],
    ['Password Lockout', 2, 'locked'],
    ['Restricted IP', 2, 'policy_blocked'],
    ['LOGIN_ERROR_INVALID_PASSWORD', 2, 'bad_credentials'],
    ['LOGIN_ERROR_USER_INACTIVE', 2, 'disabled'],
    ['LOGIN_ERROR_RATE_EXCEEDED', 2, 'rate_limited'],
    ['LOGIN_CHALLENGE_ISSUED', 99, undefined],
    ['LOGIN_2FACTOR_REQ', 99, undefined],
    ['Failed: something new', 2, 'other'],
  ])('%s is %i %s', (status, status_id, failure_class) => {
    expect(loginOutcome(status)).toMatchObject(
      failure_class === undefined ? { status_id } : { status_id, failure_class },
    )
  })

  test.each([
    ['20240506071000.123', Date.UTC(2024, 4, 6, 7, 10, 0, 123)],
    ['2024-05-06T07:10:00.000+0000', Date.UTC(2024, 4, 6, 7, 10)],
    ['5/6/2024, 9:10:00 AM CEST', Date.UTC(2024, 4, 6, 7, 10)],
    ['5/6/2024 7:10:00 AM', Date.UTC(2024, 4, 6, 7, 10)],
    ['5/6/2024 7:10:00 AM XYZ', Number.NaN],
  ])('%s is %d', (said, time) => {
    expect(salesforceTime(said)).toBe(time)
  })
})
