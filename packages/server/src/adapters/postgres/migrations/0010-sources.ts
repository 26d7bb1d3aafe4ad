import { type Kysely, sql } from 'kysely'

const own = `tenant = nullif(current_setting('gatewatch.tenant', true), '')::int`

/** Sources that are read or listened to, their settings sealed, and where reading each of their logs has got to. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table source (
      tenant int not null,
      name text not null,
      kind text not null,
      sealed bytea not null,
      added bigint not null,
      holder text not null default '',
      held_until bigint not null default 0,
      last_read bigint,
      last_event bigint,
      events bigint not null default 0,
      unmapped bigint not null default 0,
      refused bigint not null default 0,
      error text,
      primary key (tenant, name)
    );
    create table source_position (
      tenant int not null,
      name text not null,
      log text not null,
      position jsonb not null,
      primary key (tenant, name, log),
      foreign key (tenant, name) references source on delete cascade
    );
    alter table source enable row level security;
    create policy own_tenant on source using (${own}) with check (${own});
    alter table source_position enable row level security;
    create policy own_tenant on source_position using (${own}) with check (${own});
    grant select, insert, update, delete on source, source_position to gatewatch_app;
    create function tenants_with_sources() returns setof int language sql stable security definer
      set search_path = gatewatch, pg_temp as $body$
      select distinct tenant from source order by 1
    $body$;
    revoke execute on function tenants_with_sources() from public;
    grant execute on function tenants_with_sources() to gatewatch_app;`)
    .execute(db)
}
