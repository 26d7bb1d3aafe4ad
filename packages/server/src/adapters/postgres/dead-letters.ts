import { type Kysely, sql } from 'kysely'
import type { DeadLetters } from '../../ports/dead-letters.ts'
import { array, plainText } from './arrays.ts'
import { inTenant } from './database.ts'
import type { Tables } from './tables.ts'

/** Dead letters in PostgreSQL: the raw bytes as they came. */
export function postgresDeadLetters(db: Kysely<Tables>, clock: () => number): DeadLetters {
  return {
    add: (tenant, letters) =>
      inTenant(db, tenant, async (trx) => {
        await sql`
          insert into dead_letter (tenant, received, source, line, reason, raw)
          select ${tenant}, ${clock()}, source, line, reason, raw
          from unnest(${array.text(letters.map(({ source }) => plainText(source)))}::text[],
            ${array.int8(letters.map(({ line }) => line ?? -1))}::int8[],
            ${array.text(letters.map(({ reason }) => plainText(reason)))}::text[],
            ${array.bytea(letters.map(({ raw }) => raw))}::bytea[]) as u(source, number, reason, raw),
            lateral (select nullif(number, -1)::int as line) as l`.execute(trx)
      }),
    count: (tenant) =>
      inTenant(db, tenant, async (trx) => {
        const { count } = await trx
          .selectFrom('dead_letter')
          .select(sql<number>`count(*)`.as('count'))
          .where('tenant', '=', tenant)
          .executeTakeFirstOrThrow()
        return count
      }),
    list: (tenant, limit) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await trx
          .selectFrom('dead_letter')
          .select(['id', 'received', 'source', 'line', 'reason', 'raw'])
          .where('tenant', '=', tenant)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
        return rows.map((row) => ({ ...row, id: String(row.id), raw: row.raw.toString('utf8') }))
      }),
  }
}
