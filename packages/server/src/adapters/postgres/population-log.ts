import type pg from 'pg'
import type { DeltaMark, PopulationLog, StoredDelta } from '../../ports/population-log.ts'
import { array } from './arrays.ts'
import { inTenant } from './in-tenant.ts'

/** Advisory lock space of snapshots; the tenant is its second number. */
const SNAPSHOT_LOCK = 72_057

/** Deltas, their writers' highest numbers, and snapshots in PostgreSQL. Tailing reads the writers' rows, of which there are few. */
export function postgresPopulationLog(pool: pg.Pool, clock: () => number): PopulationLog {
  return {
    snapshot: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ marks: string; body: Buffer }>(
          'select marks, body from population_snapshot where tenant = $1',
          [tenant],
        )
        const [row] = rows
        return row === undefined ? null : { body: row.body, marks: parseMarks(row.marks) }
      }),
    since: (tenant, marks) =>
      inTenant(pool, tenant, async (client) => {
        const { rows: writers } = await client.query<DeltaMark>(
          'select writer, number from population_writer where tenant = $1',
          [tenant],
        )
        const ahead = writers.filter(({ writer, number }) => number > (marks.get(writer) ?? 0))
        if (ahead.length === 0) return []
        const { rows } = await client.query<StoredDelta>(
          `select d.writer, d.number, d.body
           from unnest($2::uuid[], $3::int8[], $4::int8[]) as u(writer, beyond, upto)
           join population_delta d on d.tenant = $1 and d.writer = u.writer
             and d.number > u.beyond and d.number <= u.upto
           order by d.writer, d.number`,
          [
            tenant,
            array.uuid(ahead.map(({ writer }) => writer.replaceAll('-', ''))),
            array.int8(ahead.map(({ writer }) => marks.get(writer) ?? 0)),
            array.int8(ahead.map(({ number }) => number)),
          ],
        )
        const wanted = ahead.reduce(
          (sum, { writer, number }) => sum + number - (marks.get(writer) ?? 0),
          0,
        )
        return rows.length === wanted ? rows : null
      }),
    save: (tenant, snapshot, keepMs) =>
      inTenant(pool, tenant, async (client) => {
        const { rows: locks } = await client.query<{ locked: boolean }>(
          'select pg_try_advisory_xact_lock($1::int4, $2::int4) as locked',
          [SNAPSHOT_LOCK, tenant],
        )
        if (locks[0]?.locked !== true) return false
        const { rows } = await client.query<{ marks: string }>(
          'select marks from population_snapshot where tenant = $1',
          [tenant],
        )
        for (const [writer, number] of parseMarks(rows[0]?.marks ?? '[]')) {
          if ((snapshot.marks.get(writer) ?? 0) < number) return false
        }
        await client.query(
          `insert into population_snapshot (tenant, marks, body) values ($1, $2, $3)
           on conflict (tenant) do update set marks = excluded.marks, body = excluded.body`,
          [tenant, JSON.stringify([...snapshot.marks]), snapshot.body],
        )
        await client.query(
          `delete from population_delta d
           using unnest($2::uuid[], $3::int8[]) as u(writer, number)
           where d.tenant = $1 and d.writer = u.writer and d.number <= u.number and d.created <= $4`,
          [
            tenant,
            array.uuid([...snapshot.marks.keys()].map((writer) => writer.replaceAll('-', ''))),
            array.int8([...snapshot.marks.values()]),
            clock() - keepMs,
          ],
        )
        return true
      }),
  }
}

function parseMarks(text: string): Map<string, number> {
  return new Map(JSON.parse(text))
}
