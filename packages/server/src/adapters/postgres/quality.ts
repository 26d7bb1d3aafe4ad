import type { AlertSummary } from '@gatewatch/schema'
import { sql, type Transaction } from 'kysely'
import { COUNTED_ALERTS, type FindingCount, type IncidentAnswer } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'
import { parseSummary } from './alerts.ts'
import type { Tables } from './tables.ts'

const HOUR_MS = 3_600_000

/** Alerts that began at or after `since`, newest first. */
export async function readAlerts(
  trx: Transaction<Tables>,
  tenant: TenantId,
  since: number,
): Promise<readonly AlertSummary[]> {
  const rows = await trx
    .selectFrom('alert')
    .select('summary')
    .where('tenant', '=', tenant)
    .where('last_seen', '>=', since)
    .where('first_seen', '>=', since)
    .orderBy('last_seen', 'desc')
    .orderBy('id', 'desc')
    .limit(COUNTED_ALERTS)
    .execute()
  return rows.map(({ summary }) => parseSummary(summary))
}

/** Findings by code, from what raised the risk of identities; events from hourly counts. */
export async function readFindings(
  trx: Transaction<Tables>,
  tenant: TenantId,
  since: number,
): Promise<{ events: number; codes: readonly FindingCount[] }> {
  const codes = await trx
    .selectFrom('risk_contribution')
    .select('code')
    .select([
      sql<number>`count(*)`.as('events'),
      sql<number>`count(distinct entity)`.as('entities'),
    ])
    .where('tenant', '=', tenant)
    .where('time', '>=', since)
    .groupBy('code')
    .orderBy('code')
    .execute()
  const total = await trx
    .selectFrom('hourly')
    .select(sql<number>`coalesce(sum(events), 0)::int8`.as('events'))
    .where('tenant', '=', tenant)
    .where('hour', '>=', Math.floor(since / HOUR_MS) * HOUR_MS)
    .executeTakeFirstOrThrow()
  return { events: total.events, codes }
}

/** When incidents were raised, and when a person first did something about them. */
export async function readAnswers(
  trx: Transaction<Tables>,
  tenant: TenantId,
  since: number,
): Promise<readonly IncidentAnswer[]> {
  const { rows } = await sql<IncidentAnswer>`
    select i.first_seen as raised,
      (select min(n.time) from incident_note n
       where n.tenant = i.tenant and n.incident = i.id and n.by <> 'gatewatch') as answered
    from incident i where i.tenant = ${tenant} and not i.hidden and i.first_seen >= ${since}
    order by i.first_seen`.execute(trx)
  return rows
}
