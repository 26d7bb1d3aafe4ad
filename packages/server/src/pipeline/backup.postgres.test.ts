import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restoreBackup } from '../adapters/postgres/backup/restore-backup.ts'
import { writeBackup } from '../adapters/postgres/backup/write-backup.ts'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import type { ServerAddress } from '../adapters/postgres/server-address.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import { chunks, WORLD_END, worldEvents } from './history.contract.ts'
import { createPipeline } from './pipeline.ts'

let server: TestServer
let folder: string
beforeAll(async () => {
  server = await startTestServer()
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-backup-'))
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const backup = (from: ServerAddress, name: string) =>
  writeBackup(from, join(folder, name), { version: 'test', now: WORLD_END })
const restore = (into: ServerAddress, name: string) => restoreBackup(into, join(folder, name))

async function open(address: ServerAddress) {
  const storage = await openPostgres(address, { clock: () => WORLD_END })
  const pipeline = createPipeline({ ...storage, clock: () => WORLD_END, lanes: 1 })
  const { id } = await storage.accounts.ensureTenant('one', false)
  return {
    storage,
    publish: async (events: readonly ArrivingEvent[]) => {
      const all = []
      for (const chunk of chunks(events, 100)) all.push(...(await pipeline.publish(id, chunk)))
      return all
    },
    async close() {
      await pipeline.close()
      await storage.close()
    },
  }
}

/** Every row of every table, by a hash. */
async function contents(address: ServerAddress): Promise<Readonly<Record<string, unknown>>> {
  const client = new pg.Client({ ...address, options: '-c search_path=gatewatch' })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'gatewatch'::regnamespace
         and relkind in ('r', 'p') and not relispartition and relname not like 'kysely%'`,
    )
    const found: Record<string, unknown> = {}
    for (const { name } of rows) {
      const { rows: one } = await client.query(
        `select count(*)::int as count, md5(string_agg(t::text, e'\\n' order by t::text)) as hash from ${name} t`,
      )
      found[name] = one[0]
    }
    return found
  } finally {
    await client.end()
  }
}

const events = worldEvents('offices', 3).slice(0, 900)

test('what is restored is what was backed up, row by row, and judges what comes next the same', async () => {
  const [from, into] = [await server.newDatabase(), await server.newDatabase()]
  const first = await open(from)
  await first.publish(events.slice(0, 700))
  const rows = await backup(from, 'whole')
  expect(rows).toMatchObject({ tenant: 1 })
  expect(rows.event).toBeGreaterThan(600)
  expect(rows.profile).toBeGreaterThan(5)
  expect((await stat(join(folder, 'whole'))).mode & 0o777).toBe(0o600)
  expect(await restore(into, 'whole')).toEqual(rows)
  expect(await contents(into)).toEqual(await contents(from))

  await first.close()
  const [original, copy] = [await open(from), await open(into)]
  const next = events.slice(700)
  expect(await copy.publish(next)).toEqual(await original.publish(next))
  await Promise.all([original.close(), copy.close()])
}, 120_000)

test('a backup beside a running Gatewatch is of one moment', async () => {
  const [from, into] = [await server.newDatabase(), await server.newDatabase()]
  const running = await open(from)
  await running.publish(events.slice(0, 200))
  const publishing = running.publish(events.slice(200))
  const rows = await backup(from, 'running')
  await publishing
  await running.close()
  await restore(into, 'running')
  const client = new pg.Client({ ...into, options: '-c search_path=gatewatch' })
  await client.connect()
  // Each batch writes events, their sums and the population's in one transaction.
  const { rows: sums } = await client.query(
    'select (select count(*)::int from event) as events, (select sum(events)::int from source_total) as summed',
  )
  await client.end()
  expect(sums[0].events).toBe(rows.event)
  expect(sums[0].summed).toBe(rows.event)
  const again = await open(into)
  const published = await again.publish(events)
  const count = (kind: string) => published.filter((one) => one.kind === kind).length
  expect(count('duplicate')).toBe(rows.event)
  expect(count('duplicate') + count('new')).toBe(events.length)
  await again.close()
}, 120_000)

test('what cannot be restored whole leaves an empty database, and says what to do', async () => {
  const from = await server.newDatabase()
  const running = await open(from)
  await running.publish(events.slice(0, 100))
  await running.close()
  await backup(from, 'good')
  await expect(backup(from, 'good')).rejects.toThrow('EEXIST')
  await expect(restore(from, 'good')).rejects.toThrow('not empty')
  const into = await server.newDatabase()
  const bytes = await readFile(join(folder, 'good'))
  const text = gunzipSync(bytes).toString('latin1')
  const lines = text.split('\n')
  const bad: Record<string, Buffer | string> = {
    cut: bytes.subarray(0, bytes.length - 100),
    'no tail': gzipSync(Buffer.from(lines.slice(0, -2).join('\n'), 'latin1')),
    'no row': gzipSync(
      Buffer.from([...lines.slice(0, -3), ...lines.slice(-2)].join('\n'), 'latin1'),
    ),
    'no backup': 'hello',
    'packed hello': gzipSync('hello\n'),
    newer: gzipSync(text.replace('"0001-foundation",', '"0001-foundation","9999-later",')),
  }
  for (const [name, content] of Object.entries(bad)) {
    await writeFile(join(folder, name), content)
    await expect(restore(into, name), name).rejects.toThrow(/cut|damaged|no backup|newer/)
  }
  await expect(restore(into, 'nothing')).rejects.toThrow('there is no such file')
  await restore(into, 'good')
  expect(await contents(into)).toEqual(await contents(from))
  const empty = await server.newDatabase()
  await expect(backup(empty, 'empty')).rejects.toThrow('nothing to back up')
  await expect(stat(join(folder, 'empty'))).rejects.toThrow('ENOENT')
}, 120_000)
