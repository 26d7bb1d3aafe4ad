import { expect, it } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { createVault } from '../adapters/vault.ts'
import { assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'

it('a key that asks too often is told how long to wait, and others go on', async () => {
  const storage = memoryStorage(Date.now)
  const tenant = (await storage.accounts.ensureTenant('main', false)).id
  const config = readConfig({ requestsPerMinute: 3, ingestPerMinute: 5 }, {})
  const networks = await openNetworks({}, Date.now, () => {})
  const intake = createIntake({ places: null, networks })
  const database = { storage, ping: async () => Date.now(), vault: createVault(Buffer.alloc(32)) }
  const { api, close } = await assemble(config, database, intake, createLog('silent'), null)
  const keyOf = async (name: string) =>
    (await storage.accounts.createKey(tenant, name, 'admin')).secret
  const [busy, calm] = [await keyOf('busy'), await keyOf('calm')]
  const ask = (key: string, method: 'GET' | 'POST', url: string) =>
    api.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(method === 'POST' ? { payload: { uid: 'e', actor: { name: 'ada' } } } : {}),
    })
  try {
    for (let round = 0; round < 3; round++) {
      expect((await ask(busy, 'GET', '/v1/alerts')).statusCode).toBe(200)
    }
    // One budget for all reading, another for all sending.
    const refused = await ask(busy, 'GET', '/v1/events')
    expect([refused.statusCode, refused.json().error.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    for (let round = 0; round < 5; round++) {
      expect((await ask(busy, 'POST', '/v1/events')).statusCode).toBe(200)
    }
    expect((await ask(busy, 'POST', '/v1/events')).statusCode).toBe(429)
    expect((await ask(calm, 'GET', '/v1/alerts')).statusCode).toBe(200)
    expect((await api.inject('/livez')).statusCode).toBe(200)
  } finally {
    await close()
  }
})
