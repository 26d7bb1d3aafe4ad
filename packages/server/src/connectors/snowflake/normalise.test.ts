import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { csvSplitter } from '../reading/split-csv.ts'
import { snowflake } from './normalise.ts'
import { queryKind, targetOf } from './queries.ts'

const bytes = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name))
const table = csvSplitter(',')
const logins = [...table.push(bytes('login-history.csv')), ...table.end()].map((one) =>
  one.reason === undefined ? one.value : one.reason,
)
const queries: Record<string, unknown>[] = bytes('query-history.ndjson')
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = snowflake.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(snowflake, [...logins, ...queries])

test('a sign-in is read field by field', () => {
  expect(event(logins[0])).toMatchObject({
    uid: '393754014361778',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 61),
    source: { vendor: 'snowflake', log_name: 'login_history' },
    class_uid: 3002,
    activity: 'LOGIN',
    status_id: 1,
    actor: { type: 'user', email_addr: 'ADA@EXAMPLE.COM' },
    src: { ip: '203.0.113.20' },
    app: { name: 'SNOWFLAKE_UI' },
    auth: { attempt_uid: '393754014361778', is_mfa: true, factors: ['password', 'push'] },
  })
})

test('failures say why, and one factor or unknown is told apart', () => {
  expect(event(logins[1])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 11),
    status_id: 2,
    status_code: '390100',
    failure_class: 'bad_credentials',
    actor: { name: 'SVC_LOADER', domain: 'snowflake' },
    src: { ip: '2001:db8::77' },
    auth: { is_mfa: false },
  })
  expect(event(logins[2])).toMatchObject({
    failure_class: 'rate_limited',
    src: { ip_kind: 'missing' },
  })
  expect(event(logins[3])).toMatchObject({ auth: { is_mfa: null, factors: ['cert'] } })
})

test('a query is known by its type and what it changes, never by its text', () => {
  expect(event(queries[0])).toMatchObject({
    uid: '01b3-0001',
    time: Date.UTC(2024, 4, 6, 7, 20, 0, 250),
    class_uid: 6003,
    activity_id: 2,
    api: { service: 'snowflake', operation: 'UNLOAD', read_only: true },
    change: ['shares_outside'],
    actor: { session: { uid: '8812' } },
    traffic: { bytes_out: 1_048_576 },
    resources: [
      { name: 'SALES', type: 'database' },
      { name: 'WH', type: 'warehouse' },
      { name: 'ANALYST', type: 'role' },
    ],
  })
  expect(event(queries[1])).toMatchObject({
    class_uid: 3001,
    target: { email_addr: 'bob@example.com' },
    change: ['weakens_mfa'],
  })
  expect(JSON.stringify(event(queries[1]))).not.toContain('secret')
  expect(event(queries[2])).toMatchObject({ status_id: 2, failure_class: 'unauthorized' })
  expect(event(queries[2]).change).toBeUndefined()
  expect(event(queries[3])).toMatchObject({ actor: { type: 'system' } })
})

test('statements that go on for ever take no time', () => {
  const start = performance.now()
  for (const text of [
    `alter user ${' '.repeat(4_000)}`,
    `alter user ${'a '.repeat(2_000)}`,
    'grant '.repeat(700),
  ])
    for (let i = 0; i < 50; i++) {
      queryKind('ALTER_USER', text)
      targetOf(text)
    }
  expect(performance.now() - start).toBeLessThan(1_000)
})
