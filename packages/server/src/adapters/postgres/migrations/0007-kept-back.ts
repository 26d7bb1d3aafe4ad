import { type Kysely, sql } from 'kysely'

/** Alerts that are kept back take in further events of their group as open ones do. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create index alert_standing_by_group on alert (tenant, attach_group) where status <> 'closed';
    drop index alert_open_by_group;
    create index alert_kept_back on alert (tenant) where status = 'kept_back';`)
    .execute(db)
}
