import type { AlertSummary, EventSummary, Incident, IncidentNote } from '@gatewatch/schema'
import type pg from 'pg'
import { fault } from '../../errors.ts'
import { readCursor, writeCursor } from '../../ports/cursor.ts'
import {
  gatherIn,
  INCIDENT_ATTACH_MS,
  type IncidentKeys,
  keysOfAlert,
  newIncident,
} from '../../ports/incident-growth.ts'
import { INCIDENT_EVENTS, type Incidents } from '../../ports/incidents.ts'
import { queuePlaceSql } from '../../ports/queue-order.ts'
import type { JudgedEvent, RaisedAlert } from '../../ports/store.ts'
import { summarise } from '../../ports/summary.ts'
import { isAlertId, parseSummary } from './alerts.ts'
import { array, plainText } from './arrays.ts'
import { type BatchConnection, parseBody, parseVerdict } from './batch.ts'
import { inTenant } from './in-tenant.ts'
import { notify } from './outbox.ts'
import { likeText } from './pages.ts'

type Connection = Pick<BatchConnection, 'client' | 'tenant'>

/** Incidents in PostgreSQL. */
export function postgresIncidents(pool: pg.Pool): Incidents {
  return {
    list: (tenant, query) =>
      inTenant(pool, tenant, async (client) => {
        const { limit, cursor, status, severity, entity, assignee } = query
        const { search, sort = 'newest' } = query
        const place = queuePlaceSql(sort)
        const after = cursor === undefined ? null : readCursor(cursor)
        if (cursor !== undefined && after === null) {
          throw fault('invalid_request', 'cursor: take next_cursor of the page before as it is.')
        }
        const { rows } = await client.query<{ id: string; time: number; summary: string }>(
          `select replace(id::text, '-', '') as id, ${place} as time, summary from incident
           where tenant = $1 and not hidden and ($2::text is null or status = $2)
             and ($3::text is null or severity = $3) and ($4::text is null or entity = $4)
             and ($5::text is null or assignee = $5)
             and ($6::int8 is null or (${place}, id) < ($6::int8, $7::uuid))
             and ($9::text is null or summary ilike $9)
           order by ${place} desc, id desc limit $8`,
          [
            tenant,
            status ?? null,
            severity ?? null,
            entity === undefined ? null : plainText(entity),
            assignee === undefined ? null : plainText(assignee),
            after?.time ?? null,
            after?.id ?? null,
            limit + 1,
            search === undefined ? null : likeText(search),
          ],
        )
        const { rows: counts } = await client.query<{ total: number }>(
          `select count(*) as total from incident
           where tenant = $1 and not hidden and status <> 'closed'`,
          [tenant],
        )
        const last = rows[limit - 1]
        return {
          incidents: rows.slice(0, limit).map(({ summary }) => parseIncident(summary)),
          total_open: counts[0]?.total ?? 0,
          ...(rows.length > limit && last !== undefined ? { next_cursor: writeCursor(last) } : {}),
        }
      }),
    get: (tenant, id) =>
      inTenant(pool, tenant, async (client) => {
        if (!isAlertId(id)) return null
        const { rows } = await client.query<{ summary: string }>(
          'select summary from incident where tenant = $1 and id = $2::uuid',
          [tenant, id],
        )
        const [row] = rows
        if (row === undefined) return null
        return {
          incident: parseIncident(row.summary),
          alerts: await alertsOf({ client, tenant }, id),
          notes: await notesOf({ client, tenant }, id),
          events: await eventsOf({ client, tenant }, id),
        }
      }),
    edit: (tenant, id, edit, notes, notices) =>
      inTenant(pool, tenant, async (client) => {
        const incident = isAlertId(id) ? await lockIncident({ client, tenant }, id) : null
        if (incident === null) return null
        const changed = { ...incident, ...edit }
        await write({ client, tenant }, changed)
        await addNotes({ client, tenant }, id, notes)
        await notify({ client, tenant }, notices(changed, await alertsOf({ client, tenant }, id)))
        return changed
      }),
  }
}

