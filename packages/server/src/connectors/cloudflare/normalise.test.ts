import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { parseJson } from '../values/fields.ts'
import { cloudflare } from './normalise.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const lines = (name: string) => sample(name).trim().split('\n').map(parseJson)
const pushed = lines('access.ndjson')
const asked = recordsIn(parseJson(sample('access-api.json')))
const audit = lines('audit.ndjson')

function event(record: unknown): AccessEvent {
  const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
  const outcome = cloudflare.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(cloudflare, [...pushed, ...asked, ...audit])

test('a sign-in of Access is read field by field', () => {
  expect(event(pushed[0])).toMatchObject({
    uid: '187d944c61940c77/login/a0000000-0000-4000-8000-000000000001',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 250),
    source: { vendor: 'cloudflare', product: 'access' },
    class_uid: 3002,
    activity_id: 1,
    activity: 'login',
    status_id: 1,
    actor: { type: 'user', uid: 'u-ada', email_addr: 'Ada@example.com' },
    src: { ip: '203.0.113.20', location: { country: 'NO' } },
    app: { name: 'app.example.com' },
    auth: { stage: 'sso', idp: 'okta', is_mfa: null },
  })
  expect(event(asked[0]).uid).toBe(event(pushed[0]).uid)
  expect(event(asked[0])).toMatchObject({ auth: { protocol: 'saml' } })
})

test('what a policy refuses is no wrong password, and times may count nanoseconds or seconds', () => {
  expect(event(pushed[1])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 11),
    status_id: 2,
    failure_class: 'policy_blocked',
    src: { ip: '2001:db8::5' },
    auth: { factors: ['otp'] },
  })
  expect(event(pushed[2])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 12),
    activity_id: 2,
    auth: { stage: 'logoff' },
  })
})

test('audit records of both versions, pushed and asked for, read alike', () => {
  expect(event(audit[0])).toMatchObject({
    uid: 'd5b0f326-1232-4452-8858-1089bd7168ef',
    time: Date.UTC(2024, 4, 6, 7, 20),
    class_uid: 6003,
    activity_id: 1,
    activity: 'token_create',
    api: { service: 'cloudflare', operation: 'account.token_create' },
    change: ['creates_credential'],
    src: { ip: '203.0.113.20' },
  })
  expect(event(audit[1])).toMatchObject({ class_uid: 3002, status_id: 1, activity: 'login' })
  expect(event(audit[2])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 22, 0, 500),
    cloud: { account_uid: '4bb334f7c94c4a29a045f03944f072e5' },
    activity_id: 4,
    api: { service: 'logpush', operation: 'logpush_job.delete' },
    change: ['disables_logging'],
    user_agent: 'curl/8.5.0',
    actor: { credential_uid: 'tok1' },
  })
  expect(event(audit[3])).toMatchObject({ class_uid: 3005, status_id: 2 })
  expect(event(audit[4])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 24),
    actor: { type: 'system' },
    src: { ip_kind: 'missing' },
    resources: [{ uid: 'r1', name: 'example.com', type: 'ruleset' }],
  })
})
