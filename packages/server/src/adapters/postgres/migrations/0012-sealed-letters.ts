import { type Kysely, sql } from 'kysely'

/** Dead letters whose raw bytes are sealed. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw('alter table dead_letter add column sealed boolean not null default false')
    .execute(db)
}
