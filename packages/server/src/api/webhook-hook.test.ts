import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { openVault } from '../adapters/vault.ts'
import { type Assembled, assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import { readSettings, sealSettings } from '../connectors/polling/source-settings.ts'
import { expectError } from './asker.contract.ts'

const secretKey = Buffer.alloc(32, 7).toString('base64')
const storage = memoryStorage(Date.now)
let app: Assembled
let tenant: number
beforeAll(async () => {
  const networks = await openNetworks({}, Date.now, () => {})
  const vault = await openVault({ secretKey, dataDir: '/nowhere' })
  const database = { storage, vault, ping: async () => Date.now() }
  const intake = createIntake({ places: null, networks })
  app = await assemble(readConfig({}, {}), database, intake, createLog('silent'), null)
  tenant = (await storage.accounts.ensureTenant('one', false)).id
  for (const [name, source] of Object.entries(kinds)) {
    const read = readSettings({ source: { kind: 'webhook', ...source } })
    if ('faults' in read) throw new Error(read.faults.join())
    await storage.sources.add(tenant, sealSettings(vault, tenant, name, read.settings, Date.now()))
  }
})
afterAll(() => app.close())

const secret = 'a secret of an API destination'
const key = Buffer.alloc(24, 5)
const kinds = {
  destination: { proof: 'header', header: 'X-Api-Key', secret, format: 'cloudtrail' },
  signed: { proof: 'signature', header: 'x-hub-signature-256', secret },
  standard: { proof: 'standard', secret: `whsec_${key.toString('base64')}` },
}
const eventTime = new Date(Date.now() - 1_000).toISOString().replace(/\.\d+Z/, 'Z')
/** An event of CloudTrail as EventBridge hands it to an API destination. */
const event = (eventID: string) =>
  JSON.stringify({
    version: '0',
    id: `bus-${eventID}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.iam',
    detail: {
      eventVersion: '1.08',
      eventID,
      eventTime,
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      eventType: 'AwsApiCall',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      sourceIPAddress: '203.0.113.9',
      userAgent: 'aws-cli/2.15',
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAX',
        arn: 'arn:aws:iam::111122223333:user/ada',
        accountId: '111122223333',
        userName: 'ada',
      },
    },
  })
const post = (name: string, headers: Record<string, string>, payload: string | Buffer) =>
  app.api.inject({
    method: 'POST',
    url: `/v1/hooks/webhook/${tenant}/${name}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  })
const hmac = (text: string | Buffer) => createHmac('sha256', secret).update(text)
const standard = (id: string, time: number, text: string) => {
  const mac = createHmac('sha256', key).update(`${id}.${time}.${text}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,AAAA v1,${mac}`,
  }
}
const now = () => Math.floor(Date.now() / 1000)

describe('a webhook', () => {
  it('of an API destination is taken with its secret; what is sent again is a duplicate, and its source counts', async () => {
    const proof = { 'x-api-key': secret }
    expect((await post('destination', proof, event('d-1'))).json()).toMatchObject({ accepted: 1 })
    const again = await post('destination', proof, event('d-1'))
    expect(again.json()).toMatchObject({ accepted: 0, duplicate: 1 })
    expect(await storage.sources.find(tenant, 'destination')).toMatchObject({ events: 1 })
    expect((await post('destination', proof, '{"odd":1}')).json()).toMatchObject({ rejected: 1 })
  })

  it('is taken with a signature over what is sent, hex or base64, also of what is packed', async () => {
    const hex = `sha256=${hmac(event('s-1')).digest('hex')}`
    const first = await post('signed', { 'x-hub-signature-256': hex }, event('s-1'))
    expect(first.json()).toMatchObject({ accepted: 1 })
    const packed = gzipSync(event('s-2'))
    const second = await post(
      'signed',
      {
        'x-hub-signature-256': hmac(packed).digest('base64'),
        'content-encoding': 'gzip',
      },
      packed,
    )
    expect(second.json()).toMatchObject({ accepted: 1 })
    const third = await post('standard', standard('m-1', now(), event('w-1')), event('w-1'))
    expect(third.json()).toMatchObject({ accepted: 1 })
  })

  it.each([
    ['without proof', 'destination', {}],
    ['with another secret', 'destination', { 'x-api-key': `${secret}!` }],
    ['without signature', 'signed', {}],
    [
      'with a signature of something else',
      'signed',
      { 'x-hub-signature-256': hmac('x').digest('hex') },
    ],
    ['signed long ago', 'standard', standard('m', now() - 3_600, event('n'))],
    ['signed for later', 'standard', standard('m', now() + 3_600, event('n'))],
    [
      'with the signature of another message',
      'standard',
      { ...standard('m', now(), event('n')), 'webhook-id': 'o' },
    ],
    ['that nobody has set up', 'nobody', { 'x-api-key': secret }],
  ])('%s is refused', async (_, name, headers) => {
    expectError(await post(name, headers, event('n')), 401, 'unauthenticated')
  })
})

it.each([
  [{ proof: 'header', secret }, 'source.header: name the header'],
  [{ proof: 'header', header: 'x', secret: 'short' }, 'source.secret: is too easily guessed'],
  [{ proof: 'standard', secret }, 'source.secret: is whsec_ and base64'],
])('settings that prove nothing are refused: %j', (source, fault) => {
  expect(readSettings({ source: { kind: 'webhook', ...source } })).toMatchObject({
    faults: [expect.stringContaining(fault)],
  })
})
