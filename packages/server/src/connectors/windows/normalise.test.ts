import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { xmlSplitter } from '../reading/split-xml.ts'
import { windows } from './normalise.ts'
import { outcomeOf } from './results.ts'

const bytes = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name))
const splitter = xmlSplitter()
const xml = [...splitter.push(bytes('security.xml')), ...splitter.end()].map((one) =>
  one.reason === undefined ? one.value : one.reason,
)
const lines = (name: string): Record<string, unknown>[] =>
  bytes(name)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const beat = lines('winlogbeat.ndjson')
const nxlog = lines('nxlog.ndjson')
const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const

function event(record: unknown, zone?: string): AccessEvent {
  const outcome = windows.normalise(record, zone === undefined ? origin : { ...origin, zone })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(windows, [...xml, ...beat, ...nxlog])

test('a sign-in is read field by field', () => {
  expect(xml).toHaveLength(3)
  expect(event(xml[0])).toMatchObject({
    uid: 'web1.corp.example.com/Security/211664',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 123),
    source: { vendor: 'microsoft', product: 'windows', tenant_uid: 'web1.corp.example.com' },
    class_uid: 3002,
    activity: '4624 logon',
    status_id: 1,
    actor: {
      type: 'user',
      uid: 'S-1-5-21-1-2-3-1104',
      name: 'ada',
      domain: 'corp',
      session: { uid: 'web1.corp.example.com/0x8dcdc' },
    },
    src: { ip: '203.0.113.20', port: 50122 },
    device: { name: 'WEB1' },
    resources: [{ name: 'web1.corp.example.com', type: 'host' }],
    auth: {
      stage: 'primary',
      is_interactive: true,
      is_mfa: null,
      attempt_uid: 'web1.corp.example.com/0x8dcdc',
    },
  })
})

test('a failure says why, and no name can forge an element', () => {
  expect(event(xml[1])).toMatchObject({
    status_id: 2,
    status_code: '0xc0000064',
    failure_class: 'unknown_user',
    actor: { name: 'a</Data><EventID>4624' },
    src: { ip: '2001:db8::77' },
    auth: { protocol: 'ntlm', is_interactive: false },
  })
  expect(event(xml[2])).toMatchObject({
    activity: '1102 audit log cleared',
    actor: { name: 'ada', domain: 'corp' },
    change: ['disables_logging'],
  })
})

test('Winlogbeat, XML and flat fields tell of an event alike', () => {
  const flat = {
    EventTime: '2024-05-06 07:10:00.123',
    Hostname: 'WEB1.corp.example.com',
    EventID: 4624,
    RecordNumber: 211664,
    Channel: 'Security',
    TargetUserSid: 'S-1-5-21-1-2-3-1104',
    TargetUserName: 'ada',
    TargetDomainName: 'CORP',
    TargetLogonId: '0x8dcdc',
    LogonType: '10',
    AuthenticationPackageName: 'Negotiate',
    WorkstationName: 'WEB1',
    IpAddress: '203.0.113.20',
    IpPort: '50122',
  }
  const { time_raw: _, ...read } = event(xml[0])
  expect(event(flat)).toMatchObject(read)
  expect(event(beat[0])).toMatchObject({
    uid: 'dc1.corp.example.com/Security/5500',
    time: Date.UTC(2024, 4, 6, 7, 20, 0, 456),
    status_id: 2,
    failure_class: 'disabled',
    actor: { name: 'grace', domain: 'corp' },
    src: { ip: '10.0.0.5', ip_kind: 'private' },
    auth: { protocol: 'kerberos' },
  })
  expect(event(beat[2])).toMatchObject({
    actor: { type: 'system' },
    src: { ip_kind: 'missing' },
    auth: { stage: 'token' },
  })
})

test('changes name both sides, and groups that rule are told', () => {
  expect(event(beat[1])).toMatchObject({
    class_uid: 3005,
    actor: { name: 'ada' },
    target: { uid: 'S-1-5-21-1-2-3-1109', name: 'Bob' },
    change: ['grants_admin'],
  })
  expect(event(nxlog[1])).toMatchObject({
    class_uid: 3001,
    activity_id: 9,
    actor: { type: 'system' },
    target: { name: 'grace' },
  })
  expect(event(nxlog[2])).toMatchObject({
    activity_id: 1,
    actor: { name: 'ada' },
    target: { name: 'backdoor' },
  })
})

test('NTLM, tickets, other accounts’ credentials and privileges are told apart; the zone is the source’s', () => {
  expect(event(nxlog[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 30),
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { name: 'grace', domain: 'corp' },
    device: { name: 'LAPTOP7' },
    auth: { protocol: 'ntlm' },
  })
  expect(event(nxlog[0], 'Europe/Oslo').time).toBe(Date.UTC(2024, 4, 6, 5, 30))
  expect(event(nxlog[3])).toMatchObject({
    status_id: 1,
    actor: { name: 'ada', domain: 'corp' },
    src: { ip: '203.0.113.20' },
    auth: { stage: 'sso', protocol: 'kerberos' },
  })
  expect(event(nxlog[4])).toMatchObject({
    activity_id: 7,
    status_id: 99,
    actor: { name: 'ada' },
    target: { name: 'root-admin', domain: 'corp' },
  })
  expect(event(nxlog[5])).toMatchObject({
    class_uid: 3003,
    actor: { session: { uid: 'dc1.corp.example.com/0x8dcdc' } },
  })
  expect(event(nxlog[6])).toMatchObject({ class_uid: 0, activity: '4999 event 4999' })
})

describe('codes', () => {
  test.each<[number | undefined, (string | undefined)[], object]>([
    [2, ['0xC000006A', '0xC000006D'], { status_id: 2, failure_class: 'bad_credentials' }],
    [2, ['0x0', '0xc0000234'], { status_id: 2, failure_class: 'locked' }],
    [2, ['0xc00000ff', undefined], { status_id: 2, failure_class: 'other' }],
    [undefined, [undefined, '0x0'], { status_id: 1 }],
    [undefined, [undefined, '0x19'], { status_id: 99 }],
    [undefined, [undefined, undefined], { status_id: 0 }],
  ])('%j %j', (own, codes, expected) => {
    expect(outcomeOf(own as 2 | undefined, codes)).toMatchObject(expected)
  })
})

test('no XML makes it throw or take long', () => {
  const parts = fc.constantFrom(
    '<Event ',
    '<Event>',
    '<EventID>',
    '4624',
    '</EventID>',
    "<Data Name='",
    "'>",
    '</Data>',
    '&amp;',
    '&#x110000;',
    '<EventData>',
    '<Subject',
    '<',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string()), { maxLength: 40 }), (some) => {
      const text = some.join('')
      windows.recognise(text)
      const outcome = windows.normalise(text, origin)
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
  )
  const start = performance.now()
  for (const part of [
    '<Event ',
    '<EventData><Data Name=',
    "<Data Name='a'>",
    '<Subject',
    '&#',
    "<Data Name='a",
  ])
    windows.normalise(`<Event ><EventID>4624</EventID><EventData>${part.repeat(60_000)}`, origin)
  expect(performance.now() - start).toBeLessThan(2_000)
})
