import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { memoryStorage } from '../../adapters/memory/memory.ts'
import { createVault } from '../../adapters/vault.ts'
import type { Storage } from '../../ports/storage.ts'
import { fieldsOf } from '../values/fields.ts'
import { pollSources } from './poller.ts'
import { openSettings, readSettings, sealSettings } from './source-settings.ts'
import { vendor } from './test-vendor.ts'

const vault = createVault(Buffer.alloc(32, 7))
const newest = Date.now() - 60_000
const log = [3, 2, 1].map((n) => ({
  uuid: `u${n}`,
  published: new Date(newest - n * 1000).toISOString(),
}))

async function okta(isBroken = false) {
  let inside = 0
  let most = 0
  const server = await vendor((url, request) => {
    if (request.headers.authorization !== 'SSWS hush') return [401, { errorSummary: 'no token' }]
    inside++
    most = Math.max(most, inside)
    setTimeout(() => inside--, 5)
    if (isBroken) return [400, { errorSummary: 'broken' }]
    const after = Number(url.searchParams.get('after') ?? 0)
    const page = log.slice(after, after + 2)
    const next = `<${url.origin}/api/v1/logs?after=${after + page.length}>; rel="next"`
    return [200, page, { link: next }]
  })
  return { url: server.url, asked: server.asked, most: () => most }
}

async function add(storage: Storage, tenant: number, name: string, source: object) {
  const read = readSettings({ every_seconds: 5, source })
  if ('faults' in read) throw new Error(read.faults.join())
  await storage.sources.add(tenant, sealSettings(vault, tenant, name, read.settings, newest))
}

/** Polls until the condition holds, in as many processes as asked for; gives what was delivered and said. */
async function poll(storage: Storage, processes: number, until: () => Promise<boolean>) {
  const stop = new AbortController()
  const delivered: unknown[] = []
  const said: string[] = []
  const running = Array.from({ length: processes }, () =>
    pollSources({
      sources: storage.sources,
      settingsOf: async (tenant, source) => openSettings(vault, tenant, source),
      async deliver(_, format, records) {
        expect(format).toBe('okta')
        delivered.push(...records)
        return { events: records.length, last_event: newest }
      },
      now: Date.now,
      say: (_, source, what) => void said.push(`${source}: ${what}`),
      signal: stop.signal,
    }),
  )
  try {
    await expect.poll(until, { timeout: 30_000, interval: 50 }).toBe(true)
  } finally {
    stop.abort()
    await Promise.all(running)
  }
  return { delivered, said }
}

test('every source of every tenant is read, by one process at a time, and goes on from its place', async () => {
  const storage = memoryStorage(Date.now)
  const one = (await storage.accounts.ensureTenant('one', false)).id
  const two = (await storage.accounts.ensureTenant('two', false)).id
  const [first, second] = [await okta(), await okta()]
  await add(storage, one, 'first', { kind: 'okta', url: first.url, token: 'hush' })
  await add(storage, two, 'second', { kind: 'okta', url: second.url, token: 'hush' })
  const isRead = async (tenant: number, name: string) =>
    (await storage.sources.find(tenant, name))?.last_read != null
  const { delivered } = await poll(
    storage,
    3,
    async () => (await isRead(one, 'first')) && (await isRead(two, 'second')),
  )
  const ids = delivered.map((record) => fieldsOf(record).uuid).toSorted()
  expect(ids).toEqual(['u1', 'u1', 'u2', 'u2', 'u3', 'u3'])
  const stored = await storage.sources.find(one, 'first')
  expect(stored).toMatchObject({ events: 3, error: null, last_event: newest })
  expect(stored?.positions.systemLog?.next).toBe(`${first.url}/api/v1/logs?after=3`)
  expect(stored?.held_until).toBeLessThanOrEqual(Date.now())
})

