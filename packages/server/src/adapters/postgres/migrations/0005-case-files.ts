import { type Kysely, sql } from 'kysely'

/** Which version of the models judged what an alert shows: it stays as long as the alert does. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    alter table alert add column models bigint;
    create index alert_by_models on alert (tenant, models) where models is not null;`)
    .execute(db)
}
