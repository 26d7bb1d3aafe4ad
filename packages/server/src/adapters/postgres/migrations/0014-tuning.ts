import { type Kysely, sql } from 'kysely'

const own = `tenant = nullif(current_setting('gatewatch.tenant', true), '')::int`

/** What people have tuned, one row a version, and how often each suppression was met. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table tuning (
      tenant int not null,
      version int not null,
      body text not null,
      primary key (tenant, version)
    );
    create table suppression_hit (
      tenant int not null,
      suppression text not null,
      hits bigint not null,
      last_hit bigint not null,
      primary key (tenant, suppression)
    );
    create index alert_suppressed on alert (tenant) where status = 'suppressed';
    create index alert_compromised on alert (tenant, last_seen) where summary like '%"verdict":"compromised"%';
    alter table tuning enable row level security;
    create policy own_tenant on tuning using (${own}) with check (${own});
    alter table suppression_hit enable row level security;
    create policy own_tenant on suppression_hit using (${own}) with check (${own});
    grant select, insert, update, delete on tuning, suppression_hit to gatewatch_app;`)
    .execute(db)
}
