import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readNotice } from './notices.ts'

const key = 'AWSLogs/1/CloudTrail/eu-north-1/2024/05/06/a b+c=d.json.gz'
const s3 = {
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: {
        bucket: { name: 'trail' },
        object: { key: 'AWSLogs/1/CloudTrail/eu-north-1/2024/05/06/a+b%2Bc%3Dd.json.gz' },
      },
    },
  ],
}
const wrapped = (message: unknown) => ({
  Type: 'Notification',
  TopicArn: 'arn:aws:sns:eu-north-1:1:t',
  Message: JSON.stringify(message),
})
const one = { kind: 'objects', objects: [{ bucket: 'trail', key }] }
const read = (message: unknown) => readNotice(JSON.stringify(message))

test.each<[string, unknown]>([
  ['S3', s3],
  ['S3 through a topic', wrapped(s3)],
  ['CloudTrail', { s3Bucket: 'trail', s3ObjectKey: [key] }],
  ['CloudTrail through a topic', wrapped({ s3Bucket: 'trail', s3ObjectKey: [key] })],
  [
    'EventBridge',
    { 'detail-type': 'Object Created', detail: { bucket: { name: 'trail' }, object: { key } } },
  ],
])('an object is named by %s', (_, message) => {
  expect(read(message)).toEqual(one)
})

test('tests, removals, digests, insights and folders name nothing', () => {
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' }
  const [record] = s3.Records
  for (const message of [
    test,
    wrapped(test),
    { Records: [{ ...record, eventName: 'ObjectRemoved:Delete' }] },
    { s3Bucket: 'trail', s3ObjectKey: ['AWSLogs/1/CloudTrail-Digest/x.json.gz'] },
    { s3Bucket: 'trail', s3ObjectKey: ['AWSLogs/1/CloudTrail-Insight/x.json.gz', 'a/'] },
  ])
    expect(read(message)).toEqual({ kind: 'nothing' })
})

test('anything else in JSON is records, and what is none is told', () => {
  for (const message of [{ eventID: 'x' }, [1], { Records: [{ eventID: 'x' }] }, { Records: [] }])
    expect(read(message)).toMatchObject({ kind: 'records' })
  expect(readNotice('{')).toMatchObject({ kind: 'broken' })
  expect(read({ s3Bucket: 'trail', s3ObjectKey: [7] })).toMatchObject({ kind: 'broken' })
  const odd = { ...s3.Records[0], s3: { bucket: { name: 'trail' }, object: { key: '%E0%A4%A' } } }
  expect(read({ Records: [odd] })).toMatchObject({ kind: 'broken' })
  fc.assert(fc.property(fc.jsonValue(), (value) => void read(value)))
})