/** Puts changed alerts into their incidents. What leads to one is locked in order, after alerts. */
export async function gather(
  connection: Connection,
  raised: readonly RaisedAlert[],
  drafts: readonly JudgedEvent[],
): Promise<readonly RaisedAlert[]> {
  const groups = await groupsOf(connection, raised)
  const inOrder = raised.toSorted((a, b) => a.alert.first_seen - b.alert.first_seen)
  const keysOf = ({ id, entity }: AlertSummary) => keysOfAlert(groups.get(id), entity, drafts)
  await lockKeys(
    connection,
    inOrder.flatMap(({ alert }) => {
      const { followed, further } = keysOf(alert)
      return [...followed.map(({ key }) => key), ...further]
    }),
  )
  const added = new Set<string>()
  const placed: RaisedAlert[] = []
  for (const one of inOrder) {
    if (one.alert.incident === undefined) added.add(one.alert.id)
    placed.push({ ...one, alert: await place(connection, one.alert, keysOf(one.alert)) })
  }
  const told = new Map<string, RaisedAlert>()
  for (const id of [...new Set(placed.flatMap(({ alert }) => alert.incident ?? []))].sort()) {
    const before = await lockIncident(connection, id)
    if (before === null) continue
    const changed = placed.filter(({ alert }) => alert.incident === id)
    const alerts = await alertsOf(connection, id)
    const { incident, notes, raised: after } = gatherIn(before, alerts, changed, added)
    await write(connection, incident)
    await addNotes(connection, id, notes)
    for (const one of after) told.set(one.alert.id, one)
  }
  return raised.map((one) => told.get(one.alert.id) ?? one)
}

async function groupsOf(
  { client, tenant }: Connection,
  raised: readonly RaisedAlert[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ id: string; group: string }>({
    name: 'groups_of_alerts',
    text: `select replace(u.id::text, '-', '') as id, a.group from unnest($2::uuid[]) as u(id)
      cross join lateral (
        select attach_group as group from alert where tenant = $1 and id = u.id limit 1
      ) as a`,
    values: [tenant, array.uuid(raised.map(({ alert }) => alert.id))],
  })
  return new Map(rows.map(({ id, group }) => [id, group]))
}

async function lockKeys({ client, tenant }: Connection, keys: readonly string[]): Promise<void> {
  await client.query({
    name: 'lock_incident_keys',
    text: `select pg_advisory_xact_lock($1, hashtext('incident ' || key))
      from unnest($2::text[]) as u(key) order by hashtext('incident ' || key)`,
    values: [tenant, array.text([...new Set(keys)])],
  })
}

/** The alert with its incident, which is made where there is none; keys that lead to no other lead there from then on. */
async function place(
  connection: Connection,
  alert: AlertSummary,
  { followed, further }: IncidentKeys,
): Promise<AlertSummary> {
  const { client, tenant } = connection
  const asked = [
    ...followed,
    ...further.map((key) => ({ key, within: INCIDENT_ATTACH_MS, leads: true })),
  ]
  const { rows } = await client.query<{ key: string; incident: string }>({
    name: 'incidents_of_keys',
    text: `select k.key, replace(k.incident::text, '-', '') as incident
      from unnest($2::text[], $5::int8[]) as u(key, within)
      cross join lateral (select key, incident from incident_key where tenant = $1 and key = u.key limit 1) as k
      cross join lateral (
        select from incident where tenant = $1 and id = k.incident and status <> 'closed'
          and first_seen - u.within <= $4::int8 and last_seen + u.within >= $3::int8 limit 1
      ) as i`,
    values: [
      tenant,
      array.text(asked.map(({ key }) => key)),
      alert.first_seen,
      alert.last_seen,
      array.int8(asked.map(({ within }) => within)),
    ],
  })
  const leading = new Map(rows.map(({ key, incident }) => [key, incident]))
  const found = followed.map(({ key }) => leading.get(key)).find((one) => one !== undefined)
  const known = alert.incident ?? found
  const incident = known ?? alert.id
  if (known === undefined) await insert(connection, newIncident(alert, followed[0].key))
  const free = asked.flatMap(({ key, leads }) => (leads && !leading.has(key) ? key : []))
  if (free.length > 0) {
    await client.query({
      name: 'lead_to_incident',
      text: `insert into incident_key (tenant, key, incident)
        select distinct $1::int, key, $3::uuid from unnest($2::text[]) as u(key)
        on conflict (tenant, key) do update set incident = excluded.incident`,
      values: [tenant, array.text(free), incident],
    })
  }
  if (alert.incident !== undefined) return alert
  const placed = { ...alert, incident }
  await client.query({
    name: 'place_alert',
    text: 'update alert set incident = $3::uuid, summary = $4 where tenant = $1 and id = $2::uuid',
    values: [tenant, alert.id, incident, JSON.stringify(placed)],
  })
  return placed
}

