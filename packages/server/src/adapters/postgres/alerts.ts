import type { AlertSummary, Feedback } from '@gatewatch/schema'
import {
  groupOf,
  grownAlert,
  hiddenBy,
  joinedBy,
  newAlert,
  settledAlert,
  shownAgain,
  wantsToBeTold,
  withdrawnAlert,
} from '../../ports/alert-growth.ts'
import { ALERTS_PER_DAY, QUOTA_MS, ration } from '../../ports/alert-quota.ts'
import { confirmedContribution, contributionOf } from '../../ports/contribution.ts'
import { hasPrecedents, type Precedent, precedentOf } from '../../ports/precedent.ts'
import type {
  EventKey,
  JudgedEvent,
  KnownAlert,
  RaisedAlert,
  SaidEvent,
} from '../../ports/store.ts'
import { storeFailure } from '../../ports/store-failure.ts'
import { summarise } from '../../ports/summary.ts'
import { array, plainText } from './arrays.ts'
import { type BatchConnection, parseBody, parseVerdict } from './batch.ts'
import { packedFacets } from './facets.ts'

interface OpenAlert {
  readonly group: string
  summary: AlertSummary
  runbook: string
  shown: JudgedEvent | null
  isNew: boolean
  readonly joined: JudgedEvent[]
}

/**
 * Raises or attaches, with a lock on each group so that two batches never raise it twice. Groups are locked in order,
 * and always after profiles.
 */
export async function raise(
  { client, tenant }: BatchConnection,
  judged: readonly JudgedEvent[],
  perDay = ALERTS_PER_DAY,
  ofGroups?: ReadonlyMap<string, number>,
): Promise<readonly RaisedAlert[]> {
  const groups = [...new Set(judged.map(groupIn))].sort()
  const locking = client.query<{ demo: boolean }>({
    ...LOCK_GROUPS,
    values: [tenant, array.text(groups)],
  })
  const opening = client.query<{ group: string; summary: string; runbook: string }>({
    ...OPEN_ALERTS,
    values: [tenant, array.text(groups)],
  })
  const [{ rows: tenants }, { rows }] = await Promise.all([locking, opening])
  const open: OpenAlert[] = rows.map(({ group, runbook, ...row }) => {
    const summary = parseSummary(row.summary)
    return { group, summary, runbook, shown: null, isNew: false, joined: [] }
  })
  const demo = tenants[0]?.demo ?? false
  const without = groups.filter(
    (group) => hasPrecedents(group) && open.every((one) => one.group !== group),
  )
  const closed = without.length === 0 ? [] : await closedOf({ client, tenant }, without)
  for (const one of judged) join(open, closed, one, demo)
  const changed = open.filter(({ joined }) => joined.length > 0)
  const displaced = await tellByRank({ client, tenant }, changed, perDay, ofGroups)
  const written = changed.map((alert) => writeAlert({ client, tenant }, alert))
  const joined = client.query({
    ...JOIN_ALERTS,
    values: [
      tenant,
      array.uuid(changed.flatMap(({ summary, joined }) => joined.map(() => summary.id))),
      array.int8(
        changed.flatMap(({ joined }) => joined.map(({ arriving }) => arriving.event.time)),
      ),
      array.uuid(changed.flatMap(({ joined }) => joined.map(({ arriving }) => arriving.key))),
    ],
  })
  await Promise.all([...written, joined, countHits({ client, tenant }, judged)])
  return [
    ...changed.map(({ summary, isNew }) => ({ alert: summary, isNew })),
    ...displaced.map((alert) => ({ alert, isNew: false })),
  ]
}

/**
 * Decides which of the changed alerts are told, one transaction of a tenant at a time, and keeps those back that must make
 * room; gives these. One that another transaction holds meanwhile stays told: rather one too many than a dead lock.
 */
