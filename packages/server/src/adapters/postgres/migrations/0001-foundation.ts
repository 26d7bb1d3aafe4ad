import { type Kysely, sql } from 'kysely'

/** Tables that hold rows of tenants; each gets the same row-level security policy. */
const TENANT_TABLES = [
  'event',
  'profile',
  'population_delta',
  'population_writer',
  'population_snapshot',
  'alert',
  'alert_event',
  'risk_contribution',
  'dead_letter',
  'first_received',
  'hourly',
  'hourly_place',
  'source_total',
  'api_key',
  'person',
  'proof',
]

/**
 * Everything of the first version: accounts, events in weekly partitions, profiles, population, alerts, rollups.
 * Times are ms since 1970, UTC. Runs as the owner role, in a schema of its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  await run(TABLES)
  await run(PARTITIONS)
  await run(LOOKUPS)
  for (const table of TENANT_TABLES) await run(policy(table, 'tenant'))
  await run(policy('tenant', 'id'))
  await run(GRANTS)
}

function policy(table: string, column: string): string {
  const own = `${column} = nullif(current_setting('gatewatch.tenant', true), '')::int`
  return `
    alter table ${table} enable row level security;
    create policy own_tenant on ${table} using (${own}) with check (${own});`
}

const TABLES = `
  create table tenant (
    id int generated always as identity primary key,
    name text not null unique,
    hash_key bytea not null check (octet_length(hash_key) = 16),
    demo boolean not null
  );

  create table event (
    tenant int not null,
    key uuid not null,
    time bigint not null,
    content uuid not null,
    uid text not null,
    entity text not null,
    kind text not null,
    risk float8 not null,
    learned float8 not null,
    body text not null,
    verdict text not null,
    raw bytea,
    unique (tenant, key, time)
  ) partition by range (time);
  -- "time + 0": lists use these. Were it the bare column, looking up keys within a window of time could use them too,
  -- and does so, a hundred times slower, while a new week is still small.
  create index event_by_time on event (tenant, (time + 0) desc, key desc);
  create index event_by_entity on event (tenant, entity, (time + 0) desc, key desc);
  create index event_by_uid on event (hashtext(uid));
  create index event_by_risk on event (tenant, (time + 0) desc, key desc) where risk >= 50;

  create table profile (
    tenant int not null,
    entity text not null,
    name text not null,
    class text not null,
    revision bigint not null,
    body bytea not null,
    last_time bigint not null,
    primary key (tenant, entity)
  ) with (fillfactor = 70);
  alter table profile alter column body set storage plain;

  create table population_delta (
    tenant int not null,
    writer uuid not null,
    number bigint not null,
    created bigint not null,
    body bytea not null,
    primary key (tenant, writer, number)
  );
  alter table population_delta alter column body set storage external;
  create table population_writer (
    tenant int not null,
    writer uuid not null,
    number bigint not null,
    updated bigint not null,
    primary key (tenant, writer)
  ) with (fillfactor = 50);
  create table population_snapshot (
    tenant int primary key,
    marks text not null,
    body bytea not null
  );

  create table alert (
    tenant int not null,
    id uuid not null,
    attach_group text not null,
    status text not null,
    severity text not null,
    entity text not null,
    first_seen bigint not null,
    last_seen bigint not null,
    summary text not null,
    runbook text not null,
    shown_key uuid not null,
    shown_time bigint not null,
    profile_before bytea,
    primary key (tenant, id)
  );
  create index alert_by_time on alert (tenant, last_seen desc, id desc);
  create index alert_open_by_group on alert (tenant, attach_group) where status = 'open';
  create index alert_open_by_entity on alert (tenant, entity) where status = 'open';
  create table alert_event (
    tenant int not null,
    alert uuid not null,
    time bigint not null,
    key uuid not null,
    primary key (tenant, alert, time, key)
  );
  create table risk_contribution (
    tenant int not null,
    entity text not null,
    time bigint not null,
    key uuid not null,
    uid text not null,
    code text not null,
    text text not null,
    points float8 not null,
    primary key (tenant, entity, time, key)
  );
  create index risk_contribution_by_time on risk_contribution (tenant, time);

  create table dead_letter (
    tenant int not null,
    id bigint generated always as identity,
    received bigint not null,
    source text not null,
    line int,
    reason text not null,
    raw bytea not null,
    primary key (tenant, id)
  );
  create table first_received (
    tenant int not null,
    key uuid not null,
    time bigint not null,
    primary key (tenant, key)
  );

  create table hourly (
    tenant int not null,
    hour bigint not null,
    shard int not null,
    events bigint not null,
    authentications bigint not null,
    failures bigint not null,
    high_risk bigint not null,
    allow bigint not null,
    challenge bigint not null,
    deny bigint not null,
    max_risk float8 not null,
    primary key (tenant, hour, shard)
  ) with (fillfactor = 50);
  create table hourly_place (
    tenant int not null,
    hour bigint not null,
    lat float8 not null,
    long float8 not null,
    shard int not null,
    city text,
    country text,
    events bigint not null,
    max_risk float8 not null,
    primary key (tenant, hour, lat, long, shard)
  ) with (fillfactor = 50);
  create table source_total (
    tenant int not null,
    format text not null,
    shard int not null,
    events bigint not null,
    last_event bigint not null,
    primary key (tenant, format, shard)
  ) with (fillfactor = 50);

  create table api_key (
    id uuid primary key,
    tenant int not null,
    name text not null,
    role text not null,
    hash bytea not null unique,
    created bigint not null,
    last_used bigint
  );
  create table person (
    tenant int not null,
    name text not null,
    role text not null,
    password text,
    created bigint not null,
    primary key (tenant, name)
  );
  create unique index person_by_name on person (lower(name));
  create table proof (
    hash bytea primary key,
    kind text not null,
    tenant int not null,
    name text not null,
    expires bigint not null,
    foreign key (tenant, name) references person on delete cascade
  );
`

/** A week is the number of whole weeks since 1970. Attaching leaves writers of other weeks alone, which "partition of" does not. */
const PARTITIONS = `
  create function make_partition(week int) returns void language plpgsql security definer
    set search_path = gatewatch, pg_temp as $body$
  begin
    perform pg_advisory_xact_lock(720575940302);
    if to_regclass('event_w' || week) is not null then return; end if;
    execute format('create table event_w%s (like event including all)', week);
    execute format('alter table event_w%s set (toast_tuple_target = 8160)', week);
    execute format('alter table event attach partition event_w%s for values from (%s) to (%s)',
      week, week::bigint * 604800000, (week::bigint + 1) * 604800000);
  end $body$;

  create function drop_partition(week int) returns void language plpgsql security definer
    set search_path = gatewatch, pg_temp as $body$
  begin
    execute format('drop table if exists event_w%s', week);
  end $body$;

  create function partitions() returns setof int language sql stable security definer
    set search_path = gatewatch, pg_temp as $body$
    select substring(c.relname from 8)::int from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'event'::regclass order by 1
  $body$;

  create function expire(before bigint) returns void language sql security definer
    set search_path = gatewatch, pg_temp as $body$
    delete from hourly where hour < before;
    delete from hourly_place where hour < before;
    delete from risk_contribution where time < before;
    delete from alert_event e using alert a
      where a.tenant = e.tenant and a.id = e.alert and a.last_seen < before;
    delete from alert where last_seen < before;
    delete from first_received where time < before;
  $body$;
`

