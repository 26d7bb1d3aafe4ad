import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from './adapters/memory/memory.ts'
import { openNetworks } from './adapters/networks/networks.ts'
import { openVault } from './adapters/vault.ts'
import { type Assembled, assemble } from './app.ts'
import { createLog } from './app-database.ts'
import { createIntake } from './app-intake.ts'
import { readSources } from './app-sources.ts'
import { readConfig } from './config.ts'
import { readSettings, sealSettings } from './connectors/polling/source-settings.ts'

const secretKey = Buffer.alloc(32, 7).toString('base64')
const storage = memoryStorage(Date.now)
const vault = await openVault({ secretKey, dataDir: '/nowhere' })
const intake = createIntake({ places: null, networks: await openNetworks({}, Date.now, () => {}) })
let app: Assembled
let tenant: number
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-reading-'))
  const database = { storage, vault, ping: async () => Date.now() }
  app = await assemble(readConfig({}, {}), database, intake, createLog('silent'), null)
  tenant = (await storage.accounts.ensureTenant('one', false)).id
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

/** Events that were published, and whether as history. */
const taught = new Map<string, boolean>()

/** Reads what is configured until the condition holds. */
async function read(until: () => Promise<void>): Promise<void> {
  const stopping = new AbortController()
  const database = { storage, vault }
  const pipeline: typeof app.pipeline = {
    ...app.pipeline,
    publish(of, events) {
      for (const { event, backfill } of events) taught.set(event.uid, backfill)
      return app.pipeline.publish(of, events)
    },
  }
  const reading = readSources({
    config: { allowHosts: '127.0.0.1' },
    database,
    pipeline,
    intake,
    log: createLog('silent'),
    signal: stopping.signal,
  })
  try {
    await until()
  } finally {
    stopping.abort()
    await reading
  }
}

async function add(name: string, settings: object): Promise<void> {
  const made = readSettings(settings)
  if ('faults' in made) throw new Error(made.faults.join())
  await storage.sources.add(tenant, sealSettings(vault, tenant, name, made.settings, Date.now()))
}
const found = async (name: string) => storage.sources.find(tenant, name)
const soon = { timeout: 20_000, interval: 50 }
const signIn = (uid: string, time: number) =>
  JSON.stringify({
    uuid: uid,
    published: new Date(time).toISOString(),
    eventType: 'user.session.start',
    actor: { id: 'a', type: 'User', alternateId: 'ada@example.com' },
    outcome: { result: 'SUCCESS' },
    client: { ipAddress: '203.0.113.4' },
  })

test('a folder is followed across restarts: history teaches, later events count, noise is put aside', async () => {
  const now = Date.now()
  const history = Array.from({ length: 50 }, (_, i) => signIn(`h${i}`, now - (i + 1) * 600_000))
  await writeFile(join(folder, 'a.log'), `${history.join('\n')}\n[no json\n`)
  await add('logs', { first_days: 10, source: { kind: 'files', folder, name: '*.log' } })
  await read(() => expect.poll(async () => (await found('logs'))?.events, soon).toBe(50))
  expect(await found('logs')).toMatchObject({ refused: 1, error: null })
  expect(await storage.deadLetters.list(tenant, 10)).toMatchObject([{ raw: '[no json' }])

  await appendFile(join(folder, 'a.log'), `${signIn('h1', now - 1_200_000)}\n`)
  await appendFile(join(folder, 'a.log'), `${signIn('n1', Date.now())}\n`)
  await read(() => expect.poll(async () => (await found('logs'))?.events, soon).toBe(51))
  expect((await found('logs'))?.last_read).toBeGreaterThan(now)
  expect([taught.get('h0'), taught.get('h49'), taught.get('n1')]).toEqual([true, true, false])
})

test('history raises alerts where that is asked for', async () => {
  const settings = { first_days: 10, alert_on_history: true }
  await add('asked', { ...settings, source: { kind: 'files', folder, name: 'asked.txt' } })
  await writeFile(join(folder, 'asked.txt'), `${signIn('q1', Date.now() - 3_600_000)}\n`)
  await read(() => expect.poll(async () => (await found('asked'))?.events, soon).toBe(1))
  expect(taught.get('q1')).toBe(false)
  await storage.sources.remove(tenant, 'asked')
})

test('a source that is removed is left alone, one that is added anew is read with its new settings, and one that fails says why', async () => {
  await add('gone', { source: { kind: 'files', folder: join(folder, 'none') } })
  await add('logs-2', { source: { kind: 'files', folder, name: '*.second' } })
  await read(async () => {
    await expect.poll(async () => (await found('gone'))?.error, soon).toContain('ENOENT')
    await expect.poll(async () => (await found('logs-2'))?.last_read != null, soon).toBe(true)
    await storage.sources.remove(tenant, 'logs-2')
    await add('logs-2', { source: { kind: 'files', folder, name: '*.third' } })
    await expect.poll(async () => (await found('logs-2'))?.last_read != null, soon).toBe(true)
    await writeFile(join(folder, 'x.second'), `${signIn('s1', Date.now())}\n`)
    await writeFile(
      join(folder, 'x.third'),
      `${signIn('s2', Date.now())}\n${signIn('s3', Date.now())}\n`,
    )
    await expect.poll(async () => (await found('logs-2'))?.events, soon).toBe(2)
  })
})
