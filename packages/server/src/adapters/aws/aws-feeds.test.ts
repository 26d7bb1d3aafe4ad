import { gunzipSync, gzipSync } from 'node:zlib'
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { FeedSettings } from '@gatewatch/schema'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHostGuard } from '../channels/guard.ts'
import { missingParty, type PythonParty, startPython } from '../channels/test-parties.ts'
import { feedOf } from '../feeds.ts'
import { followFeed } from '../test-feed.ts'

const missing = missingParty('python3', ['moto.server'])
if (missing !== null) console.log(missing)
const soon = { timeout: 30_000, interval: 100 }
const guard = createHostGuard(['127.0.0.1'])
const keys = { access_key_id: 'A'.repeat(20), secret_access_key: 'secret' }

test('an address inside is not asked, and none without encryption', async () => {
  const settings = (more: object) =>
    FeedSettings.parse({ kind: 'aws_kinesis', stream: 's', region: 'eu-north-1', ...keys, ...more })
  const nobody = createHostGuard([])
  const plain = followFeed(feedOf(settings({ endpoint: 'http://203.0.113.1' }), nobody))
  expect(String(await plain.ended)).toContain('without encryption')
  const inside = followFeed(feedOf(settings({ endpoint: 'https://10.0.0.1' }), nobody))
  expect(String(await inside.ended)).toContain('not public')
  const named = followFeed(feedOf(settings({ endpoint: 'https://localhost:1' }), nobody))
  expect(String(await named.ended)).toContain('not public')
})

