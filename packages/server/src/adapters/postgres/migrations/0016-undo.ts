import { type Kysely, sql } from 'kysely'

/**
 * What takes the verdict back that was given of an alert: those given before are taken back as they were. And alerts that are closed are
 * found by their group, for what was found safe stands for others like it. Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`alter table alert add column undo text;
      create index alert_closed_by_group on alert (tenant, attach_group) where status = 'closed';`)
    .execute(db)
}
