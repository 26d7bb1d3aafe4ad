import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { cognito } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'events.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = cognito.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(cognito, records)

test('a sign-in of the export is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: 'e1',
    time: Date.UTC(2024, 4, 6, 7, 10),
    source: { vendor: 'aws', product: 'cognito', tenant_uid: 'eu-north-1_Example' },
    class_uid: 3002,
    status_id: 1,
    actor: { type: 'user', uid: 'sub-1', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20', location: { country: 'NO', city: 'Oslo' } },
    device: { browser: 'Chrome 124', os: 'Windows 10' },
    app: { uid: 'c1' },
    cloud: { provider: 'aws', region: 'eu-north-1' },
    auth: { stage: 'primary', attempt_uid: 'r-1', is_mfa: true, factors: ['password'] },
  })
  expect(event(records[0]).vendor_risk).toBeUndefined()
})

test('a failed one tells which challenge, and what Cognito thinks', () => {
  expect(event(records[1])).toMatchObject({
    time: 1714979460500,
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { name: 'grace', domain: 'eu-north-1_Example' },
    vendor_risk: { level_id: 3, reasons: ['AccountTakeover', 'compromised credentials'] },
  })
  expect(event(records[2])).toMatchObject({
    class_uid: 3001,
    activity_id: 3,
    src: { ip: '2001:db8::9' },
  })
})

test.each([
  [{ EventResponse: 'InProgress' }, { status_id: 99 }],
  [
    { ChallengeResponses: [{ ChallengeName: 'Mfa', ChallengeResponse: 'Failure' }] },
    { failure_class: 'mfa_failed' },
  ],
  [
    { ChallengeResponses: [], EventRisk: { RiskDecision: 'Block' } },
    { failure_class: 'risk_blocked', vendor_risk: { decision: 'block' } },
  ],
  [{ EventType: 'SomethingNew' }, { class_uid: 0 }],
])('with %j it is %j', (change, expected) => {
  expect(event({ ...records[1], ...change })).toMatchObject(expected)
})

test('an answer of the API, which is one user’s, names them beside the list', () => {
  const { Username, UserPoolId, ...bare } = records[1] ?? {}
  expect(recordsIn({ Username, UserPoolId, AuthEvents: [bare] }).map(event)).toEqual([
    event(records[1]),
  ])
})