describe.skipIf(missing !== null)('with AWS, as moto plays it', () => {
  let moto: PythonParty
  const common = () => ({
    region: 'eu-north-1',
    endpoint: `http://127.0.0.1:${moto.port}`,
    credentials: { accessKeyId: keys.access_key_id, secretAccessKey: keys.secret_access_key },
  })
  const here = () => ({ region: 'eu-north-1', endpoint: common().endpoint, ...keys })
  beforeAll(async () => {
    moto = await startPython((port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)])
  }, 60_000)
  afterAll(() => moto?.stop())

  test('objects of S3 are read as messages tell of them, and a message is deleted only then', async () => {
    const [s3, sqs, sns] = [
      new S3Client({ ...common(), forcePathStyle: true }),
      new SQSClient(common()),
      new SNSClient(common()),
    ]
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'trail' }))
    const attributes = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    )
    const QueueArn = attributes.Attributes?.QueueArn ?? ''
    await s3.send(
      new CreateBucketCommand({
        Bucket: 'trail',
        CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' },
      }),
    )
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'trail',
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    )
    const put = (Key: string, text: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'trail', Key, Body: gzipSync(text) }))
    const tell = (message: unknown) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }))
    await put('AWSLogs/1/CloudTrail/a b+c.json.gz', 'first')
    await put('AWSLogs/1/CloudTrail-Digest/d.json.gz', 'digest')
    await put('gone.json.gz', 'gone')
    await s3.send(new DeleteObjectCommand({ Bucket: 'trail', Key: 'gone.json.gz' }))
    await tell({ Event: 's3:TestEvent' })
    await tell({ eventID: 'a record' })
    const settings = FeedSettings.parse({ kind: 'aws_s3', queue_url: QueueUrl, ...here() })
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const waiting = () =>
      sqs
        .send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: [
              'ApproximateNumberOfMessages',
              'ApproximateNumberOfMessagesNotVisible',
            ],
          }),
        )
        .then(({ Attributes = {} }) =>
          Object.values(Attributes).reduce((sum, one) => sum + Number(one), 0),
        )
    const followed = followFeed(feedOf(settings, guard))
    followed.gate = gate
    // What cannot be taken yet stays in the queue.
    await expect.poll(() => followed.refused.length, soon).toBe(1)
    expect(await waiting()).toBeGreaterThanOrEqual(2)
    open()
    await expect.poll(waiting, soon).toBe(0)
    const texts = () =>
      followed.files.map((file) => {
        const bytes = Buffer.from(file, 'latin1')
        return bytes[0] === 0x1f ? gunzipSync(bytes).toString() : file
      })
    expect(texts().toSorted()).toEqual(['first', '{"eventID":"a record"}'])
    expect(followed.refused).toEqual([
      { reason: 'the object is not there any more', raw: 's3://trail/gone.json.gz' },
    ])

    // Through a topic, as CloudTrail tells.
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'trail' }))
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn }))
    await put('AWSLogs/second.json.gz', 'second')
    const told = { s3Bucket: 'trail', s3ObjectKey: ['AWSLogs/second.json.gz'] }
    await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify(told) }))
    await expect.poll(() => texts().filter((one) => one === 'second').length, soon).toBe(2)
    await expect.poll(waiting, soon).toBe(0)
    for (const client of [s3, sqs, sns]) client.destroy()
  }, 90_000)

  test('a queue that is not there is told', async () => {
    const queue_url = `http://127.0.0.1:${moto.port}/123456789012/none`
    const settings = FeedSettings.parse({ kind: 'aws_s3', queue_url, ...here() })
    expect(String(await followFeed(feedOf(settings, guard)).ended)).toContain('QueueDoesNotExist')
  }, 60_000)

  test('a message whose object cannot be read stays in the queue, and holds up no other', async () => {
    const sqs = new SQSClient(common())
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'odd' }))
    const tell = (message: unknown) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }))
    await tell({ s3Bucket: 'nobody-has-it', s3ObjectKey: ['a.json'] })
    await tell({ eventID: 'after' })
    const followed = followFeed(
      feedOf(FeedSettings.parse({ kind: 'aws_s3', queue_url: QueueUrl, ...here() }), guard),
    )
    await expect.poll(() => followed.files, soon).toEqual(['{"eventID":"after"}'])
    await expect.poll(() => followed.said.join(), soon).toContain('left in the queue: NoSuchBucket')
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
      }),
    )
    expect(Attributes?.ApproximateNumberOfMessagesNotVisible).toBe('1')
    sqs.destroy()
  }, 60_000)

  test('a stream of Kinesis is read shard by shard, goes on after a restart, and through a split', async () => {
    const kinesis = new KinesisClient({ ...common(), requestHandler: new NodeHttpHandler() })
    await kinesis.send(new CreateStreamCommand({ StreamName: 'logs', ShardCount: 2 }))
    const StreamName = 'logs'
    const active = async () =>
      (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName })))
        .StreamDescriptionSummary?.StreamStatus
    await expect.poll(active, soon).toBe('ACTIVE')
    const put = (text: string | Buffer, PartitionKey = text.toString('latin1')) =>
      kinesis.send(
        new PutRecordCommand({
          StreamName,
          PartitionKey: PartitionKey.slice(0, 50),
          Data: Buffer.from(text),
        }),
      )
    const envelope = (messageType: string, ...messages: string[]) =>
      gzipSync(JSON.stringify({ messageType, logEvents: messages.map((message) => ({ message })) }))
    const settings = FeedSettings.parse({ kind: 'aws_kinesis', stream: 'logs', ...here() })
    for (let i = 0; i < 20; i++) await put(`{"n":${i}}`)
    await put(envelope('DATA_MESSAGE', '{"n":20}', '{"n":\n21}'))
    await put(envelope('CONTROL_MESSAGE', 'CWL CONTROL MESSAGE: Checking health'))
    await put(gzipSync('x').subarray(0, 12))
    const first = followFeed(feedOf(settings, guard))
    await expect.poll(() => first.lines.length, soon).toBe(22)
    expect(first.lines).toContain('{"n": 21}')
    await expect.poll(() => first.refused.length, soon).toBe(1)
    await expect.poll(() => first.caughtUp, soon).toBeGreaterThan(0)
    expect(await first.stop()).toBeUndefined()

    await put('{"n":22}')
    const [shard = ''] = first.places.keys()
    await kinesis.send(
      new SplitShardCommand({
        StreamName,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: '85070591730234615865843651857942052864',
      }),
    )
    expect(shard).toContain('shardId-')
    await expect.poll(active, soon).toBe('ACTIVE')
    for (let i = 23; i < 40; i++) await put(`{"n":${i}}`)
    const second = followFeed(feedOf(settings, guard), { places: first.places })
    await expect
      .poll(() => second.lines.toSorted(), soon)
      .toEqual(Array.from({ length: 18 }, (_, i) => `{"n":${i + 22}}`))
    await expect.poll(() => [...second.places.values()], soon).toContain('done')
    kinesis.destroy()
  }, 90_000)
})
