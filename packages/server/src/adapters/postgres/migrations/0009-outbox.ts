import { type Kysely, sql } from 'kysely'

const OWN = `tenant = nullif(current_setting('gatewatch.tenant', true), '')::int`

/**
 * Channels, what is to be told (notice: written in the transaction that caused it), and what is on its way to which channel.
 * Times are ms since 1970, UTC. Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  await run(TABLES)
  for (const table of ['channel', 'notice', 'delivery']) {
    await run(`
      alter table ${table} enable row level security;
      create policy own_tenant on ${table} using (${OWN}) with check (${OWN});
      grant select, insert, update, delete on ${table} to gatewatch_app;`)
  }
  await run(LOOKUP)
}

const TABLES = `
  create table channel (
    tenant int not null,
    id uuid not null,
    name text not null,
    settings text not null,
    sealed bytea not null,
    route text not null,
    enabled boolean not null,
    created bigint not null,
    health text not null,
    -- The channel may be used from then on: the end of a lease, of a pause between messages, or of one after failures.
    ready_at bigint not null default 0,
    lease bigint not null default 0,
    primary key (tenant, id),
    unique (tenant, name)
  );
  create table notice (
    tenant int not null,
    id bigint generated always as identity,
    key text not null,
    entity text not null,
    body text not null,
    primary key (tenant, id),
    unique (tenant, key)
  );
  create table delivery (
    tenant int not null,
    id bigint generated always as identity,
    channel uuid not null,
    key text not null,
    subject text not null,
    entity text not null,
    ends boolean not null,
    escalates boolean not null,
    body text not null,
    state text not null,
    created bigint not null,
    due bigint not null,
    digest bigint,
    attempts int not null default 0,
    error text,
    primary key (tenant, id),
    unique (tenant, channel, key)
  );
  create index delivery_waiting on delivery (tenant, channel, due, id) where state = 'waiting';
  create index delivery_by_subject on delivery (tenant, channel, subject, id);`

/** Which tenants have something to be told must be known before one is chosen: numbers alone are given away. */
const LOOKUP = `
  create function outbox_due(now bigint) returns setof int language sql stable security definer
    set search_path = gatewatch, pg_temp as $body$
    select tenant from notice
    union
    select d.tenant from delivery d join channel c on c.tenant = d.tenant and c.id = d.channel
      where d.state = 'waiting' and d.due <= now and c.enabled and c.ready_at <= now
  $body$;
  revoke all on function outbox_due from public;
  grant execute on function outbox_due to gatewatch_app;`
