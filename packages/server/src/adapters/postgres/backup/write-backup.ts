import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to } from 'pg-copy-streams'
import { prepareRoles } from '../roles.ts'
import type { ServerAddress } from '../server-address.ts'
import { EXACT, type Head, migrationsOf, numbersOf, type Tail, tablesOf } from './contents.ts'

/** Begins a line that is no row: rows never begin so. */
export const MARK = '\\@ '

/** What is written beside the rows. `now` in ms UTC. */
export interface BackupOptions {
  readonly version: string
  readonly now: number
}

/**
 * Writes everything that a database holds, as it was at one moment, into one file (gzip) that only its owner can read; whoever works on the database goes on. The file has its name once it is whole and on the
 * disk. Gives how many rows of each table it has. Rejects where the file is there already, or the database has no tables of ours.
 */
export async function writeBackup(
  admin: ServerAddress,
  path: string,
  options: BackupOptions,
): Promise<Tail['rows']> {
  const { owner } = await prepareRoles(admin)
  const client = new pg.Client({ ...owner })
  client.on('error', () => {})
  const unfinished = `${path}.unfinished`
  const claimed = await open(path, 'wx', 0o600)
  await claimed.close()
  try {
    await client.connect()
    const rows: Record<string, number> = {}
    await client.query(EXACT)
    await client.query('begin isolation level repeatable read read only')
    await rm(unfinished, { force: true })
    await pipeline(
      contentsOf(client, options, rows),
      createGzip({ level: 6 }),
      createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }),
    )
    await client.query('commit')
    await rename(unfinished, path)
    const folder = await open(dirname(path))
    await folder.sync().finally(() => folder.close())
    return rows
  } catch (error) {
    await rm(unfinished, { force: true })
    await rm(path, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

async function* contentsOf(
  client: pg.Client,
  { version, now }: BackupOptions,
  counts: Record<string, number>,
): AsyncGenerator<string | Buffer> {
  const line = (what: object) => `${MARK}${JSON.stringify(what)}\n`
  const migrations = [...(await migrationsOf(client))]
  if (migrations.length === 0)
    throw new Error('The database holds nothing of Gatewatch: there is nothing to back up.')
  const { rows: weeks } = await client.query<{ week: number }>('select partitions() as week')
  const head: Head = {
    gatewatch_backup: 1,
    version,
    taken: now,
    migrations,
    weeks: weeks.map(({ week }) => week),
  }
  yield line(head)
  for (const { table, columns } of await tablesOf(client)) {
    yield line({ table, columns })
    // Of a table in partitions only a query can be copied.
    const names = columns.map((column) => `"${column}"`).join(', ')
    const copy = client.query(to(`copy (select ${names} from ${table}) to stdout`))
    yield* copy
    counts[table] = copy.rowCount
  }
  const tail: Tail = { rows: counts, numbers: await numbersOf(client) }
  yield line(tail)
}