async function insert({ client, tenant }: Connection, incident: Incident): Promise<void> {
  await client.query({
    name: 'insert_incident',
    text: `insert into incident (tenant, id, status, severity, entity, hidden, first_seen, last_seen,
        summary)
      values ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    values: [
      tenant,
      incident.id,
      incident.status,
      incident.severity,
      plainText(incident.entity),
      incident.hidden,
      incident.first_seen,
      incident.last_seen,
      JSON.stringify(incident),
    ],
  })
}

/** Writes an incident as it is now. */
export async function write({ client, tenant }: Connection, incident: Incident): Promise<void> {
  await client.query({
    name: 'write_incident',
    text: `update incident set status = $3, severity = $4, entity = $5, assignee = $6, hidden = $7,
        first_seen = $8, last_seen = $9, summary = $10
      where tenant = $1 and id = $2::uuid`,
    values: [
      tenant,
      incident.id,
      incident.status,
      incident.severity,
      plainText(incident.entity),
      incident.assignee === null ? null : plainText(incident.assignee),
      incident.hidden,
      incident.first_seen,
      incident.last_seen,
      JSON.stringify(incident),
    ],
  })
}

async function lockIncident({ client, tenant }: Connection, id: string): Promise<Incident | null> {
  const { rows } = await client.query<{ summary: string }>({
    name: 'lock_incident',
    text: 'select summary from incident where tenant = $1 and id = $2::uuid for update',
    values: [tenant, id],
  })
  return rows[0] === undefined ? null : parseIncident(rows[0].summary)
}

/** The alerts of an incident, oldest first. */
export async function alertsOf(
  { client, tenant }: Connection,
  id: string,
): Promise<readonly AlertSummary[]> {
  const { rows } = await client.query<{ summary: string }>({
    name: 'alerts_of_incident',
    text: `select summary from alert where tenant = $1 and incident = $2::uuid
      order by first_seen, id`,
    values: [tenant, id],
  })
  return rows.map(({ summary }) => parseSummary(summary))
}

async function notesOf(
  { client, tenant }: Connection,
  id: string,
): Promise<readonly IncidentNote[]> {
  const { rows } = await client.query<IncidentNote>(
    `select time, by, change, text from incident_note where tenant = $1 and incident = $2::uuid
     order by time, id`,
    [tenant, id],
  )
  return rows
}

async function eventsOf(
  { client, tenant }: Connection,
  id: string,
): Promise<readonly (EventSummary & { readonly alert: string })[]> {
  const { rows } = await client.query<{ alert: string; body: string; verdict: string }>(
    `select replace(a.id::text, '-', '') as alert, e.body, e.verdict
     from alert a join alert_event j on j.tenant = a.tenant and j.alert = a.id
     join event e on e.tenant = j.tenant and e.key = j.key and e.time = j.time
     where a.tenant = $1 and a.incident = $2::uuid order by e.time, e.key limit $3`,
    [tenant, id, INCIDENT_EVENTS],
  )
  return rows.map(({ alert, body, verdict }) => ({
    ...summarise(parseBody(body), parseVerdict(verdict)),
    alert,
  }))
}

async function addNotes(
  { client, tenant }: Connection,
  id: string,
  notes: readonly IncidentNote[],
): Promise<void> {
  for (const { time, by, change, text } of notes) {
    await client.query({
      name: 'note_incident',
      text: `insert into incident_note (tenant, incident, time, by, change, text)
        values ($1, $2::uuid, $3, $4, $5, $6)`,
      values: [tenant, id, time, plainText(by), change, plainText(text)],
    })
  }
}

/** The incident of a row. */
export function parseIncident(summary: string): Incident {
  return JSON.parse(summary)
}
