import type pg from 'pg'
import type { ModelLog, StoredModels } from '../../ports/model-log.ts'
import type { TenantId } from '../../ports/store.ts'
import { inTenant } from './in-tenant.ts'

/** Advisory lock space of fits; the tenant is its second number. */
const FIT_LOCK = 72_058
const KEPT = 100

/** Versions of fitted models in PostgreSQL; the lock goes with the transaction that stores the version. */
export function postgresModelLog(pool: pg.Pool, clock: () => number): ModelLog {
  return {
    newest: (tenant) => inTenant(pool, tenant, (client) => newestOf(client, tenant)),
    at: (tenant, version) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<StoredModels>(
          'select version, body from model_version where tenant = $1 and version = $2',
          [tenant, version],
        )
        return rows[0] ?? null
      }),
    train: (tenant, fit) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ locked: boolean }>(
          'select pg_try_advisory_xact_lock($1::int4, $2::int4) as locked',
          [FIT_LOCK, tenant],
        )
        if (rows[0]?.locked !== true) return null
        const newest = await newestOf(client, tenant)
        const fitted = await fit(newest)
        if (fitted === null || fitted.version <= (newest?.version ?? 0)) return null
        await client.query(
          'insert into model_version (tenant, version, created, body) values ($1, $2, $3, $4)',
          [tenant, fitted.version, clock(), fitted.body],
        )
        await client.query(
          `delete from model_version m where tenant = $1 and version <= (
             select version from model_version where tenant = $1
             order by version desc offset $2 limit 1)
             and not exists (select from alert a where a.tenant = $1 and a.models = m.version)`,
          [tenant, KEPT],
        )
        return fitted
      }),
  }
}

async function newestOf(client: pg.PoolClient, tenant: TenantId): Promise<StoredModels | null> {
  const { rows } = await client.query<StoredModels>(
    'select version, body from model_version where tenant = $1 order by version desc limit 1',
    [tenant],
  )
  return rows[0] ?? null
}
