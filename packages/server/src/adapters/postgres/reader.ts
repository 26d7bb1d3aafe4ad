import { Entity } from '@gatewatch/schema'
import { type Kysely, sql, type Transaction } from 'kysely'
import { CONTRIBUTES_MS } from '../../ports/contribution.ts'
import { queuePlaceSql } from '../../ports/queue-order.ts'
import type { PastEvent, PastQuery, Reader } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'
import { isAlertId, parseSummary } from './alerts.ts'
import { plainText } from './arrays.ts'
import { parseBody, parseVerdict } from './batch.ts'
import { inTenant } from './database.ts'
import { newest, readEvents, readFacets, withTime } from './events.ts'
import { readOverview } from './overview.ts'
import { cursorOf, hex, like, likeText, nextCursor } from './pages.ts'
import { readAlerts, readAnswers, readFindings } from './quality.ts'
import type { Tables } from './tables.ts'

/** How many of an identity's newest events are read for the names of what it learned. */
const RECENT = 200
/** How many events an alert shows besides its strangest. */
const RELATED = 50

type Reading = Transaction<Tables>

/** Reads committed data of one tenant, under row-level security; pages go on from the last row's place, never by counting. */
export function postgresReader(db: Kysely<Tables>, clock: () => number): Reader {
  return {
    alerts: (tenant, query) =>
      inTenant(db, tenant, async (trx) => {
        const { limit, status, severity, entity, search, sort = 'newest' } = query
        const place = sql<number>`${sql.raw(queuePlaceSql(sort))}`
        let found = trx
          .selectFrom('alert')
          .select([hex('id').as('id'), place.as('time'), 'summary'])
          .where('tenant', '=', tenant)
        if (status !== undefined) found = found.where('status', '=', status)
        if (severity !== undefined) found = found.where('severity', '=', severity)
        if (entity !== undefined) found = found.where('entity', '=', plainText(entity))
        if (search !== undefined) found = found.where('summary', 'ilike', likeText(search))
        const after = cursorOf(query.cursor)
        if (after !== null) {
          found = found.where(
            sql<boolean>`(${place}, id) < (${after.time}::int8, ${after.id}::uuid)`,
          )
        }
        const rows = await found
          .orderBy(place, 'desc')
          .orderBy('alert.id', 'desc')
          .limit(limit + 1)
          .execute()
        const counts = await trx
          .selectFrom('alert')
          .select(['status', sql<number>`count(*)`.as('total')])
          .where('tenant', '=', tenant)
          .where('status', 'in', ['open', 'kept_back', 'suppressed'])
          .groupBy('status')
          .execute()
        const total = (wanted: string) => counts.find((row) => row.status === wanted)?.total ?? 0
        return {
          alerts: rows.slice(0, limit).map(({ summary }) => parseSummary(summary)),
          total_open: total('open'),
          total_kept_back: total('kept_back'),
          total_suppressed: total('suppressed'),
          ...nextCursor(rows, limit),
        }
      }),
    alert: (tenant, id) => inTenant(db, tenant, (trx) => readAlert(trx, tenant, id)),
    events: (tenant, query) => inTenant(db, tenant, (trx) => readEvents(trx, tenant, query)),
    facets: (tenant, query) => inTenant(db, tenant, (trx) => readFacets(trx, tenant, query)),
    event: (tenant, uid) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await newest(
          trx
            .selectFrom('event')
            .select(['body', 'verdict', 'raw'])
            .where('tenant', '=', tenant)
            .where(sql<boolean>`hashtext(uid) = hashtext(${plainText(uid)})`)
            .where('uid', '=', plainText(uid)),
        )
          .limit(1)
          .execute()
        const [row] = rows
        if (row === undefined) return null
        const { event, context } = parseBody(row.body)
        return { event, context, verdict: parseVerdict(row.verdict), ...rawText(row.raw) }
      }),
    entity: (tenant, key) => inTenant(db, tenant, (trx) => readEntity(trx, tenant, plainText(key))),
    entities: (tenant, { search, limit }) =>
      inTenant(db, tenant, async (trx) => {
        let found = trx
          .selectFrom('profile')
          .select(['entity', 'name', 'class', 'last_time'])
          .select(openAlerts('profile.entity').as('open'))
          .where('tenant', '=', tenant)
          .where('revision', '>', 0)
        if (search !== undefined && search !== '') {
          const pattern = like(search)
          found = found.where((eb) =>
            eb.or([eb('entity', 'ilike', pattern), eb('name', 'ilike', pattern)]),
          )
        }
        const rows = await found
          .orderBy('last_time', 'desc')
          .orderBy('entity')
          .limit(limit)
          .execute()
        return rows.map((row) => ({
          entity: entityOf(row),
          lastSeen: row.last_time,
          openAlerts: row.open,
        }))
      }),
    riskContributions: (tenant, entity) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await trx
          .selectFrom('risk_contribution')
          .select(['time', 'code', 'text', 'points', 'uid'])
          .where('tenant', '=', tenant)
          .where('entity', '=', plainText(entity))
          .where('time', '>=', clock() - CONTRIBUTES_MS)
          .orderBy('time', 'desc')
          .orderBy('key', 'desc')
          .execute()
        return rows.map((row) => ({ ...row, now: row.points }))
      }),
    past: (tenant, query) => inTenant(db, tenant, (trx) => readPast(trx, tenant, query)),
    compromised: (tenant, since) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await trx
          .selectFrom('alert')
          .select('summary')
          .select(
            sql<string[]>`array(select replace(e.key::text, '-', '') from alert_event e
              where e.tenant = alert.tenant and e.alert = alert.id)`.as('keys'),
          )
          .where('tenant', '=', tenant)
          .where('last_seen', '>=', since)
          .where(sql<boolean>`summary like '%"verdict":"compromised"%'`)
          .execute()
        return rows
          .map(({ summary, keys }) => ({ alert: parseSummary(summary), events: keys }))
          .filter(({ alert }) => alert.feedback?.verdict === 'compromised')
      }),
    audit: (tenant, limit) =>
      inTenant(db, tenant, (trx) =>
        trx
          .selectFrom('audit')
          .select(['time', 'by', 'action', 'subject'])
          .where('tenant', '=', tenant)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute(),
      ),
    alertsSince: (tenant, since) => inTenant(db, tenant, (trx) => readAlerts(trx, tenant, since)),
    findings: (tenant, since) => inTenant(db, tenant, (trx) => readFindings(trx, tenant, since)),
    answers: (tenant, since) => inTenant(db, tenant, (trx) => readAnswers(trx, tenant, since)),
    overview: (tenant, now) => inTenant(db, tenant, (trx) => readOverview(trx, tenant, now)),
  }
}

