import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { Origin } from '../connector.ts'
import { connectorOf } from '../registry.ts'
import { readMapping } from './mapping.ts'
import { genericConnector } from './normalise.ts'
import { compilePath } from './path.ts'
import { timeReader } from './time-format.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')
const from = (text: string) => genericConnector(readMapping(text), connectorOf)

test('a mapping reads a table nobody knows: times, addresses, outcomes, what to leave out', () => {
  const connector = from(sample('badge-log.yaml'))
  const rows: unknown[] = parse(sample('badge-log.csv'), { columns: true, delimiter: ';' })
  const [first, second, third] = rows.map((row) => connector.normalise(row, origin))
  expect(first).toMatchObject({
    kind: 'ok',
    value: {
      uid: '["06/05/2024 09:33:02","ADA@EXAMPLE.COM","203.0.113.20:51123"]',
      time: Date.UTC(2024, 4, 6, 7, 33, 2),
      source: { vendor: 'example', product: 'badge', format: 'generic' },
      actor: { name: 'ADA@EXAMPLE.COM', email_addr: 'ADA@EXAMPLE.COM' },
      src: { ip: '203.0.113.20', port: 51123 },
      activity: 'badge_login',
      status_id: 1,
    },
  })
  expect(second).toMatchObject({
    kind: 'ok',
    value: { time: Date.UTC(2024, 4, 6, 7, 40), status_id: 2, src: { ip: '2001:db8::1' } },
  })
  expect(third).toMatchObject({ kind: 'skip' })
})

test('a mapping can unwrap a field and hand the rest to a named format', () => {
  const connector = from('unwrap: event\nformat: rba')
  const row = {
    'Login Timestamp': '2024-05-06 07:10:00.772',
    'User ID': '1',
    'IP Address': '203.0.113.1',
    'Login Successful': 'True',
    index: '7',
  }
  expect(connector.normalise({ event: row }, origin)).toMatchObject({
    kind: 'ok',
    value: { uid: '7' },
  })
  expect(connector.normalise({ event: JSON.stringify(row) }, origin)).toMatchObject({
    kind: 'ok',
    value: { uid: '7' },
  })
  expect(connector.normalise({ other: row }, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('nothing at "event"'),
  })
})

test('fields come from several paths, from templates and constants, and countries by name', () => {
  const connector = from(`
time: { path: [at, when], format: epoch_ms }
fields:
  actor.name: [user.mail, user.login]
  activity: { template: '{service}.{op}' }
  actor.type: { const: service }
  src.location.country: place
  traffic.bytes_out: sent
`)
  const record = {
    when: 1714979460000,
    user: { login: 'ada' },
    service: 's',
    op: 'get',
    place: 'Norway',
    sent: '12',
  }
  expect(connector.normalise(record, origin)).toMatchObject({
    kind: 'ok',
    value: {
      actor: { name: 'ada', type: 'service' },
      activity: 's.get',
      src: { location: { country: 'NO', provider: 'vendor' } },
      traffic: { bytes_out: 12 },
    },
  })
  expect(connector.normalise({ ...record, user: null }, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('actor'),
  })
  expect(connector.normalise({ ...record, sent: 'much' }, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('traffic.bytes_out'),
  })
})

test.each([
  ['fields: { actor.name: x }', 'give time and fields'],
  ['time: { path: t, format: sundial }\nfields: { actor.name: x }', 'time.format: must be one of'],
  ['time: { path: t }\nfields: { actor.nme: x }', 'fields.actor.nme'],
  ['time: { path: t }\nfields: { actor.name: x }\nextra: 1', 'extra'],
  ['format: nothing', 'there is no format "nothing"'],
  ['time: { path: "a[" }\nfields: { actor.name: x }', 'cannot read from "["'],
])('the mapping %j is refused: %s', (text, why) => {
  expect(() => from(text)).toThrow(why)
})

describe('a path', () => {
  const record = { a: { b: [{ n: 1 }, { name: 'ip', value: 'x' }], 'c d': 2 }, 'e.f': 3, '@t': 4 }
  test.each([
    ['a.b[0].n', 1],
    ['$.a.b[?name=ip].value', 'x'],
    ['a.c d', 2],
    ['a["c d"]', 2],
    ['e.f', 3],
    ['@t', 4],
    ['a.b[9].n', undefined],
    ['a.constructor', undefined],
    ['__proto__.x', undefined],
  ])('%s leads to %j', (path, value) => {
    expect(compilePath(path)(record)).toEqual(value)
  })
})

test.each([
  ['2024-07-01 12:00:00', 'Europe/Oslo', '2024-07-01T10:00:00.000Z'],
  ['2024-01-01 12:00:00', 'Europe/Oslo', '2024-01-01T11:00:00.000Z'],
  ['2024-01-01 12:00:00', '+05:30', '2024-01-01T06:30:00.000Z'],
  ['2024-01-01T12:00:00Z', 'Europe/Oslo', '2024-01-01T12:00:00.000Z'],
  ['2024-01-01T12:00:00-03:00', 'Europe/Oslo', '2024-01-01T15:00:00.000Z'],
  ['2024-01-01 12:00:00', undefined, '2024-01-01T12:00:00.000Z'],
  ['2024-05-01', 'Asia/Tokyo', '2024-04-30T15:00:00.000Z'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(new Date(timeReader(['auto'], zone)(text)).toISOString()).toBe(expected)
})