async function tellByRank(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  changed: readonly Pick<OpenAlert, 'summary' | 'isNew'>[],
  perDay: number,
  ofGroups?: ReadonlyMap<string, number>,
): Promise<readonly AlertSummary[]> {
  const wanting = changed.filter(({ summary, isNew }) => wantsToBeTold({ alert: summary, isNew }))
  if (wanting.length === 0) return []
  const ids = wanting.map(({ summary }) => summary.id)
  const times = wanting.map(({ summary }) => summary.first_seen)
  await client.query({ ...LOCK_QUOTA, values: [tenant] })
  const { rows } = await client.query<{ summary: string }>({
    ...TOLD_ALERTS,
    values: [tenant, Math.min(...times) - QUOTA_MS, Math.max(...times), array.uuid(ids)],
  })
  const told = rows.map(({ summary }) => parseSummary(summary))
  const { rationed, displaced } = ration(
    wanting.map(({ summary }) => summary),
    told,
    perDay,
    ofGroups,
  )
  for (const [index, { alert, isNews }] of rationed.entries()) {
    const one = wanting[index]
    if (one === undefined) continue
    one.summary = alert
    one.isNew = isNews
  }
  const kept: AlertSummary[] = []
  for (const { id } of displaced) {
    const held = changed.find(({ summary }) => summary.id === id)
    if (held !== undefined) {
      held.summary = { ...held.summary, status: 'kept_back' }
      continue
    }
    const { rows: free } = await client.query<{ summary: string }>({
      ...FREE_ALERT,
      values: [tenant, id],
    })
    const [row] = free
    if (row === undefined) continue
    const summary: AlertSummary = { ...parseSummary(row.summary), status: 'kept_back' }
    await client.query({ ...KEEP_BACK, values: [tenant, id, JSON.stringify(summary)] })
    kept.push(summary)
  }
  return kept
}

/** Tells of alerts that were hidden by what is not in effect any more. */
export async function unhide(
  { client, tenant }: BatchConnection,
  inEffect: readonly string[],
  since: number,
  perDay = ALERTS_PER_DAY,
  ofGroups?: ReadonlyMap<string, number>,
): Promise<readonly RaisedAlert[]> {
  const { rows } = await client.query<{ summary: string }>(
    `select summary from alert where tenant = $1 and status = 'suppressed' and last_seen >= $2
     order by id for update`,
    [tenant, since],
  )
  const changed = rows
    .map(({ summary }) => parseSummary(summary))
    .filter(({ suppressed }) => suppressed === undefined || !inEffect.includes(suppressed.id))
    .map((alert) => ({ summary: shownAgain(alert), isNew: false }))
  const displaced = await tellByRank({ client, tenant }, changed, perDay, ofGroups)
  for (const { summary } of changed) {
    await client.query(
      'update alert set status = $3, summary = $4 where tenant = $1 and id = $2::uuid',
      [tenant, summary.id, summary.status, JSON.stringify(summary)],
    )
  }
  return [
    ...changed.map(({ summary, isNew }) => ({ alert: summary, isNew })),
    ...displaced.map((alert) => ({ alert, isNew: false })),
  ]
}

/** Counts what suppressions hid, in the order of their ids. */
async function countHits(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  judged: readonly JudgedEvent[],
): Promise<void> {
  const hits = [...hiddenBy(judged)].sort(([a], [b]) => (a < b ? -1 : 1))
  if (hits.length === 0) return
  await client.query(
    `insert into suppression_hit as h (tenant, suppression, hits, last_hit)
     select $1, * from unnest($2::text[], $3::int8[], $4::int8[])
     on conflict (tenant, suppression) do update
       set hits = h.hits + excluded.hits, last_hit = greatest(h.last_hit, excluded.last_hit)`,
    [
      tenant,
      array.text(hits.map(([id]) => id)),
      array.int8(hits.map(([, hidden]) => hidden.hits)),
      array.int8(hits.map(([, hidden]) => hidden.last_hit)),
    ],
  )
}

function join(
  open: OpenAlert[],
  closed: readonly (Precedent & OpenAlert)[],
  judged: JudgedEvent,
  demo: boolean,
): void {
  const group = groupIn(judged)
  const own = open.filter((one) => one.group === group)
  const found =
    joinedBy(
      own.filter(({ summary }) => summary.status !== 'closed'),
      ({ summary }) => summary,
      judged.arriving.event.time,
    ) ??
    precedentOf(
      closed.filter((one) => one.group === group),
      judged,
    )
  if (found !== undefined && !open.includes(found)) open.push(found)
  if (found === undefined) {
    const summary = newAlert(judged, demo)
    const runbook = judged.alert?.runbook ?? ''
    const isNew = summary.status === 'open'
    open.push({ group, summary, runbook, shown: judged, isNew, joined: [judged] })
    return
  }
  if (judged.verdict.risk > found.summary.risk) found.shown = judged
  found.summary = grownAlert(found.summary, judged)
  found.joined.push(judged)
}

