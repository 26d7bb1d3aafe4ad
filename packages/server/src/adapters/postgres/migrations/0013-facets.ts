import { type Kysely, sql } from 'kysely'

/**
 * What events are counted and filtered by, and the index of lists with all that counting needs, so that no event is read for it.
 * Events that were stored before have none: they are in lists, and neither counted nor found by a value. Runs as the owner role.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  await run('alter table event add column facets text, add column ip text')
  await run('drop index event_by_time')
  await run(`create index event_by_time on event (tenant, (time + 0) desc, key desc)
    include (time, risk, facets, ip)`)
}
