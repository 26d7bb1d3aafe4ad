import { type Kysely, sql } from 'kysely'

const own = `tenant = nullif(current_setting('gatewatch.tenant', true), '')::int`

/** How long (days) a tenant keeps events, where that is shorter than for all. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table retention (
      tenant int primary key references tenant,
      days int not null check (days between 1 and 36500)
    );
    alter table retention enable row level security;
    create policy own_tenant on retention using (${own}) with check (${own});
    grant select on retention to gatewatch_app;
    create function expire_tenants(now bigint) returns void language plpgsql security definer
      set search_path = gatewatch, pg_temp as $body$
    declare
      which int;
      before bigint;
    begin
      for which, before in select r.tenant, now - r.days * 86400000::bigint from retention r loop
        delete from event where tenant = which and time < before and time + 0 < before;
        delete from hourly where tenant = which and hour < before;
        delete from hourly_place where tenant = which and hour < before;
        delete from risk_contribution where tenant = which and time < before;
        delete from alert_event e using alert a
          where e.tenant = which and a.tenant = which and a.id = e.alert and a.last_seen < before;
        delete from alert where tenant = which and last_seen < before;
        delete from first_received where tenant = which and time < before;
        delete from incident_note n using incident i
          where n.tenant = which and i.tenant = which and i.id = n.incident and i.last_seen < before;
        delete from incident_key k using incident i
          where k.tenant = which and i.tenant = which and i.id = k.incident and i.last_seen < before;
        delete from incident where tenant = which and last_seen < before;
      end loop;
    end $body$;
    revoke execute on function expire_tenants(bigint) from public;
    grant execute on function expire_tenants(bigint) to gatewatch_maintain;`)
    .execute(db)
}