/** Closed alerts of groups by their strangest events, to be joined. */
async function closedOf(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  groups: readonly string[],
): Promise<readonly (Precedent & OpenAlert)[]> {
  const { rows } = await client.query<{
    group: string
    summary: string
    runbook: string
    body: string
    verdict: string
  }>({ ...CLOSED_ALERTS, values: [tenant, array.text(groups)] })
  return rows.map(({ group, summary, runbook, body, verdict }) => {
    const alert = parseSummary(summary)
    const held = { group, summary: alert, runbook, shown: null, isNew: false, joined: [] }
    return { ...held, alert, input: parseBody(body), verdict: parseVerdict(verdict) }
  })
}

function groupIn({ alert }: JudgedEvent): string {
  if (alert === null) throw new Error('an event without a draft raises no alert')
  return groupOf(alert)
}

async function writeAlert(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  { group, summary, runbook, shown }: OpenAlert,
): Promise<void> {
  await client.query({
    ...WRITE_ALERT,
    values: [
      tenant,
      summary.id,
      group,
      summary.severity,
      summary.entity,
      summary.first_seen,
      summary.last_seen,
      JSON.stringify(summary),
      plainText(runbook),
      shown?.arriving.key ?? null,
      shown?.arriving.event.time ?? null,
      shown?.profileBefore ?? null,
      shown?.caseFile?.body ?? null,
      shown?.caseFile?.models ?? null,
      summary.status,
    ],
  })
}

interface SaidRow {
  key: EventKey
  body: string
  learned: number
  verdict: string
  summary: string | null
}

/** The events of an alert with what they taught; null where there is no such alert. */
export async function learnedOf(
  { client, tenant }: BatchConnection,
  alertId: string,
): Promise<readonly SaidEvent[] | null> {
  if (!isAlertId(alertId)) return null
  const { rows: alerts } = await client.query<{ summary: string }>(
    'select summary from alert where tenant = $1 and id = $2::uuid',
    [tenant, alertId],
  )
  const [alert] = alerts
  if (alert === undefined) return null
  const { rows } = await client.query<Omit<SaidRow, 'summary'>>(
    `select replace(e.key::text, '-', '') as key, e.body, e.learned, e.verdict
     from alert_event a join event e on e.tenant = a.tenant and e.key = a.key and e.time = a.time
     where a.tenant = $1 and a.alert = $2::uuid order by e.time, e.key`,
    [tenant, alertId],
  )
  return rows.map((row) => saidEvent({ ...row, summary: alert.summary }))
}

/** The newest event of a uid. */
export async function eventOf(
  { client, tenant }: BatchConnection,
  uid: string,
): Promise<SaidEvent | null> {
  const { rows } = await client.query<SaidRow>(
    `select replace(e.key::text, '-', '') as key, e.body, e.learned, e.verdict,
       (select l.summary from alert_event a join alert l on l.tenant = a.tenant and l.id = a.alert
        where a.tenant = $1 and a.key = e.key and a.time = e.time limit 1) as summary
     from event e where e.tenant = $1 and hashtext(e.uid) = hashtext($2) and e.uid = $2
     order by e.time desc, e.key desc limit 1`,
    [tenant, plainText(uid)],
  )
  const [row] = rows
  return row === undefined ? null : saidEvent(row)
}

function saidEvent({ key, body, learned, verdict, summary }: SaidRow): SaidEvent {
  const said = summary === null ? null : (parseSummary(summary).feedback?.verdict ?? null)
  return { key, input: parseBody(body), learned, verdict: parseVerdict(verdict), said }
}

/** Stores the verdict and the weight that an event now has. */
export async function settleEvent(
  { client, tenant }: BatchConnection,
  { key, input, verdict, learned }: Pick<SaidEvent, 'key' | 'input' | 'verdict' | 'learned'>,
): Promise<void> {
  const { rowCount } = await client.query(
    `update event set verdict = $4, learned = $5, facets = $6
     where tenant = $1 and key = $2::uuid and time = $3`,
    [tenant, key, input.event.time, JSON.stringify(verdict), learned, packedFacets(input, verdict)],
  )
  if (rowCount !== 1) throw storeFailure('conflict', 'the event is gone')
}

