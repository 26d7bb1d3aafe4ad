import type { TuningVersion } from '@gatewatch/schema'
import type pg from 'pg'
import { blanked, isNamedIn } from '../../ports/erasure.ts'
import { SHIPPED_TUNING, type Tunings } from '../../ports/tunings.ts'
import { plainText } from './arrays.ts'
import type { BatchConnection } from './batch.ts'
import { inTenant } from './in-tenant.ts'

/** What is tuned, in PostgreSQL. */
export function postgresTunings(pool: pg.Pool): Tunings {
  return {
    newest: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ newest: number }>(
          'select coalesce(max(version), 0) as newest from tuning where tenant = $1',
          [tenant],
        )
        return rows[0]?.newest ?? 0
      }),
    at: (tenant, version) =>
      inTenant(pool, tenant, async (client) => {
        if (version === SHIPPED_TUNING.version) return SHIPPED_TUNING
        const { rows } = await client.query<{ body: string }>(
          'select body from tuning where tenant = $1 and version = $2',
          [tenant, version],
        )
        return rows[0] === undefined ? null : parseVersion(rows[0].body)
      }),
    history: (tenant, limit) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ body: string }>(
          'select body from tuning where tenant = $1 order by version desc limit $2',
          [tenant, limit],
        )
        return rows.map(({ body }) => {
          const { tuning: _, ...version } = parseVersion(body)
          return version
        })
      }),
    add: (tenant, version, note) =>
      inTenant(pool, tenant, async (client) => {
        const { rowCount } = await client.query(
          `insert into tuning (tenant, version, body) select $1, $2::int, $3
           where $2::int = 1 + (select coalesce(max(version), 0) from tuning where tenant = $1)
           on conflict do nothing`,
          [tenant, version.version, JSON.stringify(version)],
        )
        if (rowCount !== 1) return false
        await client.query(
          'insert into audit (tenant, time, by, action, subject) values ($1, $2, $3, $4, $5)',
          [tenant, note.time, plainText(note.by), note.action, note.subject],
        )
        return true
      }),
    hits: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ id: string; hits: number; last_hit: number }>(
          'select suppression as id, hits, last_hit from suppression_hit where tenant = $1',
          [tenant],
        )
        return new Map(rows.map(({ id, ...hits }) => [id, hits]))
      }),
  }
}

/** Blanks names in every version. */
export async function blankTunings(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  names: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ version: number; body: string }>(
    'select version, body from tuning where tenant = $1 order by version for update',
    [tenant],
  )
  for (const { version, body } of rows) {
    if (!isNamedIn(body, names)) continue
    await client.query('update tuning set body = $3 where tenant = $1 and version = $2', [
      tenant,
      version,
      JSON.stringify(blanked(parseVersion(body), names)),
    ])
  }
}

function parseVersion(body: string): TuningVersion {
  return JSON.parse(body)
}
