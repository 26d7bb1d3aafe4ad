import type pg from 'pg'
import { z } from 'zod'
import { SCHEMA } from '../roles.ts'

/** What stands at the beginning of a backup. */
export const Head = z.object({
  gatewatch_backup: z.literal(1),
  /** Version of the Gatewatch that wrote it. */
  version: z.string(),
  /** ms since 1970, UTC. */
  taken: z.number(),
  /** Migrations whose tables these are, in order. */
  migrations: z.array(z.string()).min(1),
  /** Weeks since 1970 that have a partition of events. */
  weeks: z.array(z.number().int()),
})
export type Head = z.infer<typeof Head>

/** What stands before the rows of a table. */
export const TableHead = z.object({
  table: z.string().regex(/^[a-z_]+$/),
  columns: z.array(z.string().regex(/^[a-z_0-9]+$/)).min(1),
})
export type TableHead = z.infer<typeof TableHead>

/** What stands at the end: without it the file was cut. */
export const Tail = z.object({
  rows: z.record(z.string(), z.number().int()),
  /** The last number that was given out, by table and column. */
  numbers: z.array(z.object({ table: z.string(), column: z.string(), last: z.number().int() })),
})
export type Tail = z.infer<typeof Tail>

/** Settings under which every value is written so that it is read back the same, whatever the server's are. */
export const EXACT = `
  set search_path to ${SCHEMA}; set client_encoding to utf8; set datestyle to iso; set intervalstyle to iso_8601;
  set extra_float_digits to 1; set bytea_output to hex; set timezone to utc; set row_security to off`

/** Our tables with their columns, what is referred to before what refers to it. */
export async function tablesOf(client: pg.ClientBase): Promise<readonly TableHead[]> {
  const { rows } = await client.query<{ table: string; columns: string[]; parents: string[] }>(
    `select c.relname as table,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select coalesce(array_agg(distinct p.relname::text), '{}') from pg_constraint k
         join pg_class p on p.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
     from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition and c.relname not like 'kysely%' order by 1`,
    [SCHEMA],
  )
  const ordered: TableHead[] = []
  const placed = new Set<string>()
  while (ordered.length < rows.length) {
    const next = rows.filter(
      ({ table, parents }) => !placed.has(table) && parents.every((parent) => placed.has(parent)),
    )
    if (next.length === 0) throw new Error('tables refer to one another in a circle')
    for (const { table, columns } of next) {
      placed.add(table)
      ordered.push({ table, columns })
    }
  }
  return ordered
}

/** The numbers that were given out last, of every column that is numbered. */
export async function numbersOf(client: pg.ClientBase): Promise<Tail['numbers']> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select c.relname as table, a.attname as column,
       pg_get_serial_sequence(format('%I.%I', $1::text, c.relname), a.attname) as sequence
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = $1::regnamespace and not c.relispartition and a.attidentity <> ''`,
    [SCHEMA],
  )
  const numbers = []
  for (const { table, column, sequence } of rows) {
    const { rows: found } = await client.query<{ last: string }>(
      `select case when is_called then last_value else 0 end as last from ${sequence}`,
    )
    numbers.push({ table, column, last: Number(found[0]?.last ?? 0) })
  }
  return numbers
}

/** Migrations that the database has seen, in order; none where it is empty. */
export async function migrationsOf(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows: there } = await client.query(
    `select to_regclass('${SCHEMA}.kysely_migration') as is`,
  )
  if (there[0]?.is === null) return []
  const { rows } = await client.query<{ name: string }>(
    `select name from ${SCHEMA}.kysely_migration order by name`,
  )
  return rows.map(({ name }) => name)
}
