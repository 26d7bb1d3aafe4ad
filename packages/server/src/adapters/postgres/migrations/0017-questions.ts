import { type Kysely, sql } from 'kysely'

const OWN = `tenant = nullif(current_setting('gatewatch.tenant', true), '')::int`

/** Questions to identities whether an event was theirs. Runs as the owner role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
    create table question (
      tenant int not null,
      id uuid not null,
      alert uuid not null,
      entity text not null,
      asked bigint not null,
      by text not null,
      expires bigint not null,
      sent_to text,
      answer text,
      answered bigint,
      counted boolean not null,
      why text,
      primary key (tenant, id)
    );
    create index question_by_alert on question (tenant, alert);
    alter table question enable row level security;
    create policy own_tenant on question using (${OWN}) with check (${OWN});
    grant select, insert, update, delete on question to gatewatch_app;`)
    .execute(db)
}
