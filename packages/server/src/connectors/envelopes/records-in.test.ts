import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordBytes, recordsIn } from './records-in.ts'

const first = { eventName: 'GetObject', n: 1 }
const second = { eventName: 'PutObject', n: 2 }
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
const packed = (value: unknown) => gzipSync(JSON.stringify(value)).toString('base64')
const body = JSON.stringify({ Records: [first, second] })
const logs = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logEvents: [
    { id: '1', timestamp: 1, message: JSON.stringify(first) },
    { id: '2', timestamp: 2, message: JSON.stringify(second) },
  ],
}

describe('records are found in', () => {
  test.each<[string, unknown]>([
    ['a list', [first, second]],
    ["AWS's and Lambda's wrapper", { Records: [first, second] }],
    ["Microsoft's", { '@odata.context': 'x', value: [first, second] }],
    ['an event hook', { eventType: 'hook', data: { events: [first, second] } }],
    ['an SQS message', { MessageId: 'm', Body: body }],
    ['SQS messages as Lambda sees them', { Records: [{ messageId: 'm', body }] }],
    ['an SNS notification', { Type: 'Notification', TopicArn: 'arn', Message: body }],
    ['an SNS notification as Lambda sees it', { Records: [{ Sns: { Message: body } }] }],
    [
      'an SNS notification in an SQS message',
      { MessageId: 'm', Body: JSON.stringify({ TopicArn: 'arn', Message: body }) },
    ],
    ['a Kinesis stream', { Records: [{ kinesis: { data: base64([first, second]) } }] }],
    ['CloudWatch Logs in a Kinesis stream', { Records: [{ kinesis: { data: packed(logs) } }] }],
    ['CloudWatch Logs as Lambda sees them', { awslogs: { data: packed(logs) } }],
    ['CloudWatch Logs as Firehose writes them', logs],
    ['Firehose', { requestId: 'r', records: [{ data: packed(logs) }] }],
    [
      "a Firehose transformation's input",
      {
        invocationId: 'i',
        records: [first, second].map((one, i) => ({ recordId: `${i}`, data: base64(one) })),
      },
    ],
    [
      'Pub/Sub that pushes',
      { subscription: 's', message: { messageId: '1', data: base64([first, second]) } },
    ],
    [
      'Pub/Sub that is pulled',
      { receivedMessages: [{ message: { messageId: '1', data: base64([first, second]) } }] },
    ],
    ['EventBridge', [first, second].map((detail) => ({ 'detail-type': 'x', detail }))],
    [
      'LookupEvents',
      { Events: [first, second].map((one) => ({ CloudTrailEvent: JSON.stringify(one) })) },
    ],
    ['Cloud Logging', { entries: [first, second] }],
    ['Elasticsearch', { hits: { total: 2, hits: [{ _source: first }, { _source: second }] } }],
    ['Duo', { stat: 'OK', response: { authlogs: [first, second], metadata: {} } }],
    [
      'a query of Log Analytics',
      {
        tables: [
          {
            columns: [{ name: 'eventName' }, { name: 'n' }],
            rows: [
              ['GetObject', 1],
              ['PutObject', 2],
            ],
          },
        ],
      },
    ],
    [
      'lines of JSON in a message',
      { MessageId: 'm', Body: `${JSON.stringify(first)}\n${JSON.stringify(second)}\n` },
    ],
  ])('%s', (_, value) => {
    expect(recordsIn(value)).toEqual([first, second])
  })
})

test('lines of text in a message stay lines', () => {
  const data = packed({ messageType: 'DATA_MESSAGE', logEvents: [{ message: 'a b\r\nc d' }] })
  expect(recordsIn({ awslogs: { data } })).toEqual(['a b', 'c d'])
})

test('an activity of several events becomes one record an event', () => {
  const activity = { kind: 'admin#reports#activity', id: { time: 't' }, events: [first, second] }
  expect(recordsIn({ kind: 'admin#reports#activities', items: [activity] })).toEqual([
    { ...activity, events: [first], eventIndex: 0 },
    { ...activity, events: [second], eventIndex: 1 },
  ])
})

