import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { auditJoiner } from '../envelopes/join-audit.ts'
import { auditd } from './normalise.ts'

const lines = readFileSync(join(import.meta.dirname, 'samples', 'audit.txt'), 'utf8')
  .trim()
  .split('\n')
const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const

function event(record: unknown): AccessEvent {
  const outcome = auditd.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

function joined(some: readonly string[]): string[] {
  const joiner = auditJoiner()
  return [...some.flatMap((text, i) => joiner.push(i + 1, text)), ...joiner.end()].map(
    (one) => one.text,
  )
}

connectorContract(auditd, lines)

test('a sign-in is read field by field', () => {
  expect(event(lines[2])).toMatchObject({
    uid: 'web1/1714979460.500:510',
    time: Date.UTC(2024, 4, 6, 7, 11, 0, 500),
    source: { vendor: 'linux', product: 'audit', tenant_uid: 'web1', log_name: 'USER_LOGIN' },
    class_uid: 3002,
    status_id: 1,
    actor: { type: 'user', name: 'ada', domain: 'linux', session: { uid: 'web1/7' } },
    src: { ip: '203.0.113.20' },
    resources: [{ name: 'web1', type: 'host' }],
    auth: { stage: 'session', attempt_uid: 'web1/2900', is_mfa: null, protocol: 'ssh' },
  })
})

test('the tries of a process and their end are one attempt; an invalid user is unknown', () => {
  expect(event(lines[0])).toMatchObject({
    status_id: 2,
    failure_class: 'bad_credentials',
    actor: { type: 'root', account_uid: 'web1' },
    auth: { stage: 'primary', attempt_uid: 'web1/2837' },
  })
  expect(event(lines[1]).auth?.attempt_uid).toBe('web1/2837')
  expect(event(lines[3])).toMatchObject({
    failure_class: 'unknown_user',
    actor: { type: 'unknown' },
    src: { ip: '2001:db8::9' },
  })
})

test('commands come without arguments, changes with both sides, and what switches auditing off is told', () => {
  expect(event(lines[4])).toMatchObject({
    class_uid: 6003,
    actor: { name: 'ada' },
    target: { name: 'root', account_uid: 'web1' },
    api: { service: 'linux', operation: 'USER_CMD sudo' },
  })
  expect(JSON.stringify(event(lines[4]))).not.toContain('secret')
  expect(event(lines[5])).toMatchObject({
    actor: { name: 'ada' },
    api: { operation: 'execve /usr/bin/cat' },
  })
  expect(event(lines[6])).toMatchObject({
    class_uid: 3001,
    activity_id: 1,
    actor: { name: 'ada' },
    target: { name: 'backdoor' },
  })
  expect(event(lines[7])).toMatchObject({ change: ['disables_logging'] })
  expect(auditd.normalise(lines[8], origin)).toEqual({
    kind: 'skip',
    why: 'the keys of a connection',
  })
  expect(event(lines[9])).toMatchObject({ class_uid: 2004 })
  expect(event(lines[10])).toMatchObject({ class_uid: 0, activity: 'ZEPPELIN' })
})

test.each([
  ['a control character', '\u001d'],
  ['its number, as rsyslog writes it', '#035'],
  ['a blank', ' '],
  ['nothing, as forwarders leave it', ''],
])('what auditd adds in capitals is read behind %s', (_, between) => {
  const head = 'node=web1 type='
  const set = `${head}CONFIG_CHANGE msg=audit(1714979510.123:515): op=set audit_enabled=0 old=1 auid=1000 ses=7 res=1${between}AUID="ada"`
  expect(event(set)).toMatchObject({
    time: Date.UTC(2024, 4, 6, 7, 11, 50, 123),
    status_id: 1,
    actor: { name: 'ada', domain: 'linux' },
  })
  const call = `${head}SYSCALL msg=audit(1714979490.250:513): arch=c000003e syscall=59 success=yes auid=1000 uid=0 ses=7 exe="/usr/bin/cat" key=(null)${between}ARCH=x86_64 SYSCALL=execve AUID="ada" UID="root"`
  expect(event(call)).toMatchObject({
    actor: { name: 'ada' },
    api: { operation: 'execve /usr/bin/cat' },
  })
})

test('what a client says about itself is no translation of auditd', () => {
  const forged = `node=web1 type=USER_LOGIN msg=audit(1714979470.000:511): pid=1 uid=0 auid=1000 ses=7 msg='op=login id=1000 hostname=aAUID=root ID=root exe="/usr/sbin/sshd" addr=203.0.113.9 res=success'\u001dUID="root" AUID="ada" ID="ada"`
  expect(JSON.stringify(event(forged).actor)).not.toContain('root')
})

test('records of one serial number are one event, also where others stand between them', () => {
  const of = (serial: number, type: string, rest: string) =>
    `node=web1 type=${type} msg=audit(1714979490.250:${serial}): ${rest}`
  const written = [
    of(
      1,
      'SYSCALL',
      'syscall=2 success=no exit=-13 pid=9 auid=1000 uid=1000 ses=7 comm="cat" exe="/usr/bin/cat"',
    ),
    of(
      2,
      'SYSCALL',
      'syscall=59 success=yes pid=10 auid=1001 uid=0 ses=8 comm="id" exe="/usr/bin/id"',
    ),
    of(1, 'CWD', 'cwd="/home/ada"'),
    of(1, 'PATH', 'item=0 name="/etc/shadow" inode=1'),
    'a line of something else',
    of(2, 'EXECVE', 'argc=1 a0="id"'),
    of(2, 'EOE', ''),
    of(1, 'PROCTITLE', 'proctitle=636174002F6574632F736861646F77'),
  ]
  const whole = joined(written)
  expect(whole).toHaveLength(3)
  expect(whole.map((one) => one.split('\n').length)).toEqual([1, 3, 4])
  expect(event(whole[2])).toMatchObject({
    uid: 'web1/1714979490.250:1',
    status_id: 2,
    actor: { name: 'web1/1000' },
    resources: [
      { name: 'web1', type: 'host' },
      { name: '/etc/shadow', type: 'file' },
    ],
  })
})

test('an event of very many or very long lines is closed early, and its lines are all there', () => {
  const line = (rest: string) => `type=PATH msg=audit(1714979490.250:9): ${rest}`
  const many = Array.from({ length: 150 }, (_, i) => line(`item=${i}`))
  expect(joined(many).map((text) => text.split('\n').length)).toEqual([64, 64, 22])
  expect(joined(many).join('\n')).toBe(many.join('\n'))
  const long = Array.from({ length: 10 }, () => line('x'.repeat(200_000)))
  expect(joined(long).map((text) => text.split('\n').length)).toEqual([3, 3, 3, 1])
})

test('joining loses no line, however the lines come, and keeps the order in which events began', () => {
  const line = fc
    .tuple(fc.nat(80), fc.constantFrom('SYSCALL', 'PATH', 'EOE', 'x'))
    .map(([serial, type]) =>
      type === 'x' ? `other ${serial}` : `type=${type} msg=audit(1.000:${serial}): a=b`,
    )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 300 }), (some) => {
      const texts = joined(some)
      expect(texts.flatMap((text) => text.split('\n')).sort()).toEqual([...some].sort())
    }),
  )
})

