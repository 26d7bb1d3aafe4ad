import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAddress } from './address.ts'
import { countryCode } from './country.ts'
import { parseJson, readerOf } from './fields.ts'
import { parseLoose } from './loose.ts'
import { boolOf, cleanText, looksLikeEmail, textOf } from './text.ts'
import { readEpoch, readIso, readIsoFast, readTime } from './time.ts'

describe('times', () => {
  test.each([
    ['2024-05-01T12:00:00Z', '2024-05-01T12:00:00.000Z'],
    ['2024-05-01T12:00:00', '2024-05-01T12:00:00.000Z'],
    ['2024-05-01 12:00:00.772', '2024-05-01T12:00:00.772Z'],
    ['2024-05-01T12:00:00.1234567Z', '2024-05-01T12:00:00.123Z'],
    ['2023-07-26 22:58:30.983201900', '2023-07-26T22:58:30.983Z'],
    ['2024-05-01T12:00:00+0530', '2024-05-01T06:30:00.000Z'],
    ['2024-05-01T12:00-03', '2024-05-01T15:00:00.000Z'],
    ['20131102T010628Z', '2013-11-02T01:06:28.000Z'],
    ['4/28/2021, 2:08:45.221 PM', '2021-04-28T14:08:45.221Z'],
    ['1/9/2007 12:41:00 AM [+01:00]', '2007-01-08T23:41:00.000Z'],
    ['Wed May 01 12:00:00 UTC 2024', '2024-05-01T12:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s, wherever it is read', (text, expected) => {
    expect(new Date(readTime(text)).toISOString()).toBe(expected)
  })

  test.each([
    '43:30.8',
    '2023-02-29',
    '2024-13-01',
    '2024-05-01T24:00:00Z',
    '2024-05-01T12:61:00Z',
    'yesterday',
    '',
    '0',
    '2024-05-01T12:00:00+99:00',
  ])('%j is none', (text) => {
    expect(readTime(text)).toBeNaN()
  })

  test('every instant is read back from its ISO text, by the quick way too', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date(253402300799999), noInvalidDate: true }),
        (date) => {
          expect(readIso(date.toISOString())).toBe(date.getTime())
          expect(readIsoFast(`${date.toISOString().slice(0, 19)}Z`)).toBe(
            Math.floor(date.getTime() / 1000) * 1000,
          )
        },
      ),
    )
  })

  test('counts from 1970 are read in the unit that is documented', () => {
    expect(readEpoch(1714564800, 's')).toBe(1714564800000)
    expect(readEpoch('1714564800.25', 's')).toBe(1714564800250)
    expect(readEpoch(1714979400.123, 's')).toBe(1714979400123)
    expect(readEpoch('1714564800000000', 'us')).toBe(1714564800000)
    expect(readEpoch('1714564800000000000', 'ns')).toBe(1714564800000)
    expect(readEpoch('soon', 's')).toBeNaN()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 999 }), (ms, us) => {
        const fraction = `${String(ms % 1000).padStart(3, '0')}${String(us).padStart(3, '0')}`
        const seconds = `${Math.floor(ms / 1000)}.${fraction}`
        expect([readEpoch(seconds, 's'), readEpoch(Number(seconds), 's')]).toEqual([ms, ms])
        expect(readEpoch(ms * 1000 + us, 'us')).toBe(ms)
      }),
    )
  })
})

describe('addresses', () => {
  test.each([
    ['203.0.113.5', { ip: '203.0.113.5', ip_kind: 'public' }],
    ['203.0.113.5:51123', { ip: '203.0.113.5', port: 51123, ip_kind: 'public' }],
    ['[2001:DB8::1]:443', { ip: '2001:db8::1', port: 443, ip_kind: 'public' }],
    ['::ffff:8.8.8.8', { ip: '8.8.8.8', ip_kind: 'public' }],
    ['07da:0994:0:0::1', { ip: '7da:994::1', ip_kind: 'public' }],
    ['fe80::1%eth0', { ip: 'fe80::1', ip_kind: 'link_local' }],
    ['10.1.2.3', { ip: '10.1.2.3', ip_kind: 'private' }],
    ['127.0.0.1', { ip: '127.0.0.1', ip_kind: 'loopback' }],
    ['0.0.0.0', { ip: '0.0.0.0', ip_kind: 'reserved' }],
    ['AWS Internal', { ip_raw: 'AWS Internal', ip_kind: 'service' }],
    ['ec2.amazonaws.com', { ip_raw: 'ec2.amazonaws.com', ip_kind: 'service' }],
    ['gce-internal-ip', { ip_kind: 'service' }],
    ['ssh.example.org', { hostname: 'ssh.example.org', ip_kind: 'hostname' }],
    ['1.1.1.1.1', { ip_raw: '1.1.1.1.1', ip_kind: 'invalid' }],
    ['010.1.1.1', { ip_kind: 'invalid' }],
    ['your ip here', { ip_kind: 'invalid' }],
    ['-', { ip_kind: 'missing' }],
    ['null', { ip_kind: 'missing' }],
    [undefined, { ip_kind: 'missing' }],
  ])('%j is %j', (text, expected) => {
    expect(readAddress(text)).toMatchObject(expected)
  })

  test('every address is canonical, and reading it again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          fc.ipV6().map((ip) => ip.toUpperCase()),
        ),
        (text) => {
          const { ip } = readAddress(text)
          expect(ip).toBeDefined()
          expect(readAddress(ip)).toMatchObject({ ip, ip_kind: readAddress(text).ip_kind })
          expect(readAddress(ip).ip_raw).toBeUndefined()
        },
      ),
    )
  })
})

