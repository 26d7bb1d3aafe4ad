import { type Kysely, sql } from 'kysely'

const OWN = `tenant = nullif(current_setting('gatewatch.tenant', true), '')::int`

/**
 * Incidents, what leads to them, and their history. Alerts that were raised before belong to none until they grow. Runs as the
 * owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  await run(`
    create table incident (
      tenant int not null,
      id uuid not null,
      status text not null,
      severity text not null,
      entity text not null,
      assignee text,
      hidden boolean not null,
      first_seen bigint not null,
      last_seen bigint not null,
      summary text not null,
      primary key (tenant, id)
    );
    create index incident_by_time on incident (tenant, last_seen desc, id desc) where not hidden;
    create table incident_key (
      tenant int not null,
      key text not null,
      incident uuid not null,
      primary key (tenant, key)
    );
    create index incident_key_by_incident on incident_key (tenant, incident);
    create table incident_note (
      tenant int not null,
      id bigint generated always as identity,
      incident uuid not null,
      time bigint not null,
      by text not null,
      change text not null,
      text text not null,
      primary key (tenant, id)
    );
    create index incident_note_by_incident on incident_note (tenant, incident);
    alter table alert add column incident uuid;
    create index alert_by_incident on alert (tenant, incident);
    create or replace function expire(before bigint) returns void language sql security definer
      set search_path = gatewatch, pg_temp as $body$
      delete from hourly where hour < before;
      delete from hourly_place where hour < before;
      delete from risk_contribution where time < before;
      delete from alert_event e using alert a
        where a.tenant = e.tenant and a.id = e.alert and a.last_seen < before;
      delete from alert where last_seen < before;
      delete from first_received where time < before;
      delete from incident_note n using incident i
        where i.tenant = n.tenant and i.id = n.incident and i.last_seen < before;
      delete from incident_key k using incident i
        where i.tenant = k.tenant and i.id = k.incident and i.last_seen < before;
      delete from incident where last_seen < before;
    $body$;`)
  for (const table of ['incident', 'incident_key', 'incident_note']) {
    await run(`
      alter table ${table} enable row level security;
      create policy own_tenant on ${table} using (${OWN}) with check (${OWN});
      grant select, insert, update, delete on ${table} to gatewatch_app;`)
  }
}
