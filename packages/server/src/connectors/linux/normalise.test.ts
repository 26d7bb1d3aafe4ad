import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import type { Origin } from '../connector.ts'
import { linux } from './normalise.ts'
import { readSyslog } from './syslog.ts'

const written = Date.UTC(2024, 4, 7)
const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay', written }
const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const lines = sample('auth-log.txt').trim().split('\n')
const journal: unknown = JSON.parse(sample('journal.ndjson'))

function event(record: unknown): AccessEvent {
  const outcome = linux.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

const sshd = (message: string) => event(`May  6 07:10:01 web1 sshd[12]: ${message}`)

connectorContract(linux, [...lines, journal])

test('lines of syslog are recognised, those that tell of sign-ins best, and others are not', () => {
  for (const line of lines.filter((one) => !one.includes('logind')))
    expect(linux.recognise(line)).toBeGreaterThan(0.9)
  expect(linux.recognise(lines[16])).toBe(0.6)
  expect(linux.recognise(journal)).toBeGreaterThan(0.9)
  for (const other of [
    'a,b,c',
    '',
    'user;time',
    '2024-05-01T12:00:00Z,ada',
    { MESSAGE: 'x' },
    null,
  ])
    expect(linux.recognise(other)).toBe(0)
})

test('every line of a log is an event or left out with its reason', () => {
  const outcomes = lines.map((line) => linux.normalise(line, origin))
  expect(outcomes.map((one) => (one.kind === 'ok' ? one.value.activity : one.why))).toEqual([
    'Accepted publickey',
    'PAM says what sshd says itself',
    'sudo',
    'PAM says what sudo says itself',
    'Invalid user',
    'Failed password',
    'Failed password',
    'Failed password',
    'maximum authentication attempts exceeded',
    'Accepted keyboard-interactive/pam',
    'Gave up',
    'Disconnected',
    'su: session opened',
    'new user',
    'add to group sudo',
    'a session that no person began',
    'a line of systemd-logind',
    'sshd: unmapped',
  ])
})

test('a sign-in with a key is read field by field', () => {
  expect(event(lines[0])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 10, 1),
    time_raw: 'May  6 07:10:01',
    uid_kind: 'derived',
    source: { vendor: 'linux', product: 'auth', tenant_uid: 'web1', log_name: 'sshd' },
    class_uid: 3002,
    activity_id: 1,
    status_id: 1,
    actor: {
      type: 'user',
      name: 'ada',
      domain: 'linux',
      credential_uid: 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8',
    },
    src: { ip: '203.0.113.20', ip_kind: 'public', port: 50122 },
    resources: [{ name: 'web1', type: 'host' }],
    auth: { stage: 'primary', attempt_uid: 'web1/1201', factors: ['ssh_key'], protocol: 'ssh' },
  })
  expect(event(journal)).toMatchObject({
    time: 1714979401123,
    src: { ip: '203.0.113.20' },
    auth: { factors: ['password'], attempt_uid: 'db1/77' },
  })
})

test('failures are told apart, and only what was tried counts', () => {
  expect(event(lines[5])).toMatchObject({
    status_id: 2,
    failure_class: 'unknown_user',
    actor: { name: 'admin' },
  })
  expect(event(lines[5]).auth?.attempt_uid).toBe(event(lines[4]).auth?.attempt_uid)
  expect(event(lines[6])).toMatchObject({ status_id: 2, failure_class: 'bad_credentials' })
  expect(event(lines[7])).toMatchObject({ count: 4, failure_class: 'bad_credentials' })
  expect(event(lines[7]).auth?.attempt_uid).not.toBe(event(lines[6]).auth?.attempt_uid)
  expect(event(lines[8])).toMatchObject({
    failure_class: 'rate_limited',
    auth: { stage: 'policy' },
  })
  expect(event(lines[10])).toMatchObject({
    status_id: 99,
    actor: { type: 'root', account_uid: 'web1' },
  })
})

