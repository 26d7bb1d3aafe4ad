import { type Kysely, sql } from 'kysely'

/**
 * What judging late events at their places needs: an identity's earlier profiles, and the alerts of an event; and what
 * erasing an identity needs. Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table checkpoint (
      tenant int not null,
      entity text not null,
      time bigint not null,
      body bytea not null,
      primary key (tenant, entity, time)
    );
    alter table checkpoint alter column body set storage plain;
    alter table checkpoint enable row level security;
    create policy own_tenant on checkpoint
      using (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int)
      with check (tenant = nullif(current_setting('gatewatch.tenant', true), '')::int);
    create index alert_event_by_key on alert_event (tenant, key);
    alter table alert add column case_file bytea;
    grant select, insert, update, delete on checkpoint to gatewatch_app;
    grant delete on event, profile, alert, alert_event, dead_letter to gatewatch_app;
    grant update, delete on risk_contribution to gatewatch_app;`)
    .execute(db)
}
