import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { type CopyStreamQuery, from } from 'pg-copy-streams'
import { migrateTo } from '../database.ts'
import { prepareRoles } from '../roles.ts'
import type { ServerAddress } from '../server-address.ts'
import { EXACT, Head, migrationsOf, TableHead, Tail } from './contents.ts'
import { type Part, partsOf } from './parts-of.ts'

/**
 * Fills an empty database with what a backup holds, all of it or nothing, and brings its tables up to date. Gives how many rows of each table it has. Rejects, with what to do, where
 * the database is not empty, the file is no backup, is damaged or cut, or was written by a newer Gatewatch.
 */
export async function restoreBackup(admin: ServerAddress, path: string): Promise<Tail['rows']> {
  const parts = backupParts(path)
  const first = await parts.next()
  const head = Head.safeParse(first.value?.kind === 'line' ? first.value.value : undefined)
  if (!head.success) throw new Error(`${path} is no backup of Gatewatch.`)
  const { owner } = await prepareRoles(admin)
  const client = new pg.Client({ ...owner })
  client.on('error', () => {})
  await client.connect()
  try {
    if ((await migrationsOf(client)).length > 0 && !(await isUnused(client)))
      throw new Error(
        'The database is not empty: restore into a new one (another data folder, or another database in DATABASE_URL).',
      )
    // Its tables as they were then: they may have changed since, and are brought up to date with what they hold.
    await migrateTo(owner, head.data.migrations)
    await client.query(EXACT)
    await client.query('begin')
    if (!(await isUnused(client))) throw new Error('The database is used by another process.')
    for (const week of head.data.weeks) await client.query('select make_partition($1)', [week])
    const rows = await fill(client, parts, path)
    await client.query('commit')
    await migrateTo(owner)
    await client.query('analyze')
    return rows
  } finally {
    await client.end()
    await parts.return(undefined)
  }
}

async function* backupParts(path: string): AsyncGenerator<Part> {
  const file = createReadStream(path)
  const gunzip = createGunzip()
  file.on('error', (error) => gunzip.destroy(error))
  try {
    yield* partsOf(file.pipe(gunzip))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') throw new Error(`${path}: there is no such file`)
    throw new Error(`${path} is damaged or cut, or no backup: ${String(error)}`, { cause: error })
  } finally {
    file.destroy()
    gunzip.destroy()
  }
}

async function isUnused(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('select exists (select from gatewatch.tenant) as is_used')
  return rows[0]?.is_used === false
}

/** Copies the rows of each table into it; rejects where the file does not have all that it says. */
async function fill(
  client: pg.Client,
  parts: AsyncIterable<Part>,
  path: string,
): Promise<Tail['rows']> {
  const counts: Record<string, number> = {}
  let copy: CopyStreamQuery | null = null
  let table = ''
  let tail: Tail | null = null
  const finish = async () => {
    if (copy === null) return
    await ended(copy)
    counts[table] = copy.rowCount
    copy = null
  }
  for await (const part of parts) {
    if (part.kind === 'rows') {
      if (copy === null) throw new Error(`${path} has rows of no table`)
      await written(copy, part.bytes)
      continue
    }
    await finish()
    const end = Tail.safeParse(part.value)
    if (end.success) {
      tail = end.data
      continue
    }
    const next = TableHead.parse(part.value)
    table = next.table
    const names = next.columns.map((column) => `"${column}"`).join(', ')
    copy = client.query(from(`copy ${table} (${names}) from stdin`))
    // Where the rest of the file is damaged it ends with the connection, which nobody needs to hear twice.
    copy.on('error', () => {})
  }
  if (tail === null || JSON.stringify(tail.rows) !== JSON.stringify(counts))
    throw new Error(`${path} is cut: not all of its rows are there. Nothing was restored.`)
  for (const { table, column, last } of tail.numbers) {
    if (last === 0) continue
    await client.query('select setval(pg_get_serial_sequence($1, $2), $3)', [
      `gatewatch.${table}`,
      column,
      last,
    ])
  }
  return counts
}

function written(copy: CopyStreamQuery, bytes: Buffer): Promise<void> {
  return new Promise((done, reject) => {
    const fail = (error: Error) => reject(error)
    copy.once('error', fail)
    copy.write(bytes, (error) => {
      copy.off('error', fail)
      if (error == null) done()
      else reject(error)
    })
  })
}

function ended(copy: CopyStreamQuery): Promise<void> {
  return new Promise((done, reject) => {
    copy.once('error', reject)
    copy.once('finish', done)
    copy.end()
  })
}
