import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openNetworks } from '../adapters/networks/networks.ts'
import { assemble } from '../app.ts'
import { createLog, openDatabase } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'

it('a PostgreSQL that stops makes answers of policy and of 503, never a crash', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-away-'))
  // PostgreSQL does not run as root, and its user must be able to enter.
  await chmod(dataDir, 0o755)
  const config = readConfig({ dataDir }, {})
  const database = await openDatabase(config, createLog('silent'))
  const networks = await openNetworks({}, Date.now, () => {})
  const intake = createIntake({ places: null, networks })
  const { api, close } = await assemble(config, database, intake, createLog('silent'), null)
  const { accounts } = database.storage
  const tenant = (await accounts.ensureTenant('main', false)).id
  const { secret } = await accounts.createKey(tenant, 'test', 'admin')
  const unseen = (await accounts.createKey(tenant, 'unseen', 'admin')).secret
  const ask = (method: 'GET' | 'POST', url: string, payload?: object, key = secret) =>
    api.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(payload === undefined ? {} : { payload }),
    })
  const event = { uid: 'e-1', actor: { name: 'ada@example.com' } }
  try {
    expect((await ask('POST', '/v1/assess', { event })).json()).toMatchObject({ recorded: true })

    const pid = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
    process.kill(Number.parseInt(pid, 10), 'SIGINT')
    await expect
      .poll(async () => (await ask('GET', '/readyz')).statusCode, { timeout: 10_000 })
      .toBe(503)

    const assessed = await ask('POST', '/v1/assess', { event: { ...event, uid: 'e-2' } })
    expect(assessed.json(), assessed.body).toMatchObject({
      decision: 'challenge',
      recorded: false,
      not_assessed: ['store_unavailable'],
    })
    const answers = [
      await ask('POST', '/v1/events', [event]),
      await ask('GET', '/v1/alerts'),
      await ask('GET', '/v1/overview'),
      await ask('GET', '/v1/alerts', undefined, unseen),
      await ask('POST', '/v1/session', { user: 'admin', password: 'whatever it is' }),
    ]
    for (const answer of answers) {
      expect([answer.statusCode, answer.json().error?.code]).toEqual([503, 'store_unavailable'])
    }
    expect((await ask('GET', '/livez')).statusCode).toBe(200)
    expect((await ask('GET', '/health')).json()).toMatchObject({
      status: 'degraded',
      database: 'down',
    })
  } finally {
    await close()
    await database.close().catch(() => {})
    await rm(dataDir, { recursive: true, force: true })
  }
}, 120_000)
