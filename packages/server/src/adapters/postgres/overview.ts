import { entityRisk } from '@gatewatch/engine'
import { type Overview, Severity } from '@gatewatch/schema'
import { sql, type Transaction } from 'kysely'
import { CONTRIBUTES_MS } from '../../ports/contribution.ts'
import { OVERVIEW_HOURS } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Tables } from './tables.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
type Reading = Transaction<Tables>
const total = (column: string) => sql<number>`sum(${sql.ref(column)})::int8`

/** The first screen, from hourly counts: it reads hundreds of rows, whatever the number of events. `now` in ms. */
export async function readOverview(
  trx: Reading,
  tenant: TenantId,
  now: number,
): Promise<Omit<Overview, 'demo'>> {
  const sources = await readSources(trx, tenant)
  const hours = await readHours(trx, tenant, now)
  const counts = await readCounts(trx, tenant)
  return {
    events_total: sources.reduce((sum, { events }) => sum + events, 0),
    events_24h: hours.reduce((sum, { events }) => sum + events, 0),
    entities_total: counts.entities,
    open_alerts: await readOpenAlerts(trx, tenant),
    decisions_24h: {
      allow: hours.reduce((sum, { allow }) => sum + allow, 0),
      challenge: hours.reduce((sum, { challenge }) => sum + challenge, 0),
      deny: hours.reduce((sum, { deny }) => sum + deny, 0),
    },
    hours: hours.map(({ allow: _a, challenge: _c, deny: _d, ...hour }) => hour),
    compared: {
      day_before: await readDay(trx, tenant, firstHour(now) - DAY_MS),
      week_before: await readDay(trx, tenant, firstHour(now) - 7 * DAY_MS),
    },
    top_entities: await readTop(trx, tenant, now),
    places: await readPlaces(trx, tenant, now),
    sources,
    dead_letters: counts.letters,
  }
}

function firstHour(now: number): number {
  return (Math.floor(now / HOUR_MS) - OVERVIEW_HOURS + 1) * HOUR_MS
}

async function readHours(trx: Reading, tenant: TenantId, now: number) {
  const first = firstHour(now)
  const rows = await trx
    .selectFrom('hourly')
    .select('hour as time')
    .select([
      total('events').as('events'),
      total('authentications').as('authentications'),
      total('failures').as('failures'),
      total('high_risk').as('high_risk'),
      total('allow').as('allow'),
      total('challenge').as('challenge'),
      total('deny').as('deny'),
      sql<number>`max(max_risk)`.as('max_risk'),
    ])
    .where('tenant', '=', tenant)
    .where('hour', '>=', first)
    .where('hour', '<=', now)
    .groupBy('hour')
    .execute()
  const byHour = new Map(rows.map((row) => [row.time, row]))
  return Array.from({ length: OVERVIEW_HOURS }, (_, index) => {
    const time = first + index * HOUR_MS
    return (
      byHour.get(time) ?? {
        time,
        events: 0,
        authentications: 0,
        failures: 0,
        max_risk: 0,
        high_risk: 0,
        allow: 0,
        challenge: 0,
        deny: 0,
      }
    )
  })
}

async function readDay(trx: Reading, tenant: TenantId, start: number) {
  return trx
    .selectFrom('hourly')
    .select([
      sql<number>`coalesce(sum(events), 0)::int8`.as('events'),
      sql<number>`coalesce(sum(high_risk), 0)::int8`.as('high_risk'),
    ])
    .where('tenant', '=', tenant)
    .where('hour', '>=', start)
    .where('hour', '<', start + DAY_MS)
    .executeTakeFirstOrThrow()
}

async function readCounts(trx: Reading, tenant: TenantId) {
  const count = sql<number>`count(*)`.as('count')
  const entities = await trx
    .selectFrom('profile')
    .select(count)
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow()
  const letters = await trx
    .selectFrom('dead_letter')
    .select(count)
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow()
  return { entities: entities.count, letters: letters.count }
}

async function readOpenAlerts(trx: Reading, tenant: TenantId): Promise<Overview['open_alerts']> {
  const rows = await trx
    .selectFrom('alert')
    .select(['severity', sql<number>`count(*)`.as('count')])
    .where('tenant', '=', tenant)
    .where('status', '=', 'open')
    .groupBy('severity')
    .execute()
  const counts = { low: 0, medium: 0, high: 0, critical: 0 }
  for (const { severity, count } of rows) counts[Severity.parse(severity)] = count
  return counts
}

/** The ten identities at greatest risk, with the engine's half-life. */
async function readTop(
  trx: Reading,
  tenant: TenantId,
  now: number,
): Promise<Overview['top_entities']> {
  const halfLife = entityRisk([], now).half_life_hours * HOUR_MS
  const candidates = await trx
    .selectFrom('risk_contribution')
    .select('entity')
    .where('tenant', '=', tenant)
    .where('time', '>=', now - CONTRIBUTES_MS)
    .groupBy('entity')
    .orderBy(
      sql`sum(points * power(0.5, greatest(0, ${now}::int8 - time) / ${halfLife}::float8))`,
      'desc',
    )
    .orderBy('entity')
    .limit(10)
    .execute()
  if (candidates.length === 0) return []
  const entities = candidates.map(({ entity }) => entity)
  const contributions = await trx
    .selectFrom('risk_contribution')
    .select(['entity', 'time', 'code', 'text', 'points', 'uid'])
    .where('tenant', '=', tenant)
    .where('entity', 'in', entities)
    .where('time', '>=', now - CONTRIBUTES_MS)
    .execute()
  const people = await trx
    .selectFrom('profile')
    .select([
      'entity',
      'name',
      sql<number>`(select count(*) from alert where alert.tenant = profile.tenant
        and alert.entity = profile.entity and status = 'open')`.as('alerts'),
    ])
    .where('tenant', '=', tenant)
    .where('entity', 'in', entities)
    .execute()
  return people
    .map(({ entity, name, alerts }) => {
      const own = contributions.filter((contribution) => contribution.entity === entity)
      return { entity, entity_name: name, risk: entityRisk(own, now).risk, alerts }
    })
    .sort((a, b) => b.risk - a.risk)
}

async function readPlaces(
  trx: Reading,
  tenant: TenantId,
  now: number,
): Promise<Overview['places']> {
  const rows = await trx
    .selectFrom('hourly_place')
    .select(['lat', 'long'])
    .select([
      sql<string | null>`max(city)`.as('city'),
      sql<string | null>`max(country)`.as('country'),
      total('events').as('events'),
      sql<number>`max(max_risk)`.as('max_risk'),
    ])
    .where('tenant', '=', tenant)
    .where('hour', '>=', firstHour(now))
    .where('hour', '<=', now)
    .groupBy(['lat', 'long'])
    .orderBy('max_risk', 'desc')
    .orderBy('events', 'desc')
    .limit(300)
    .execute()
  return rows.map(({ city, country, ...place }) => ({
    ...place,
    ...(city === null ? {} : { city }),
    ...(country === null ? {} : { country }),
  }))
}

async function readSources(trx: Reading, tenant: TenantId): Promise<Overview['sources']> {
  return trx
    .selectFrom('source_total')
    .select(['format', total('events').as('events'), sql<number>`max(last_event)`.as('last_event')])
    .where('tenant', '=', tenant)
    .groupBy('format')
    .orderBy('events', 'desc')
    .execute()
}
