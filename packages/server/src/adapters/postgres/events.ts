import type { EventFacets, EventPage, EventQuery, FacetQuery } from '@gatewatch/schema'
import { type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { eventFacets, FACETED, stepOf, wantedFacets } from '../../ports/facets.ts'
import type { TenantId } from '../../ports/store.ts'
import { summarise } from '../../ports/summary.ts'
import { plainText } from './arrays.ts'
import { parseBody, parseVerdict } from './batch.ts'
import { hasFacet, unpackedFacets } from './facets.ts'
import { cursorOf, hex, nextCursor } from './pages.ts'
import type { Tables } from './tables.ts'

type Reading = Transaction<Tables>

/** Longest that a list or a count may take (ms): a value that hardly any event has is looked for through all of them. */
const PATIENCE = 10_000

/** A page of events: which they are is found in the index, then only those are read. */
export async function readEvents(
  trx: Reading,
  tenant: TenantId,
  query: EventQuery,
): Promise<EventPage> {
  await patiently(trx)
  const { limit } = query
  let found = fitting(trx, tenant, query)
  const after = cursorOf(query.cursor)
  if (after !== null) {
    found = found
      .where('event.time', '<=', after.time)
      .where(sql<boolean>`(event.time + 0, event.key) < (${after.time}, ${after.id}::uuid)`)
  }
  const rows = await trx
    .selectFrom(
      newest(found)
        .select(['event.key', 'event.time'])
        .limit(limit + 1)
        .as('hit'),
    )
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('event as e')
          .select(['e.body', 'e.verdict'])
          .where('e.tenant', '=', tenant)
          .whereRef('e.key', '=', 'hit.key')
          .whereRef('e.time', '=', 'hit.time')
          .limit(1)
          .as('said'),
      (join) => join.onTrue(),
    )
    .select([hex('key').as('id'), 'hit.time', 'said.body', 'said.verdict'])
    .orderBy('hit.time', 'desc')
    .orderBy('hit.key', 'desc')
    .execute()
  const events = rows
    .slice(0, limit)
    .map(({ body, verdict }) => summarise(parseBody(body), parseVerdict(verdict)))
  return { events, ...nextCursor(rows, limit) }
}

/** Counts of the newest events that fit, from the index alone. */
export async function readFacets(
  trx: Reading,
  tenant: TenantId,
  query: FacetQuery & { readonly from: number; readonly to: number },
): Promise<EventFacets> {
  await patiently(trx)
  const step = stepOf(query.from, query.to)
  const rows = await trx
    .selectFrom(
      newest(fitting(trx, tenant, query))
        .select(['event.facets', 'event.risk'])
        .select(sql<number>`event.time - event.time % ${step}::int8`.as('bucket'))
        .limit(FACETED)
        .as('hit'),
    )
    .select(['hit.facets', 'hit.bucket'])
    .select(sql<number>`count(*)`.as('events'))
    .select(sql<number>`count(*) filter (where risk >= 75)`.as('high_risk'))
    .groupBy(sql`grouping sets ((hit.facets), (hit.bucket))`)
    .execute()
  return eventFacets(query, {
    values: rows.flatMap(({ facets, events }) =>
      facets === null ? [] : [{ facets: unpackedFacets(facets), events }],
    ),
    times: rows.flatMap(({ bucket, events, high_risk }) =>
      bucket === null ? [] : [{ time: bucket, events, high_risk }],
    ),
  })
}

async function patiently(trx: Reading): Promise<void> {
  await sql`select set_config('statement_timeout', ${String(PATIENCE)}, true)`.execute(trx)
}

function fitting(trx: Reading, tenant: TenantId, query: FacetQuery) {
  const { entity, min_risk, from, to, ip } = query
  let found = trx.selectFrom('event').where('event.tenant', '=', tenant)
  if (entity !== undefined) found = found.where('event.entity', '=', plainText(entity))
  if (min_risk !== undefined) found = found.where('event.risk', '>=', min_risk)
  // Said as the index on strange events says it, so that it is used.
  if (min_risk !== undefined && min_risk >= 50) found = found.where(sql<boolean>`risk >= 50`)
  if (from !== undefined) found = withTime(found, '>=', Math.ceil(from))
  if (to !== undefined) found = withTime(found, '<', Math.ceil(to))
  if (ip !== undefined) found = found.where('event.ip', '=', plainText(ip))
  for (const [facet, value] of wantedFacets(query)) found = found.where(hasFacet(facet, value))
  return found
}

/** Lists go by "time + 0", which their indexes hold; the bare column only chooses partitions. */
export function newest<Output>(query: SelectQueryBuilder<Tables, 'event', Output>) {
  return query.orderBy(sql`event.time + 0`, 'desc').orderBy('event.key', 'desc')
}

/** Events of a span; the bare column only chooses partitions. */
export function withTime<Output>(
  query: SelectQueryBuilder<Tables, 'event', Output>,
  operator: '>=' | '<',
  time: number,
) {
  return query
    .where('event.time', operator, time)
    .where(sql<boolean>`event.time + 0 ${sql.raw(operator)} ${time}::int8`)
}