test('a source that fails says why in words, never its credentials, and holds up no other', async () => {
  const storage = memoryStorage(Date.now)
  const { id } = await storage.accounts.ensureTenant('one', false)
  const [bad, good] = [await okta(true), await okta()]
  await add(storage, id, 'bad', { kind: 'okta', url: bad.url, token: 'hush' })
  await add(storage, id, 'wrong', { kind: 'okta', url: good.url, token: 'wrong-secret' })
  await add(storage, id, 'good', { kind: 'okta', url: good.url, token: 'hush' })
  const other = createVault(Buffer.alloc(32, 8))
  const read = readSettings({ source: { kind: 'okta', url: good.url, token: 'hush' } })
  if ('faults' in read) throw new Error(read.faults.join())
  await storage.sources.add(id, sealSettings(other, id, 'sealed', read.settings, newest))
  const { said } = await poll(storage, 1, async () => {
    const all = await storage.sources.list(id)
    return all.every(({ last_read, error }) => last_read !== null || error !== null)
  })
  const errors = Object.fromEntries(
    (await storage.sources.list(id)).map(({ name, error }) => [name, error]),
  )
  expect(errors).toEqual({
    bad: 'systemLog: 400 broken',
    good: null,
    sealed: expect.stringContaining('sealed with another key'),
    wrong: 'systemLog: 401 no token',
  })
  expect(said.join()).toContain('bad: systemLog: 400 broken')
  expect(JSON.stringify([said, await storage.sources.list(id)])).not.toMatch(/hush|wrong-secret/)
})

test('a token is asked for once, not at every reading, and anew where the source was added anew', async () => {
  const storage = memoryStorage(Date.now)
  const { id } = await storage.accounts.ensureTenant('one', false)
  const server = await vendor((url) =>
    url.pathname === '/oauth/token' ? [200, { access_token: 't', expires_in: 86_400 }] : [200, []],
  )
  const access = { kind: 'auth0', url: server.url, client_id: 'c', client_secret: 'hush' }
  await add(storage, id, 'one', access)
  const count = (path: string) => server.asked.filter((one) => one.startsWith(path)).length
  await poll(storage, 1, async () => {
    if (count('/api') >= 2 && (await storage.sources.remove(id, 'one')))
      await add(storage, id, 'one', { ...access, client_id: 'd' })
    if (count('/api') === 2) expect(count('/oauth/token')).toBe(1)
    return count('/api') >= 3
  })
  expect(count('/oauth/token')).toBe(2)
}, 40_000)

test('stopping does not wait for a vendor that does not answer', async () => {
  const storage = memoryStorage(Date.now)
  const { id } = await storage.accounts.ensureTenant('one', false)
  const asked = Promise.withResolvers<void>()
  const silent = createServer(() => asked.resolve())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  await add(storage, id, 'silent', { kind: 'okta', url, token: 'hush' })
  const begun = performance.now()
  const isAsked = asked.promise.then(() => true)
  await poll(storage, 1, () => isAsked)
  expect(performance.now() - begun).toBeLessThan(10_000)
  expect(await storage.sources.find(id, 'silent')).toMatchObject({ error: null, last_read: null })
  silent.closeAllConnections()
  silent.close()
}, 20_000)

test('settings say what is wrong with them by field, without quoting them', () => {
  expect(readSettings({ source: { kind: 'okta', url: 'ftp://x', token: '' } })).toEqual({
    faults: [
      'source.url: must be an address with https://',
      expect.stringContaining('source.token'),
    ],
  })
  expect(readSettings({ source: { kind: 'pubsub', audience: 'a' } })).toEqual({
    faults: [expect.stringContaining('source.email')],
  })
  const pushed = { kind: 'pubsub', audience: 'a', email: 'b', format: 'canonical' }
  expect(readSettings({ source: pushed })).toEqual({
    faults: [expect.stringContaining('source.format: a subscription carries records of a vendor')],
  })
  expect(readSettings('okta')).toMatchObject({ faults: [expect.any(String)] })
})