describe('texts', () => {
  test('come out without what could steer a screen, never longer than asked, and cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (text, max) => {
          const clean = cleanText(text, max)
          expect(clean.length).toBeLessThanOrEqual(max)
          expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
          expect(clean.isWellFormed()).toBe(true)
          expect(cleanText(clean, max)).toBe(clean)
        },
      ),
    )
  })

  test.each(['', '-', 'null', 'None', 'UNKNOWN', 'not_available', '  ', null, undefined, {}, []])(
    '%j is nothing',
    (value) => {
      expect(textOf(value, 100)).toBeUndefined()
    },
  )

  test.each([
    [true, true],
    ['True', true],
    ['YES', true],
    ['0', false],
    [0, false],
    ['off', false],
    ['maybe', undefined],
    [2, undefined],
  ])('%j is %j', (value, expected) => {
    expect(boolOf(value)).toBe(expected)
  })

  test.each([
    ['ada@example.com', true],
    ['@example.com', false],
    ['ada@', false],
    ['a@b@c.d', false],
    ['ada@host', false],
    ['a b@c.d', false],
  ])('%j is an address: %j', (text, expected) => {
    expect(looksLikeEmail(text)).toBe(expected)
  })
})

test.each([
  ['Norway', 'NO'],
  ['no', 'NO'],
  ['United States', 'US'],
  ['Russian Federation', 'RU'],
  ['UK', 'GB'],
  ['Germany', 'DE'],
  ['DD', undefined],
  ['XX', undefined],
  ['EU', undefined],
  [5, undefined],
])('the country of %j is %j', (said, code) => {
  expect(countryCode(said)).toBe(code)
})

describe('structures in other notations', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ["{'type': 'AWSAccount', 'x': None, 'y': True}", { type: 'AWSAccount', x: null, y: true }],
    ['{a=1, b=[x, y], c={d=e}}', { a: '1', b: ['x', 'y'], c: { d: 'e' } }],
    [
      '{reasons=New City, New Device, level=HIGH}',
      { reasons: 'New City, New Device', level: 'HIGH' },
    ],
    ['{}', {}],
    ['hello', undefined],
    ['{a', undefined],
  ])('%s is %j', (text, value) => {
    expect(parseLoose(text)).toEqual(value)
  })

  test('never throw, and JSON is read as JSON reads it', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLoose(`{${text}`)))
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(parseLoose(JSON.stringify(value))).toEqual(parseJson(JSON.stringify(value)))
      }),
    )
  })

  test('do not nest without end', () => {
    expect(parseLoose('{a='.repeat(10_000))).toBeUndefined()
  })
})

test('integers beyond 2^53 keep their digits', () => {
  expect(
    parseJson('{"a":-4324475583306591935,"b":[9007199254740993],"c":1.5,"d":"12345678901234567"}'),
  ).toEqual({ a: '-4324475583306591935', b: ['9007199254740993'], c: 1.5, d: '12345678901234567' })
})

test('fields are found whatever their case, joints and suffixes, the first that has a value', () => {
  const get = readerOf(
    { 'CreatedDateTime [UTC]': 'x', Status_dynamic: '', Status_string: 's', user_id: 7 },
    { userId: 8, other: 9 },
  )
  expect([
    get('createddatetime'),
    get('status'),
    get('userid'),
    get('nothing', 'other'),
    get('constructor'),
  ]).toEqual(['x', 's', 7, 9, undefined])
})