test('accounts of a directory are known by their address; roots are the machines’ own', () => {
  expect(event(lines[9]).actor).toEqual({
    type: 'user',
    name: 'grace@example.com',
    email_addr: 'grace@example.com',
  })
  expect(event(lines[11])).toMatchObject({
    activity_id: 2,
    src: { ip: '2001:db8:0:1::20', port: 50200 },
  })
})

test('commands are known without their arguments; switches and changes name both sides', () => {
  expect(event(lines[2])).toMatchObject({
    class_uid: 6003,
    actor: { name: 'ada' },
    target: { type: 'root', account_uid: 'web1' },
    api: { service: 'sudo', operation: '/usr/bin/systemctl' },
  })
  expect(JSON.stringify(event(lines[2]))).not.toContain('token')
  expect(event(lines[12])).toMatchObject({
    activity_id: 7,
    actor: { name: 'ada' },
    target: { name: 'root' },
  })
  expect(event(lines[13])).toMatchObject({
    class_uid: 3001,
    activity_id: 1,
    target: { name: 'backdoor' },
  })
  expect(event(lines[14])).toMatchObject({ activity_id: 7, change: ['grants_admin'] })
})

describe('sshd', () => {
  test.each<[string, object]>([
    ['Failed none for ada from 192.0.2.1 port 9 ssh2', { status_id: 99 }],
    ['Failed publickey for ada from 192.0.2.1 port 9 ssh2: RSA SHA256:abc', { status_id: 99 }],
    [
      'Failed publickey for invalid user ada from 192.0.2.1 port 9 ssh2',
      { status_id: 2, failure_class: 'unknown_user' },
    ],
    [
      'Accepted gssapi-with-mic for ada from 192.0.2.1 port 9 ssh2',
      { auth: { factors: ['kerberos'] } },
    ],
    ['Postponed publickey for ada from 192.0.2.1 port 9 ssh2 [preauth]', { status_id: 99 }],
    [
      'Connection closed by invalid user x y 192.0.2.1 port 9 [preauth]',
      { failure_class: 'unknown_user', actor: { name: 'x y' } },
    ],
    [
      'User ada from 192.0.2.1 not allowed because not listed in AllowUsers',
      { failure_class: 'policy_blocked' },
    ],
    ['User ada from 192.0.2.1 not allowed because account is locked', { failure_class: 'locked' }],
    ['Failed password for ada from UNKNOWN port 65535 ssh2', { src: { ip_kind: 'missing' } }],
    [
      'Failed password for ada from host.example.org port 22 ssh2',
      { src: { ip_kind: 'hostname', hostname: 'host.example.org' } },
    ],
    [
      'Failed password for invalid user  from 192.0.2.1 port 9 ssh2',
      { actor: { type: 'unknown' } },
    ],
  ])('%s', (message, expected) => {
    expect(sshd(message)).toMatchObject(expected)
  })

  test('is not led astray by names that look like the end of a line', () => {
    const name = 'root from 8.8.8.8 port 22 ssh2'
    expect(
      sshd(`Failed password for invalid user ${name} from 192.0.2.1 port 9 ssh2`),
    ).toMatchObject({
      actor: { name },
      src: { ip: '192.0.2.1', port: 9 },
    })
    expect(sshd(`Invalid user ${name} from 192.0.2.1 port 9`)).toMatchObject({
      src: { ip: '192.0.2.1' },
    })
    expect(
      sshd(`Connection closed by authenticating user ${name} 192.0.2.1 port 9 [preauth]`),
    ).toMatchObject({
      actor: { name },
      src: { ip: '192.0.2.1' },
    })
  })
})

