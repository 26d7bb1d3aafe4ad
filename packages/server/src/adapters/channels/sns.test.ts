import { createServer } from 'node:http'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHostGuard } from './guard.ts'
import { sendSns } from './sns.ts'
import { raisedMessage, testMessage } from './test-messages.ts'
import { listening, missingParty, type PythonParty, startPython } from './test-parties.ts'

const missing = missingParty('python3', ['moto.server'])
if (missing !== null) console.log(missing)

test('one who never answers is not waited for', async () => {
  const silent = createServer(() => {})
  const sent = await sendSns(
    createHostGuard(['127.0.0.1']),
    {
      kind: 'sns',
      region: 'eu-north-1',
      phone_number: '+4670000000',
      access_key_id: 'A'.repeat(20),
      secret_access_key: 'secret',
      endpoint: `http://127.0.0.1:${await listening(silent)}`,
    },
    testMessage,
    'urn:here',
  )
  expect(sent).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('it did not answer in time'),
  })
  silent.closeAllConnections()
  await new Promise((closed) => silent.close(closed))
}, 30_000)

describe.skipIf(missing !== null)('Amazon SNS, as moto plays it', () => {
  let moto: PythonParty
  let topic = ''
  const got: string[] = []
  const subscriber = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += String(part)
    })
    request.on('end', () => {
      got.push(body)
      response.end()
    })
  })
  const keys = { accessKeyId: 'A'.repeat(20), secretAccessKey: 'secret' }
  beforeAll(async () => {
    moto = await startPython((port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)])
    const at = await listening(subscriber)
    const endpoint = `http://127.0.0.1:${moto.port}`
    const client = new SNSClient({ region: 'eu-north-1', endpoint, credentials: keys })
    topic = (await client.send(new CreateTopicCommand({ Name: 'alerts' }))).TopicArn ?? ''
    const Endpoint = `http://127.0.0.1:${at}/`
    await client.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint }))
    client.destroy()
  }, 60_000)
  afterAll(async () => {
    await moto?.stop()
    subscriber.closeAllConnections()
    await new Promise((closed) => subscriber.close(closed))
  })

  const guard = createHostGuard(['127.0.0.1'])
  const settings = (more: object) => ({
    kind: 'sns' as const,
    region: 'eu-north-1',
    access_key_id: keys.accessKeyId,
    secret_access_key: keys.secretAccessKey,
    endpoint: `http://127.0.0.1:${moto.port}`,
    ...more,
  })

  test('a message to a topic reaches who is subscribed to it', async () => {
    const sent = await sendSns(guard, settings({ topic_arn: topic }), raisedMessage, 'urn:here')
    expect(sent).toEqual({ kind: 'sent' })
    await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1)
    const { Subject, Message } = JSON.parse(got[0] ?? '')
    expect(Subject).toMatch(/^New alert: Impossible travel/)
    expect(Subject.length).toBeLessThanOrEqual(100)
    expect(Message).toContain('Risk: 93 of 100')
  }, 20_000)

  test('a text message is sent to a telephone', async () => {
    const sent = await sendSns(
      guard,
      settings({ phone_number: '+46701740605' }),
      raisedMessage,
      'urn:here',
    )
    expect(sent).toEqual({ kind: 'sent' })
  })

  test('a topic that is not there is told as such; an address inside is not asked', async () => {
    const nowhere = settings({ topic_arn: `${topic}-gone` })
    const failed = await sendSns(guard, nowhere, testMessage, 'urn:here')
    expect(failed).toMatchObject({ kind: 'failed', why: expect.stringContaining('NotFound') })
    const inside = { ...settings({ topic_arn: topic }), endpoint: 'https://10.0.0.1/' }
    expect(await sendSns(guard, inside, testMessage, 'urn:here')).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('not public'),
    })
  })
})
