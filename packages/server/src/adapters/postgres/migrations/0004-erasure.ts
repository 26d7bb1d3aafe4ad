import { type Kysely, sql } from 'kysely'

/**
 * What erasing an identity needs besides the right to delete: a number that tells its lives apart, so that nobody takes
 * a profile he remembers for the new one, and notes of who did it. Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    alter table profile add column life int not null default floor(random() * 2147483647);
    create table audit (
      tenant int not null,
      id bigint generated always as identity,
      time bigint not null,
      by text not null,
      action text not null,
      subject text not null,
      primary key (tenant, id)
    );
    alter table audit enable row level security;
    create policy own_tenant on audit
      using (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int)
      with check (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int);
    grant select, insert on audit to gatewatch_app;
    grant delete on first_received to gatewatch_app;`)
    .execute(db)
}