/** Closes the alert with a person's verdict, or opens it again, and stores the weights that its events now have. */
export async function settle(
  { client, tenant }: BatchConnection,
  alertId: string,
  feedback: Feedback | null,
  learned: ReadonlyMap<EventKey, number>,
  undo: string | null,
): Promise<AlertSummary> {
  const { rows } = await client.query<{ summary: string; shown: EventKey }>(
    `select summary, replace(shown_key::text, '-', '') as shown from alert
     where tenant = $1 and id = $2::uuid for update`,
    [tenant, alertId],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`there is no alert ${alertId}`)
  const summary = settledAlert(parseSummary(row.summary), feedback)
  await client.query(
    'update alert set status = $4, summary = $3, undo = $5 where tenant = $1 and id = $2::uuid',
    [tenant, alertId, JSON.stringify(summary), summary.status, undo],
  )
  await settleRisk({ client, tenant }, summary, row.shown)
  if (learned.size > 0) {
    // The connection's settings are for looking up keys; this joins lists, which may be long.
    await client.query('set local enable_hashjoin = on')
    await client.query(
      `update event e set learned = u.learned
       from unnest($3::uuid[], $4::float8[]) as u(key, learned), alert_event a
       where a.tenant = $1 and a.alert = $2::uuid and a.key = u.key
         and e.tenant = $1 and e.key = a.key and e.time = a.time`,
      [tenant, alertId, array.uuid([...learned.keys()]), array.float8([...learned.values()])],
    )
  }
  return summary
}

/** What the events of an alert add to their identities' risk, by what a person says of it. */
async function settleRisk(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  alert: AlertSummary,
  shown: EventKey,
): Promise<void> {
  const { rows } = await client.query<{ key: EventKey; body: string; verdict: string }>(
    `select replace(e.key::text, '-', '') as key, e.body, e.verdict
     from alert_event a join event e on e.tenant = a.tenant and e.key = a.key and e.time = a.time
     where a.tenant = $1 and a.alert = $2::uuid order by e.time, e.key`,
    [tenant, alert.id],
  )
  const events = rows.map(({ key, body, verdict }) => {
    return { key, summary: summarise(parseBody(body), parseVerdict(verdict)) }
  })
  await client.query(
    'delete from risk_contribution where tenant = $1 and entity = $2 and key = $3::uuid and code = $4',
    [tenant, alert.entity, alert.id, 'compromised'],
  )
  if (alert.feedback?.verdict === 'safe') {
    for (const { key, summary } of events) {
      await client.query(
        'delete from risk_contribution where tenant = $1 and entity = $2 and time = $3 and key = $4::uuid',
        [tenant, plainText(summary.entity), summary.time, key],
      )
    }
    return
  }
  const added = events.flatMap(({ key, summary }) => {
    const one = contributionOf(summary)
    return one === null ? [] : { ...one, key, entity: summary.entity }
  })
  const uid = events.find(({ key }) => key === shown)?.summary.uid ?? alert.id
  const confirmed = confirmedContribution(alert, uid)
  if (confirmed !== null) added.push({ ...confirmed, key: alert.id, entity: alert.entity })
  for (const { entity, time, key, uid: event, code, text, points } of added) {
    await client.query(
      `insert into risk_contribution (tenant, entity, time, key, uid, code, text, points)
       values ($1, $2, $3, $4::uuid, $5, $6, $7, $8) on conflict do nothing`,
      [tenant, plainText(entity), time, key, plainText(event), code, plainText(text), points],
    )
  }
}

/** What the verdict on an alert changed; null without any. */
export async function undoOf(
  { client, tenant }: BatchConnection,
  alertId: string,
): Promise<string | null> {
  const { rows } = await client.query<{ undo: string | null }>(
    'select undo from alert where tenant = $1 and id = $2::uuid',
    [tenant, alertId],
  )
  return rows[0]?.undo ?? null
}

/** Alerts of identities by their strangest event, newest first. */
export async function alertsAbout(
  { client, tenant }: BatchConnection,
  entities: readonly string[],
  since: number,
  limit: number,
): Promise<readonly KnownAlert[]> {
  const { rows } = await client.query<{
    summary: string
    group: string
    body: string
    verdict: string
    profile: Buffer | null
  }>(
    `select a.summary, a.attach_group as group, e.body, e.verdict, a.profile_before as profile from alert a
     join event e on e.tenant = a.tenant and e.key = a.shown_key and e.time = a.shown_time
     where a.tenant = $1 and a.entity = any($2::text[]) and a.last_seen >= $3
       and (a.summary::jsonb -> 'withdrawn') is null
     order by a.last_seen desc, a.id desc limit $4`,
    [tenant, array.text(entities.map(plainText)), since, limit],
  )
  return rows.map(({ summary, group, body, verdict, profile }) => ({
    alert: parseSummary(summary),
    group,
    input: parseBody(body),
    verdict: parseVerdict(verdict),
    profileBefore: profile,
  }))
}

