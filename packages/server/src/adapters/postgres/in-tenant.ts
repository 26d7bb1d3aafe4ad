import type pg from 'pg'
import type { TenantId } from '../../ports/store.ts'

/** Runs work in a transaction that sees one tenant's rows. Rejects with what the work rejected with, and nothing is kept. */
export async function inTenant<T>(
  pool: pg.Pool,
  tenant: TenantId,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(
      `begin; select set_config('gatewatch.tenant', '${Math.trunc(tenant)}', true)`,
    )
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}