test.each([
  ['Jan  1 00:00:05 h sshd[1]: x', Date.UTC(2024, 0, 1, 0, 0, 5)],
  ['May  8 23:00:00 h sshd[1]: x', Date.UTC(2023, 4, 8, 23)],
  ['Dec 31 23:59:60 h sshd[1]: x', Date.UTC(2023, 11, 31, 23, 59, 59)],
  ['Feb 29 12:00:00 h sshd[1]: x', Date.UTC(2024, 1, 29, 12)],
  ['<38>May  6 07:10:01 h sshd[1]: x', Date.UTC(2024, 4, 6, 7, 10, 1)],
  ['2024-05-06T09:10:01.123456+02:00 h sshd[1]: x', Date.UTC(2024, 4, 6, 7, 10, 1, 123)],
  ['<38>1 2024-05-06T07:10:01.5Z h sshd 1 - - x', Date.UTC(2024, 4, 6, 7, 10, 1, 500)],
  ['<38>1 2024-05-06T07:10:01Z h sshd 1 ID [a b="]"][c] x', Date.UTC(2024, 4, 6, 7, 10, 1)],
])('%s is at %i, and its message is x', (line, time) => {
  expect(readSyslog(line, origin)).toMatchObject({
    time,
    host: 'h',
    program: 'sshd',
    pid: '1',
    message: 'x',
  })
})

test('a message without header is known, and refused where its time matters', () => {
  const message = 'Accepted password for ada from 192.0.2.1 port 9 ssh2'
  expect(linux.recognise(message)).toBe(0.8)
  expect(linux.normalise(message, origin)).toMatchObject({
    kind: 'reject',
    why: 'the record has no time',
  })
  expect(linux.normalise(message, { ...origin, mode: 'live' })).toMatchObject({
    kind: 'ok',
    value: { time: origin.now, warnings: ['unreadable_time'] },
  })
})

test('no line makes it throw, give an event that is none, or take long', () => {
  const words = fc.constantFrom(
    'Accepted',
    'Failed',
    'password',
    'for',
    'invalid user',
    'from',
    ' from ',
    'port',
    '22',
    '1.2.3.4',
    '::1',
    'ssh2',
    ' : ',
    ' ; ',
    'COMMAND=',
    'USER=',
    'TTY=',
    'User',
    'not allowed because',
    '[preauth]',
    'session opened for user',
    '(uid=0)',
    'message repeated 9 times: [ ',
  )
  const programs = fc.constantFrom('sshd[1]', 'sudo', 'su[2]', 'useradd[3]', 'x')
  const message = fc.array(fc.oneof(words, fc.string()), { maxLength: 30 })
  fc.assert(
    fc.property(programs, message, (program, parts) => {
      const line = `May  6 07:10:01 web1 ${program}: ${parts.join(' ')}`
      linux.recognise(line)
      const outcome = linux.normalise(line, origin)
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
    { numRuns: 1_000 },
  )
  const start = performance.now()
  for (const part of [
    ' from ',
    ' from 1.2.3.4 port 2',
    ' port ',
    'Failed password for ',
    ' ; USER=',
    ' : ',
    '[',
    '=',
    ' ',
  ]) {
    for (const head of [
      'Failed password for ',
      'Invalid user ',
      'User ',
      'Connection closed by invalid user ',
      'ada : TTY=x ; PWD=',
    ])
      for (const program of ['sshd[1]', 'sudo', 'su'])
        linux.normalise(`May  6 07:10:01 web1 ${program}: ${head}${part.repeat(40_000)}`, origin)
  }
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('a line without a zone is of the zone of its source, summer and winter; one that names a zone keeps it', () => {
  const time = (line: string, zone: string) => {
    const outcome = linux.normalise(line, { ...origin, zone })
    return outcome.kind === 'ok' ? outcome.value.time : outcome.why
  }
  const rest = 'web1 sshd[1]: Accepted password for ada from 192.0.2.1 port 9 ssh2'
  expect(time(`May  6 07:10:01 ${rest}`, 'Europe/Oslo')).toBe(Date.UTC(2024, 4, 6, 5, 10, 1))
  expect(time(`Jan  6 07:10:01 ${rest}`, 'Europe/Oslo')).toBe(Date.UTC(2024, 0, 6, 6, 10, 1))
  expect(time(`May  6 07:10:01 ${rest}`, '-05:30')).toBe(Date.UTC(2024, 4, 6, 12, 40, 1))
  expect(time(`2024-05-06T07:10:01Z ${rest}`, 'Europe/Oslo')).toBe(Date.UTC(2024, 4, 6, 7, 10, 1))
})
