import { SourceList } from '@gatewatch/schema'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { openVault } from '../adapters/vault.ts'
import { type Assembled, assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import { readSettings, sealSettings } from '../connectors/polling/source-settings.ts'
import { type Handler, vendor } from '../connectors/polling/test-vendor.ts'
import { expectError, json } from './asker.contract.ts'

const secretKey = Buffer.alloc(32, 7).toString('base64')
const audience = 'https://gatewatch.example.com/hook'
const email = 'pusher@example.iam.gserviceaccount.com'
const storage = memoryStorage(Date.now)
const keyPair = await generateKeyPair('RS256')
const strange = await generateKeyPair('RS256')
let app: Assembled
let tenant: number
let viewer: string
let count = 0

/** Google's keys: a server that has them, or does not answer. */
const keys = async (status: number): Promise<string> => {
  const jwk = { ...(await exportJWK(keyPair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const handler: Handler = () => [status, { keys: [jwk] }]
  return (await vendor(handler)).url
}

async function add(name: string, source: object): Promise<void> {
  const read = readSettings({ source })
  if ('faults' in read) throw new Error(read.faults.join())
  const vault = await openVault({ secretKey, dataDir: '/nowhere' })
  await storage.sources.add(tenant, sealSettings(vault, tenant, name, read.settings, Date.now()))
}

beforeAll(async () => {
  const networks = await openNetworks({}, Date.now, () => {})
  const config = readConfig({}, {})
  const vault = await openVault({ secretKey, dataDir: '/nowhere' })
  const database = { storage, vault, ping: async () => Date.now() }
  const intake = createIntake({ places: null, networks })
  app = await assemble(config, database, intake, createLog('silent'), null)
  tenant = (await storage.accounts.ensureTenant('one', false)).id
  viewer = (await storage.accounts.createKey(tenant, 'v', 'viewer')).secret
})
afterAll(() => app.close())

const claims = { email, email_verified: true, sub: '1' }
const token = (
  change: object = {},
  { kid = 'k1', key = keyPair.privateKey, aud = audience, exp = '1h' } = {},
) =>
  new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer('https://accounts.google.com')
    .setAudience(aud)
    .setIssuedAt()
    .setExpirationTime(exp)
    .sign(key)

const timestamp = new Date(Date.now() - 5_000).toISOString()
const entry = (insertId: string, methodName = 'SetIamPolicy') => ({
  insertId,
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp,
  resource: { type: 'project', labels: { project_id: 'p' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'cloudresourcemanager.googleapis.com',
    methodName,
    authenticationInfo: { principalEmail: 'ada@example.com' },
    requestMetadata: { callerIp: '203.0.113.9' },
  },
})

const push = (name: string, bearer: string | null, record: unknown = entry('i-1')) =>
  app.api.inject({
    method: 'POST',
    url: `/v1/hooks/pubsub/${tenant}/${name}`,
    headers: { ...json, ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) },
    payload: JSON.stringify({
      message: { data: Buffer.from(JSON.stringify(record)).toString('base64'), messageId: 'm' },
      subscription: 'projects/p/subscriptions/s',
    }),
  })

describe('a push subscription of Google Cloud', () => {
  it('is taken with the token of its sender; what comes twice is one event, and its source says so', async () => {
    await add('gcp', { kind: 'pubsub', audience, email, keys_url: await keys(200) })
    const first = await push('gcp', await token())
    expect(first.json()).toMatchObject({ accepted: 1, rejected: 0 })
    expect((await push('gcp', await token())).json()).toMatchObject({ accepted: 0, duplicate: 1 })
    expect((await push('gcp', await token(), { odd: 1 })).json()).toMatchObject({ rejected: 1 })
    const list = await app.api.inject({
      url: '/v1/sources',
      headers: { authorization: `Bearer ${viewer}` },
    })
    const { sources } = SourceList.parse(list.json())
    expect(sources).toEqual([
      expect.objectContaining({
        ...{ name: 'gcp', kind: 'pubsub', state: 'listening', error: null },
        ...{ events: 1, unmapped: 0, dead_letters: 1, lag_seconds: null },
      }),
    ])
    expect(sources[0]?.last_event).toBeGreaterThan(Date.now() - 60_000)
    expect(list.body).not.toContain(email)
  })

  it.each([
    ['none', async () => null],
    ['no token', async () => 'gw_abc'],
    ['another audience', () => token({}, { aud: 'https://elsewhere.example' })],
    ['another sender', () => token({ email: 'mallory@example.com' })],
    ['an address nobody verified', () => token({ email_verified: false })],
    ['a stranger’s key', () => token({}, { key: strange.privateKey })],
    ['a key nobody knows', () => token({}, { kid: 'k2' })],
    ['an old one', () => token({}, { exp: '-1h' })],
    [
      'no signature',
      async () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, aud: audience, iss: 'https://accounts.google.com', exp: 4e9 })).toString('base64url')}.`,
    ],
  ])('is refused with %s', async (_, bearer) => {
    const name = `refused-${count++}`
    await add(name, { kind: 'pubsub', audience, email, keys_url: await keys(200) })
    expectError(await push(name, await bearer()), 401, 'unauthenticated')
  })

  it('is refused alike where there is no such source, or it is one that is asked', async () => {
    await add('okta', { kind: 'okta', url: 'https://example.okta.com', token: 'hush' })
    expectError(await push('nothing', await token()), 401, 'unauthenticated')
    expectError(await push('okta', await token()), 401, 'unauthenticated')
  })

  it('is told to come again while the keys cannot be fetched', async () => {
    await add('away', { kind: 'pubsub', audience, email, keys_url: await keys(500) })
    expectError(await push('away', await token()), 503, 'overloaded')
  })
})