test('no line makes it throw, give an event that is none, or take long', () => {
  const words = fc.constantFrom(
    "msg='",
    "'",
    '"',
    'acct=',
    'res=failed',
    'exe="',
    ' ',
    'op=login ',
    'auid=0',
    'ses=1 ',
    'AUID="',
    '2F62',
  )
  const types = fc.constantFrom('USER_LOGIN', 'USER_AUTH', 'USER_CMD', 'SYSCALL', 'ADD_USER', 'X')
  fc.assert(
    fc.property(types, fc.array(fc.oneof(words, fc.string()), { maxLength: 30 }), (type, parts) => {
      const outcome = auditd.normalise(
        `type=${type} msg=audit(1714979400.123:5): ${parts.join('')}`,
        origin,
      )
      if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
    }),
    { numRuns: 1_000 },
  )
  const start = performance.now()
  for (const part of [
    "msg='",
    'a=',
    'a="',
    '="',
    ' ',
    'AB',
    '\n',
    'type=SYSCALL msg=audit(1714979400.123:5): ',
  ])
    auditd.normalise(`type=USER_LOGIN msg=audit(1714979400.123:5): ${part.repeat(60_000)}`, origin)
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('lines of letters without an end take no longer than others', () => {
  const line = `type=USER_LOGIN msg=audit(1714979400.123:5): ${'a'.repeat(16_000)}`
  const record = Array(64).fill(line).join('\n')
  const start = performance.now()
  for (let i = 0; i < 8; i++) auditd.normalise(record, origin)
  expect(performance.now() - start).toBeLessThan(1_500)
})
