import { type Kysely, sql } from 'kysely'

/** Versions of fitted models; `version` is the number of events that had been judged. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table model_version (
      tenant int not null,
      version bigint not null,
      created bigint not null,
      body bytea not null,
      primary key (tenant, version)
    );
    alter table model_version enable row level security;
    create policy own_tenant on model_version
      using (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int)
      with check (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int);
    grant select, insert, delete on model_version to gatewatch_app;`)
    .execute(db)
}
