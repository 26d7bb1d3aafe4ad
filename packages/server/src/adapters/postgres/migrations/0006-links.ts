import { type Kysely, sql } from 'kysely'

/**
 * Whose a credential or a session is; `over` is when it expires or was deleted, `learned` when a record last said so.
 * Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table link (
      tenant int not null,
      ref uuid not null,
      entity text,
      maker text,
      over bigint not null,
      learned bigint not null,
      body text not null,
      primary key (tenant, ref)
    );
    create index link_by_entity on link (tenant, entity);
    create index link_by_maker on link (tenant, maker) where maker is not null;
    create index link_by_end on link (tenant, over);
    alter table link enable row level security;
    create policy own_tenant on link
      using (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int)
      with check (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int);
    grant select, insert, update, delete on link to gatewatch_app;`)
    .execute(db)
}