test('what a carrier holds and is no record is given as it stands', () => {
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent' }
  expect(recordsIn({ MessageId: 'm', Body: JSON.stringify(test) })).toEqual([test])
  const control = { messageType: 'CONTROL_MESSAGE', logEvents: [] }
  expect(recordsIn({ Records: [{ kinesis: { data: packed(control) } }] })).toEqual([control])
  const damaged = { kinesis: { data: packed(logs).slice(0, 40) } }
  expect(recordsIn(damaged)).toEqual([damaged])
  const bomb = { kinesis: { data: gzipSync(Buffer.alloc(50_000_000)).toString('base64') } }
  expect(recordsIn(bomb)).toEqual([bomb])
})

test('gzip in gzip, wide tables and activities of many events grow to no more than they may', () => {
  const pack = (content: string) => gzipSync(content).toString('base64')
  const carrying = (data: string, count: number) =>
    JSON.stringify({ Records: Array.from({ length: count }, () => ({ data })) })
  const bomb = carrying(pack(carrying(pack('a '.repeat(450_000)), 600)), 20)
  expect(bomb.length).toBeLessThan(100_000)
  const found = recordsIn(JSON.parse(bomb))
  const length = found.reduce<number>((sum, one) => sum + String(one).length, 0)
  expect(length).toBeLessThan(40_000_000)
  const table = { columns: Array(20_000).fill({}), rows: Array(20_000).fill([]) }
  expect(recordsIn({ tables: [table] })).toHaveLength(20_000)
  const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`a${i}`, 0]))
  const events = Array(20_000).fill({})
  const activity = { kind: 'admin#reports#activity', events, ...fields }
  expect(recordsIn(activity)).toEqual([activity])
  const entry = { protoPayload: { metadata: { event: events } }, ...fields }
  expect(recordsIn(entry)).toEqual([entry])
}, 20_000)

test('what lies around several records is repeated while it is short, not where that would multiply a carrier', () => {
  const long = 'x'.repeat(100_000)
  const many = Array(2_000).fill({})
  const kind = 'admin#reports#activity'
  const carriers = [
    { kind, long, events: many },
    { protoPayload: { metadata: { event: many } }, long },
    { Username: long, AuthEvents: many },
  ]
  for (const carrier of carriers) expect(recordsIn(carrier)).toEqual([carrier])
  const table = { columns: [{ name: long }], rows: Array(2_000).fill([1]) }
  expect(recordsIn({ tables: [table] })).toEqual([table])
  // Each by itself is small; in one another they would multiply.
  const inner = { kind, events: Array(200).fill({}), pad: 'x'.repeat(2_000) }
  const outer = { kind, events: Array(200).fill({}), Records: Array(40).fill(inner) }
  const found = recordsIn(Array(20).fill(outer))
  expect(Buffer.concat(found.map(recordBytes)).length).toBeLessThan(64 * 1024 * 1024)
  const event = { type: 'login', name: 'login_success', parameters: [{ name: 'is_suspicious' }] }
  const usual = { kind, id: 'x'.repeat(700), events: Array(300).fill(event) }
  expect(recordsIn(usual)).toHaveLength(300)
})

test('a record whose fields are called like a carrier is a record', () => {
  for (const record of [
    { message: 'text' },
    { data: 'text', user: 'x' },
    { data: { type: 's' }, log_id: 'x' },
    { items: [{}] },
    { value: [1] },
    { detail: { a: 1 } },
    { response: { code: 1 } },
    { events: [{}, {}] },
  ]) {
    expect(recordsIn(record)).toEqual([record])
  }
})

test('nothing makes it throw or go on for ever', () => {
  const key = fc.constantFrom(
    'Records',
    'value',
    'Body',
    'MessageId',
    'data',
    'kinesis',
    'detail',
    'detail-type',
    'events',
    'kind',
    'hits',
    'tables',
    'columns',
    'rows',
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constant('admin#reports#activity'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 4 }),
    ),
  })).any
  fc.assert(
    fc.property(value, (one) => void recordsIn(one)),
    { numRuns: 500 },
  )
  let deep: unknown = first
  for (let i = 0; i < 50; i++)
    deep = { MessageId: 'm', Body: JSON.stringify(deep).slice(0, 100_000) }
  expect(recordsIn(deep)).toHaveLength(1)
})
