import { type Kysely, sql } from 'kysely'

/**
 * The registry of models: what a version was made of, in which state it is, who put it there and why. Versions that were stored
 * before, or by an older build, are active, and the newest of them counts, as it did. Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    alter table model_version
      add column state text not null default 'active',
      add column parent bigint,
      add column replaced bigint,
      add column card text,
      add column comparison text,
      add column judged bigint not null default 0,
      add column challenged bigint not null default 0,
      add column alerted bigint not null default 0,
      add column decided bigint,
      add column by text,
      add column reason text;
    create table model_note (
      tenant int not null,
      id bigint generated always as identity,
      time bigint not null,
      version bigint not null,
      change text not null,
      by text not null,
      reason text not null,
      primary key (tenant, id)
    );
    alter table model_note enable row level security;
    create policy own_tenant on model_note
      using (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int)
      with check (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int);
    grant select, insert, delete on model_note to gatewatch_app;
    grant update (state, replaced, comparison, judged, challenged, alerted, decided, by, reason)
      on model_version to gatewatch_app;`)
    .execute(db)
}
