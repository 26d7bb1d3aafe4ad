import type pg from 'pg'
import type { SourcePosition, Sources, StoredSource } from '../../ports/sources.ts'
import { plainText } from './arrays.ts'
import { inTenant } from './in-tenant.ts'

const COLUMNS = `name, kind, sealed, added, held_until, last_read, last_event, events, unmapped, refused, error,
  coalesce((select jsonb_object_agg(p.log, p.position) from source_position p
    where p.tenant = s.tenant and p.name = s.name), '{}') as positions`

/** Sources in PostgreSQL. Who holds one is a row's column: it frees itself where a process dies, whatever stands between it and us. */
export function postgresSources(pool: pg.Pool): Sources {
  return {
    async tenants() {
      const { rows } = await pool.query<{ tenant: number }>(
        'select tenants_with_sources() as tenant',
      )
      return rows.map(({ tenant }) => tenant)
    },
    add: (tenant, { name, kind, sealed, added }) =>
      inTenant(pool, tenant, async (client) => {
        const { rowCount } = await client.query(
          `insert into source (tenant, name, kind, sealed, added) values ($1, $2, $3, $4, $5)
           on conflict do nothing`,
          [tenant, name, kind, Buffer.from(sealed), added],
        )
        return rowCount === 1
      }),
    remove: (tenant, name) =>
      inTenant(pool, tenant, async (client) => {
        const { rowCount } = await client.query(
          'delete from source where tenant = $1 and name = $2',
          [tenant, name],
        )
        return rowCount === 1
      }),
    list: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<StoredSource>(
          `select ${COLUMNS} from source s where tenant = $1 order by name collate "C"`,
          [tenant],
        )
        return rows
      }),
    find: (tenant, name) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<StoredSource>(
          `select ${COLUMNS} from source s where tenant = $1 and name = $2`,
          [tenant, plainText(name)],
        )
        return rows[0] ?? null
      }),
    hold: (tenant, name, by, now, until) =>
      inTenant(pool, tenant, async (client) => {
        const { rowCount } = await client.query(
          `update source set holder = $3, held_until = $5
           where tenant = $1 and name = $2 and (holder = $3 or held_until <= $4)`,
          [tenant, name, by, now, until],
        )
        return rowCount === 1
      }),
    keep: (tenant, name, by, log, position) =>
      inTenant(pool, tenant, async (client) => {
        const { rowCount } = await client.query(
          `insert into source_position (tenant, name, log, position)
           select tenant, name, $4, $5::jsonb from source
             where tenant = $1 and name = $2 and holder = $3 for update
           on conflict (tenant, name, log) do update set position = excluded.position`,
          [tenant, name, by, log, JSON.stringify(position satisfies SourcePosition)],
        )
        return rowCount === 1
      }),
    note: (tenant, name, note) =>
      inTenant(pool, tenant, async (client) => {
        await client.query(
          `update source set last_read = coalesce($3, last_read),
             last_event = greatest(last_event, $4::int8),
             events = events + $5, unmapped = unmapped + $6, refused = refused + $7,
             error = case when $8 then $9 else error end
           where tenant = $1 and name = $2`,
          [
            tenant,
            name,
            note.last_read ?? null,
            note.last_event ?? null,
            note.events ?? 0,
            note.unmapped ?? 0,
            note.refused ?? 0,
            note.error !== undefined,
            note.error == null ? null : plainText(note.error),
          ],
        )
      }),
  }
}
