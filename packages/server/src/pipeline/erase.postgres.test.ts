import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import type { ServerAddress } from '../adapters/postgres/server-address.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { createVault } from '../adapters/vault.ts'
import { NOON } from '../ports/samples.contract.ts'
import { testErasure } from './erase.contract.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** Every value of every row of every table, as text, and bytes as the text in them. */
async function everything(address: ServerAddress, tenant: number): Promise<readonly string[]> {
  const client = new pg.Client({ ...address })
  await client.connect()
  const { rows: columns } = await client.query<{ table: string; column: string; type: string }>(
    `select table_name as table, column_name as column, data_type as type
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'gatewatch' and table_type = 'BASE TABLE'`,
  )
  const own = new Set(columns.filter(({ column }) => column === 'tenant').map(({ table }) => table))
  const texts: string[] = []
  for (const { table, column, type } of columns) {
    if (!own.has(table)) continue
    const value = type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`
    const { rows } = await client.query<{ value: string | null }>(
      `select ${value} as value from gatewatch."${table}" where tenant = $1`,
      [tenant],
    )
    texts.push(...rows.map((row) => `${table}.${column}: ${row.value ?? ''}`))
  }
  await client.end()
  return texts
}

testErasure('postgres', async () => {
  const address = await server.newDatabase()
  const storage = await openPostgres(address, { clock: () => NOON, lanes: 6 })
  return {
    storage,
    everything: (tenant) => everything(address, tenant),
    close: storage.close,
  }
})

testErasure('postgres with sealed dead letters', async () => {
  const letters = { vault: createVault(Buffer.alloc(32, 7)), isOn: true }
  const storage = await openPostgres(await server.newDatabase(), { clock: () => NOON, letters })
  return { storage, everything: null, close: storage.close }
})