/** Closes alerts that nobody has judged, or opens them again; locked in order. */
export async function withdraw(
  { client, tenant }: BatchConnection,
  alertIds: readonly string[],
  withdrawn: AlertSummary['withdrawn'] | null,
): Promise<readonly AlertSummary[]> {
  if (alertIds.length === 0) return []
  const { rows } = await client.query<{ summary: string }>(
    `select summary from alert where tenant = $1 and id = any($2::uuid[]) order by id for update`,
    [tenant, array.uuid(alertIds)],
  )
  const changed = rows.flatMap(
    ({ summary }) => withdrawnAlert(parseSummary(summary), withdrawn) ?? [],
  )
  for (const alert of changed) {
    await client.query(
      'update alert set status = $3, summary = $4 where tenant = $1 and id = $2::uuid',
      [tenant, alert.id, alert.status, JSON.stringify(alert)],
    )
  }
  return changed
}

/** Is this text the id of an alert: 32 hexadecimal digits, which is all that the database is asked for? */
export function isAlertId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

/** The summary of a row. */
export function parseSummary(summary: string): AlertSummary {
  return JSON.parse(summary)
}

const LOCK_GROUPS = {
  name: 'lock_groups',
  text: `with locked as (
      select pg_advisory_xact_lock($1, hashtext(attach_group))
      from unnest($2::text[]) as u(attach_group) order by hashtext(attach_group)
    )
    select demo from tenant where id = $1 and (select count(*) from locked) >= 0`,
}

const OPEN_ALERTS = {
  name: 'open_alerts',
  text: `select attach_group as group, summary, runbook from alert
    where tenant = $1 and status <> 'closed' and attach_group = any($2::text[])
    order by last_seen desc, id for update`,
}

const CLOSED_ALERTS = {
  name: 'closed_alerts',
  text: `select a.attach_group as group, a.summary, a.runbook, e.body, e.verdict from alert a
    join event e on e.tenant = a.tenant and e.key = a.shown_key and e.time = a.shown_time
    where a.tenant = $1 and a.status = 'closed' and a.attach_group = any($2::text[])
    order by a.last_seen desc, a.id for update of a`,
}

const LOCK_QUOTA = {
  name: 'lock_quota',
  text: `select pg_advisory_xact_lock($1, hashtext('alerts of a day'))`,
}

const TOLD_ALERTS = {
  name: 'told_alerts',
  text: `select summary from alert
    where tenant = $1 and last_seen > $2::int8 and first_seen > $2::int8 and first_seen <= $3::int8
      and status <> 'kept_back' and status <> 'suppressed' and not id = any($4::uuid[])`,
}

const FREE_ALERT = {
  name: 'free_alert',
  text: `select summary from alert where tenant = $1 and id = $2::uuid and status = 'open'
    for update skip locked`,
}

const KEEP_BACK = {
  name: 'keep_back',
  text: `update alert set status = 'kept_back', summary = $3 where tenant = $1 and id = $2::uuid`,
}

const WRITE_ALERT = {
  name: 'write_alert',
  text: `insert into alert as a (tenant, id, attach_group, status, severity, entity, first_seen,
      last_seen, summary, runbook, shown_key, shown_time, profile_before, case_file, models)
    values ($1, $2::uuid, $3, $15, $4, $5, $6, $7, $8, $9, coalesce($10::uuid, $2::uuid),
      coalesce($11::int8, $6), $12, $13, $14)
    on conflict (tenant, id) do update set status = excluded.status, severity = excluded.severity,
      first_seen = excluded.first_seen, last_seen = excluded.last_seen, summary = excluded.summary,
      shown_key = case when $10::uuid is null then a.shown_key else excluded.shown_key end,
      shown_time = case when $10::uuid is null then a.shown_time else excluded.shown_time end,
      profile_before = case when $10::uuid is null then a.profile_before else excluded.profile_before end,
      case_file = case when $10::uuid is null then a.case_file else excluded.case_file end,
      models = case when $10::uuid is null then a.models else excluded.models end`,
}

const JOIN_ALERTS = {
  name: 'join_alerts',
  text: `insert into alert_event (tenant, alert, time, key)
    select $1, * from unnest($2::uuid[], $3::int8[], $4::uuid[]) on conflict do nothing`,
}
