import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { pingfederate } from './normalise.ts'
import { readLine } from './read-line.ts'

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const lines = sample('audit.txt').trim().split('\n')
const object: unknown = JSON.parse(sample('audit.ndjson'))
const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const

function event(record: unknown): AccessEvent {
  const outcome = pingfederate.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(pingfederate, [...lines, object])

test('a sign-in is read field by field', () => {
  expect(event(lines[0])).toMatchObject({
    uid_kind: 'derived',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'ping_identity', tenant_uid: 'sso.example.com' },
    class_uid: 3002,
    activity: 'AUTHN_ATTEMPT',
    status_id: 1,
    actor: { type: 'user', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20' },
    app: { uid: 'https://wiki.example.com' },
    auth: {
      stage: 'primary',
      attempt_uid: 'txn1',
      is_mfa: null,
      protocol: 'saml',
      idp: 'HTMLFormAdapter',
    },
  })
})

test('failures, second factors, single sign-on and tokens are told apart', () => {
  expect(event(lines[1])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { name: 'grace', domain: 'pingfederate' },
    src: { ip: '2001:db8::77' },
    auth: { attempt_uid: 'tid:Vk3bMNq0oY' },
  })
  expect(event(lines[2])).toMatchObject({ status_id: 99, auth: { stage: 'mfa', is_mfa: true } })
  expect(event(lines[3])).toMatchObject({ status_id: 1, auth: { stage: 'sso' } })
  expect(event(lines[5])).toMatchObject({
    activity_id: 3,
    auth: { stage: 'token', protocol: 'oauth2' },
  })
  expect(event(lines[6])).toMatchObject({ class_uid: 0 })
  expect(event(object)).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 20, 0, 500),
    activity_id: 2,
    auth: { stage: 'logoff' },
  })
})

test('a description that begins like a status is none', () => {
  const said = 'Failed to reach the directory'
  expect(event((lines[1] ?? '').replace('Invalid credentials', said))).toMatchObject({
    actor: { name: 'grace' },
    src: { ip: '2001:db8::77' },
    status_detail: said,
    auth: { idp: 'HTMLFormAdapter' },
  })
})

test('bars in a subject forge neither status nor address', () => {
  expect(event(lines[4])).toMatchObject({
    status_id: 2,
    src: { ip: '198.51.100.9' },
    actor: { name: expect.stringContaining('8.8.8.8') },
  })
  const [before = '', after = ''] = (lines[1] ?? '').split(' grace|')
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('|', ' 1.2.3.4 ', 'success', 'x', ' AUTHN_ATTEMPT'), {
        maxLength: 30,
      }),
      (parts) => {
        expect(readLine(`${before} ${parts.join('')}|${after}`)).toMatchObject({
          ip: '2001:db8::77',
          status: 'failure',
          event: 'AUTHN_ATTEMPT',
        })
      },
    ),
  )
  const start = performance.now()
  for (const part of ['|', '| success', ' ', 'AUTHN_ATTEMPT|'])
    pingfederate.normalise(`${before} ${part.repeat(60_000)}|${after}`, origin)
  expect(performance.now() - start).toBeLessThan(1_000)
})
