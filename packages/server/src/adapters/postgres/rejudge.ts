import type { AlertSummary, Verdict } from '@gatewatch/schema'
import { groupOf, shownAfter, shrunkAlert } from '../../ports/alert-growth.ts'
import type { EventKey, JudgedEvent } from '../../ports/store.ts'
import { storeFailure } from '../../ports/store-failure.ts'
import { parseSummary } from './alerts.ts'
import { array } from './arrays.ts'
import { type BatchConnection, parseVerdict } from './batch.ts'
import { packedFacets } from './facets.ts'
import { moveRollups } from './rollups.ts'

/** Stores verdicts and weights anew, and lets open alerts follow. Alerts are locked in order, and always after profiles. */
export async function rejudge(
  connection: BatchConnection,
  judged: readonly JudgedEvent[],
): Promise<readonly AlertSummary[]> {
  const before = await replaceVerdicts(connection, judged)
  await moveRollups(connection, judged, before)
  const { client, tenant } = connection
  const keys = array.uuid(judged.map(({ arriving }) => arriving.key))
  const { rows } = await client.query<AlertRow>(
    `select replace(id::text, '-', '') as id, attach_group as group, summary, replace(shown_key::text, '-', '') as shown
     from alert where tenant = $1 and status <> 'closed' and id in (
       select alert from alert_event where tenant = $1 and key = any($2::uuid[]))
     order by id for update`,
    [tenant, keys],
  )
  const alerts: AlertSummary[] = []
  for (const row of rows) {
    const leaving = judged.filter(({ alert }) => alert === null || groupOf(alert) !== row.group)
    await client.query(
      'delete from alert_event where tenant = $1 and alert = $2::uuid and key = any($3::uuid[])',
      [tenant, row.id, array.uuid(leaving.map(({ arriving }) => arriving.key))],
    )
    alerts.push(await follow(connection, row, judged))
  }
  return alerts
}

interface AlertRow {
  readonly id: string
  readonly group: string
  readonly summary: string
  readonly shown: EventKey
}

async function replaceVerdicts(
  { client, tenant }: BatchConnection,
  judged: readonly JudgedEvent[],
): Promise<readonly Verdict[]> {
  const before: Verdict[] = []
  for (const { arriving, verdict, learned } of judged) {
    const { rows } = await client.query<{ verdict: string }>(
      'select verdict from event where tenant = $1 and key = $2::uuid and time = $3 for update',
      [tenant, arriving.key, arriving.event.time],
    )
    const [row] = rows
    if (row === undefined) throw storeFailure('conflict', 'the event is gone')
    before.push(parseVerdict(row.verdict))
    await client.query(
      `update event set verdict = $4, risk = $5, learned = $6, facets = $7
       where tenant = $1 and key = $2::uuid and time = $3`,
      [
        tenant,
        arriving.key,
        arriving.event.time,
        JSON.stringify(verdict),
        verdict.risk,
        learned,
        packedFacets(arriving, verdict),
      ],
    )
  }
  return before
}

async function follow(
  { client, tenant }: BatchConnection,
  { id, summary, shown }: AlertRow,
  judged: readonly JudgedEvent[],
): Promise<AlertSummary> {
  const { rows } = await client.query<{ key: EventKey; time: number; verdict: string }>(
    `select replace(e.key::text, '-', '') as key, e.time, e.verdict
     from alert_event a join event e on e.tenant = a.tenant and e.key = a.key and e.time = a.time
     where a.tenant = $1 and a.alert = $2::uuid order by e.time, e.key`,
    [tenant, id],
  )
  const left = rows.map(({ key, time, verdict }) => ({ ...parseVerdict(verdict), key, time }))
  const alert = shrunkAlert(parseSummary(summary), left)
  const anew = (key: EventKey) => judged.find(({ arriving }) => arriving.key === key)
  const top = shownAfter(left, alert.risk, shown, (key) => anew(key) !== undefined)
  const again = anew(top?.key ?? shown)
  await client.query(
    `update alert set status = $3, first_seen = $4, last_seen = $5, summary = $6,
       shown_key = coalesce($7::uuid, shown_key), shown_time = coalesce($8::int8, shown_time),
       profile_before = case when $9 then profile_before else $10 end,
       case_file = case when $9 then case_file else $11 end,
       models = case when $9 then models else $12 end
     where tenant = $1 and id = $2::uuid`,
    [
      tenant,
      id,
      alert.status,
      alert.first_seen,
      alert.last_seen,
      JSON.stringify(alert),
      top?.key ?? null,
      top?.time ?? null,
      again === undefined && (top === undefined || top.key === shown),
      again?.profileBefore ?? null,
      again?.caseFile?.body ?? null,
      again?.caseFile?.models ?? null,
    ],
  )
  return alert
}
