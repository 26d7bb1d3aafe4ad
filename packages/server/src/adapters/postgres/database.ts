import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import type { TenantId } from '../../ports/store.ts'
import { migrations } from './migrations/index.ts'
import { prepareRoles, refuseUnbound, SCHEMA } from './roles.ts'
import type { ServerAddress } from './server-address.ts'
import type { Tables } from './tables.ts'

/** Open pools, each under the role it should have. */
export interface Database {
  /** Connections of the lanes: the micro-batch transactions. */
  readonly writers: pg.Pool
  /** Everything else of the app role. */
  readonly readers: pg.Pool
  readonly db: Kysely<Tables>
  /** Partitions and retention; nothing that a request reaches. */
  readonly maintain: pg.Pool
  close(): Promise<void>
}

/**
 * Settings of the writers' connections. Their statements find rows by key, whatever the planner believes while tables
 * are still small; and planning anew over a year of partitions costs more than it can win.
 */
const WRITER_OPTIONS = [
  'plan_cache_mode=force_generic_plan',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_material=off',
  'enable_seqscan=off',
]

/**
 * Brings the schema up to date (under an advisory lock, as the owner role) and opens the pools of the app and maintain
 * roles. Rejects where the app role is not bound by row-level security. `lanes`: how many batches write at a time.
 */
export async function openDatabase(admin: ServerAddress, lanes: number): Promise<Database> {
  const addresses = await prepareRoles(admin)
  await migrateTo(addresses.owner)
  const writers = openPool(addresses.app, lanes + 2, { options: WRITER_OPTIONS, pipeline: true })
  const readers = openPool(addresses.app, 8)
  const maintain = openPool(addresses.maintain, 1)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: readers }) })
  const close = async () => {
    await Promise.all([writers.end(), db.destroy(), maintain.end()])
  }
  try {
    await refuseUnbound(writers)
  } catch (error) {
    await close()
    throw error
  }
  return { writers, readers, db, maintain, close }
}

/**
 * Brings the schema up to date, or, of an empty database, to where these migrations had brought another. Rejects where one of them is not known here: a newer version
 * made it.
 */
export async function migrateTo(owner: ServerAddress, wanted?: readonly string[]): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: openPool(owner, 2) }) })
  try {
    const known = await migrations.getMigrations()
    const strange = wanted?.find((name) => !Object.hasOwn(known, name))
    if (strange !== undefined)
      throw new Error(`It was written by a newer Gatewatch, which knows ${strange}: use that one.`)
    const migrator = new Migrator({ db, provider: migrations, migrationTableSchema: SCHEMA })
    const last = wanted?.at(-1)
    const { error } =
      last === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(last)
    if (error !== undefined) throw error
  } finally {
    await db.destroy()
  }
}

interface PoolOptions {
  readonly options?: readonly string[]
  /** Statements go out without waiting for the answers to those before them, which still run first. */
  readonly pipeline?: boolean
}

function openPool(
  address: ServerAddress,
  max: number,
  { options = [], pipeline = false }: PoolOptions = {},
): pg.Pool {
  const types = new pg.TypeOverrides()
  // Times and counts stay far below 2^53.
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({
    ...address,
    max,
    types,
    pipeline,
    options: [`search_path=${SCHEMA}`, ...options].map((option) => `-c ${option}`).join(' '),
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
  })
  // A connection that breaks fails the query that runs on it, or is replaced at its next use; nobody needs to hear it
  // twice, and an error that nobody hears ends the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  return pool
}

/** Runs reads of one tenant, in a transaction that row-level security confines to it. */
export function inTenant<T>(
  db: Kysely<Tables>,
  tenant: TenantId,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('gatewatch.tenant', ${String(tenant)}, true)`.execute(trx)
    return work(trx)
  })
}