/** What must be found before the tenant is known: each function gives away one row, to who holds the secret. */
const LOOKUPS = `
  create function ensure_tenant(wanted text, new_key bytea, is_demo boolean)
    returns table (id int, hash_key bytea, demo boolean) language sql security definer
    set search_path = gatewatch, pg_temp as $body$
    insert into tenant (name, hash_key, demo) values (wanted, new_key, is_demo)
      on conflict (name) do nothing;
    select t.id, t.hash_key, t.demo from tenant t where t.name = wanted;
  $body$;

  create function caller_by_key(secret_hash bytea, now bigint)
    returns table (tenant int, tenant_name text, demo boolean, role text, name text)
    language sql security definer set search_path = gatewatch, pg_temp as $body$
    update api_key k set last_used = now
      where k.hash = secret_hash and coalesce(k.last_used, 0) < now - 60000;
    select k.tenant, t.name, t.demo, k.role, k.name
      from api_key k join tenant t on t.id = k.tenant where k.hash = secret_hash;
  $body$;

  create function caller_by_session(secret_hash bytea, now bigint)
    returns table (tenant int, tenant_name text, demo boolean, role text, name text)
    language sql stable security definer set search_path = gatewatch, pg_temp as $body$
    select p.tenant, t.name, t.demo, u.role, u.name
      from proof p join person u on u.tenant = p.tenant and u.name = p.name
      join tenant t on t.id = p.tenant
      where p.hash = secret_hash and p.kind = 'session' and p.expires > now;
  $body$;

  create function take_token(secret_hash bytea, now bigint)
    returns table (tenant int, name text) language sql security definer
    set search_path = gatewatch, pg_temp as $body$
    delete from proof p where p.kind = 'token' and p.hash = secret_hash and p.expires > now
      returning p.tenant, p.name;
  $body$;

  create function drop_session(secret_hash bytea) returns void language sql security definer
    set search_path = gatewatch, pg_temp as $body$
    delete from proof where hash = secret_hash and kind = 'session';
  $body$;

  create function person_by_name(wanted text)
    returns table (tenant int, name text, password text) language sql stable security definer
    set search_path = gatewatch, pg_temp as $body$
    select p.tenant, p.name, p.password from person p where lower(p.name) = lower(wanted);
  $body$;
`

const GRANTS = `
  revoke all on all functions in schema gatewatch from public;
  grant usage on schema gatewatch to gatewatch_app, gatewatch_maintain;
  grant select on tenant to gatewatch_app;
  grant select, insert, update on event, profile, alert, alert_event, hourly, hourly_place,
    source_total, population_snapshot to gatewatch_app;
  grant select, insert, update, delete on population_delta, population_writer, api_key, person,
    proof to gatewatch_app;
  grant select, insert on risk_contribution, dead_letter, first_received to gatewatch_app;
  grant execute on function ensure_tenant, caller_by_key, caller_by_session, take_token,
    drop_session, person_by_name to gatewatch_app;
  grant execute on function make_partition, drop_partition, partitions, expire
    to gatewatch_maintain;
`