/** Strange events come by their index, and by the alerts they belong to. */
async function readPast(
  trx: Reading,
  tenant: TenantId,
  { from, to, which, before, limit }: PastQuery,
): Promise<readonly PastEvent[]> {
  const found = () => {
    let own = trx
      .selectFrom('event')
      .select([hex('key').as('id'), 'event.time', 'body', 'verdict'])
      .where('event.tenant', '=', tenant)
    own = withTime(withTime(own, '>=', Math.ceil(from)), '<', Math.ceil(to))
    if (before === undefined) return own
    return own
      .where('event.time', '<=', before.time)
      .where(sql<boolean>`(event.time + 0, event.key) < (${before.time}, ${before.key}::uuid)`)
  }
  const wanted = which === 'sign_ins' ? found().where('kind', '=', 'authentication') : found()
  const rows = await newest(which === 'strange' ? found().where(sql<boolean>`risk >= 50`) : wanted)
    .limit(limit)
    .execute()
  if (which === 'strange') {
    const alerted = found()
      .where('risk', '<', 50)
      .where(
        sql<boolean>`(event.key, event.time) in (select j.key, j.time from alert_event j
          where j.tenant = ${tenant} and j.time >= ${Math.ceil(from)}::int8 and j.time < ${Math.ceil(to)}::int8)`,
      )
    rows.push(...(await newest(alerted).limit(limit).execute()))
    rows.sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1))
  }
  return rows.slice(0, limit).map(({ id, body, verdict }) => ({
    key: id,
    input: parseBody(body),
    verdict: parseVerdict(verdict),
  }))
}

async function readAlert(trx: Reading, tenant: TenantId, id: string): ReturnType<Reader['alert']> {
  if (!isAlertId(id)) return null
  const row = await trx
    .selectFrom('alert as a')
    .innerJoin('event as e', (join) =>
      join
        .onRef('e.tenant', '=', 'a.tenant')
        .onRef('e.key', '=', 'a.shown_key')
        .onRef('e.time', '=', 'a.shown_time'),
    )
    .select(['a.summary', 'a.runbook', 'a.profile_before', 'a.case_file'])
    .select(['e.body', 'e.verdict', 'e.raw'])
    .where('a.tenant', '=', tenant)
    .where('a.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  const related = await trx
    .selectFrom('alert_event as l')
    .innerJoin('alert as a', (join) =>
      join.onRef('a.tenant', '=', 'l.tenant').onRef('a.id', '=', 'l.alert'),
    )
    .innerJoin('event as e', (join) =>
      join
        .onRef('e.tenant', '=', 'l.tenant')
        .onRef('e.key', '=', 'l.key')
        .onRef('e.time', '=', 'l.time'),
    )
    .select('e.verdict')
    .where('l.tenant', '=', tenant)
    .where('l.alert', '=', id)
    .whereRef('l.key', '<>', 'a.shown_key')
    .orderBy('l.time', 'desc')
    .orderBy('l.key', 'desc')
    .limit(RELATED)
    .execute()
  const { event, context } = parseBody(row.body)
  return {
    alert: {
      ...parseSummary(row.summary),
      event,
      context,
      verdict: parseVerdict(row.verdict),
      ...rawText(row.raw),
      related: related.map(({ verdict }) => parseVerdict(verdict)),
      runbook: row.runbook,
    },
    profileBefore: row.profile_before,
    caseFile: row.case_file,
  }
}

async function readEntity(
  trx: Reading,
  tenant: TenantId,
  key: string,
): ReturnType<Reader['entity']> {
  const row = await trx
    .selectFrom('profile')
    .select(['entity', 'name', 'class', 'body'])
    .select(openAlerts('profile.entity').as('open'))
    .where('tenant', '=', tenant)
    .where('entity', '=', key)
    .where('revision', '>', 0)
    .executeTakeFirst()
  if (row === undefined) return null
  const recent = await newest(
    trx.selectFrom('event').select('body').where('tenant', '=', tenant).where('entity', '=', key),
  )
    .limit(RECENT)
    .execute()
  return {
    entity: entityOf(row),
    profile: row.body,
    recent: recent.map(({ body }) => parseBody(body)),
    openAlerts: row.open,
  }
}

function openAlerts(entity: 'profile.entity') {
  return sql<number>`(select count(*) from alert
    where alert.tenant = profile.tenant and alert.entity = ${sql.ref(entity)} and status = 'open')`
}

function entityOf(row: { entity: string; name: string; class: string }): Entity {
  return Entity.parse({ key: row.entity, name: row.name, class: row.class })
}

function rawText(raw: Buffer | null): { raw?: string } {
  return raw === null ? {} : { raw: raw.toString('utf8') }
}
