import type { AuditNote, Erasure } from '@gatewatch/schema'
import { withoutEvents } from '../../ports/alert-growth.ts'
import { contributionOf } from '../../ports/contribution.ts'
import { blanked, isNamedIn, namesOf } from '../../ports/erasure.ts'
import { identityKey, incidentOf } from '../../ports/incident-growth.ts'
import type { EventKey } from '../../ports/store.ts'
import { summarise } from '../../ports/summary.ts'
import { parseSummary } from './alerts.ts'
import { array } from './arrays.ts'
import { type BatchConnection, parseBody, parseVerdict } from './batch.ts'
import { openedLetter } from './dead-letters.ts'
import { ipOf, packedFacets } from './facets.ts'
import { alertsOf, parseIncident, write } from './incidents.ts'
import { forgetLinks } from './links.ts'
import { blankTunings } from './tunings.ts'

type Connection = Pick<BatchConnection, 'client' | 'tenant' | 'letters'>

/** Takes a locked identity out of every table. What is stored of others is read once from end to end. */
export async function erase(
  connection: Connection,
  entity: string,
  note: AuditNote,
): Promise<Erasure> {
  const { client, tenant } = connection
  const { rows: known } = await client.query<{ name: string }>(
    'select name from profile where tenant = $1 and entity = $2',
    [tenant, entity],
  )
  const names = namesOf(entity, known[0]?.name ?? '')
  const { rows: events } = await client.query<{ key: EventKey }>(
    `delete from event where tenant = $1 and entity = $2 returning replace(key::text, '-', '') as key`,
    [tenant, entity],
  )
  const keys = array.uuid(events.map(({ key }) => key))
  await client.query('delete from first_received where tenant = $1 and key = any($2::uuid[])', [
    tenant,
    keys,
  ])
  const alerts = await leaveAlerts(connection, entity, keys)
  for (const table of ['risk_contribution', 'checkpoint', 'question', 'profile']) {
    await client.query(`delete from ${table} where tenant = $1 and entity = $2`, [tenant, entity])
  }
  await forgetLinks(connection, entity)
  const blankedRows =
    (await blankEvents(connection, names)) + (await blankAlerts(connection, names))
  await eraseIncidents(connection, entity, names)
  await eraseNews(connection, entity, names)
  await blankTunings(connection, names)
  const deadLetters = await dropDeadLetters(connection, names)
  await client.query(
    'insert into audit (tenant, time, by, action, subject) values ($1, $2, $3, $4, $5)',
    [tenant, note.time, note.by, note.action, note.subject],
  )
  return {
    events: events.length,
    alerts: alerts.gone,
    alerts_changed: alerts.changed,
    dead_letters: deadLetters,
    blanked: blankedRows,
  }
}

/** Alerts that have events of others go on with those; the rest are gone. */
async function leaveAlerts(
  { client, tenant }: Connection,
  entity: string,
  keys: Buffer,
): Promise<{ gone: number; changed: number }> {
  const { rows } = await client.query<{ id: string; summary: string; shown: EventKey }>(
    `select replace(id::text, '-', '') as id, summary, replace(shown_key::text, '-', '') as shown from alert
     where tenant = $1 and (entity = $2 or id in (
       select alert from alert_event where tenant = $1 and key = any($3::uuid[])))
     order by id for update`,
    [tenant, entity, keys],
  )
  await client.query('delete from alert_event where tenant = $1 and key = any($2::uuid[])', [
    tenant,
    keys,
  ])
  let gone = 0
  for (const { id, summary, shown } of rows) {
    const { rows: left } = await client.query<{ key: EventKey; time: number; verdict: string }>(
      `select replace(e.key::text, '-', '') as key, e.time, e.verdict
       from alert_event a join event e on e.tenant = a.tenant and e.key = a.key and e.time = a.time
       where a.tenant = $1 and a.alert = $2::uuid order by e.time, e.key`,
      [tenant, id],
    )
    const events = left.map(({ verdict, ...row }) => ({ ...parseVerdict(verdict), ...row }))
    const rest = withoutEvents(parseSummary(summary), events, shown)
    if (rest === null) {
      gone += 1
      await client.query('delete from alert_event where tenant = $1 and alert = $2::uuid', [
        tenant,
        id,
      ])
      await client.query('delete from alert where tenant = $1 and id = $2::uuid', [tenant, id])
      continue
    }
    const { alert, shown: top } = rest
    await client.query(
      `update alert set entity = $3, first_seen = $4, last_seen = $5, summary = $6,
         shown_key = $7::uuid, shown_time = $8, undo = null,
         profile_before = case when shown_key = $7::uuid then profile_before end,
         case_file = case when shown_key = $7::uuid then case_file end
       where tenant = $1 and id = $2::uuid`,
      [
        tenant,
        id,
        alert.entity,
        alert.first_seen,
        alert.last_seen,
        JSON.stringify(alert),
        top.key,
        top.time,
      ],
    )
  }
  return { gone, changed: rows.length - gone }
}

/** Blanks names in what others' events say. A record as it came cannot be blanked and stay one: it goes. */
async function blankEvents(
  { client, tenant }: Connection,
  names: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{
    key: EventKey
    time: number
    body: string
    verdict: string
    raw: Buffer | null
  }>(
    `select replace(key::text, '-', '') as key, time, body, verdict, raw from event
     where tenant = $1 and (${holds('body')} or ${holds('verdict')} or ${holdsRaw('raw')})
     order by time, key for update`,
    [tenant, needles(names)],
  )
  let count = 0
  for (const { key, time, body, verdict, raw } of rows) {
    const said = [parseBody(body), parseVerdict(verdict)] as const
    const isIn = isNamedIn(`${body} ${verdict} ${raw?.toString('utf8') ?? ''}`, names)
    if (!isIn) continue
    count += 1
    const [event, judged] = blanked(said, names)
    await client.query(
      `update event set body = $4, verdict = $5, raw = null, uid = $6, facets = $7, ip = $8
       where tenant = $1 and key = $2::uuid and time = $3`,
      [
        tenant,
        key,
        time,
        JSON.stringify(event),
        JSON.stringify(judged),
        event.event.uid,
        packedFacets(event, judged),
        ipOf(event),
      ],
    )
    const contribution = contributionOf(summarise(event, judged))
    if (contribution !== null) {
      await client.query(
        `update risk_contribution set text = $5, uid = $6
         where tenant = $1 and entity = $2 and time = $3 and key = $4::uuid`,
        [tenant, event.entity.key, time, key, contribution.text, contribution.uid],
      )
    }
    await client.query(
      `update alert set case_file = null, profile_before = null
       where tenant = $1 and shown_key = $2::uuid`,
      [tenant, key],
    )
  }
  return count
}

async function blankAlerts(
  { client, tenant }: Connection,
  names: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ id: string; summary: string }>(
    `select replace(id::text, '-', '') as id, summary from alert
     where tenant = $1 and ${holds('summary')} order by id for update`,
    [tenant, needles(names)],
  )
  const named = rows.filter(({ summary }) => isNamedIn(summary, names))
  for (const { id, summary } of named) {
    await client.query('update alert set summary = $3 where tenant = $1 and id = $2::uuid', [
      tenant,
      id,
      JSON.stringify(blanked(parseSummary(summary), names)),
    ])
  }
  return named.length
}

/** Incidents without an alert go; the others are told by those that are left, without the names. */
async function eraseIncidents(
  connection: Connection,
  entity: string,
  names: readonly string[],
): Promise<void> {
  const { client, tenant } = connection
  await client.query(
    `delete from incident_key where tenant = $1 and (key = $2 or starts_with(key, $2 || ' '))`,
    [tenant, identityKey(entity)],
  )
  const { rows: gone } = await client.query<{ id: string }>(
    `delete from incident i where i.tenant = $1 and not exists (
       select from alert a where a.tenant = $1 and a.incident = i.id) returning i.id::text as id`,
    [tenant],
  )
  const ids = array.uuid(gone.map(({ id }) => id.replaceAll('-', '')))
  for (const table of ['incident_key', 'incident_note']) {
    await client.query(`delete from ${table} where tenant = $1 and incident = any($2::uuid[])`, [
      tenant,
      ids,
    ])
  }
  const { rows } = await client.query<{ id: string; summary: string }>(
    `select replace(id::text, '-', '') as id, summary from incident
     where tenant = $1 and (entity = $3 or ${holds('summary')}) order by id for update`,
    [tenant, needles(names), entity],
  )
  for (const { id, summary } of rows) {
    const left = incidentOf(parseIncident(summary), await alertsOf(connection, id))
    await write(connection, blanked(left, names))
  }
  const { rows: notes } = await client.query<{ id: number; text: string }>(
    `select id, text from incident_note where tenant = $1 and ${holds('text')} for update`,
    [tenant, needles(names)],
  )
  for (const { id, text } of notes) {
    await client.query('update incident_note set text = $3 where tenant = $1 and id = $2', [
      tenant,
      id,
      blanked(text, names),
    ])
  }
}

/** News of the identity go; in those of others its names are blanked. */
async function eraseNews(
  { client, tenant }: Connection,
  entity: string,
  names: readonly string[],
): Promise<void> {
  for (const table of ['notice', 'delivery']) {
    await client.query(`delete from ${table} where tenant = $1 and entity = $2`, [tenant, entity])
    const { rows } = await client.query<{ id: number; body: string }>(
      `select id, body from ${table} where tenant = $1 and ${holds('body')} order by id for update`,
      [tenant, needles(names)],
    )
    for (const { id, body } of rows) {
      const rest = JSON.stringify(blanked(JSON.parse(body), names))
      await client.query(`update ${table} set body = $3 where tenant = $1 and id = $2`, [
        tenant,
        id,
        rest,
      ])
    }
  }
}

async function dropDeadLetters(
  { client, tenant, letters }: Connection,
  names: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ id: number; reason: string; raw: Buffer; sealed: boolean }>(
    `select id, reason, raw, sealed from dead_letter
      where tenant = $1 and (sealed or ${holds('reason')} or ${holdsRaw('raw')})`,
    [tenant, needles(names)],
  )
  const named = rows.filter(({ reason, ...letter }) => {
    const raw = openedLetter(tenant, letter, letters)
    // What nobody can open any more may name anybody, and is of use to nobody.
    return raw === null || isNamedIn(`${reason} ${raw.toString()}`, names)
  })
  await client.query('delete from dead_letter where tenant = $1 and id = any($2::int8[])', [
    tenant,
    array.int8(named.map(({ id }) => id)),
  ])
  return named.length
}

/** Condition that a JSON text may hold one of the needles ($2); what it finds is looked at closely. */
function holds(column: string): string {
  return `exists (select from unnest($2::text[]) as u(needle) where strpos(lower(${column}), needle) > 0)`
}

function holdsRaw(column: string): string {
  return `exists (select from unnest($2::text[]) as u(needle)
    where strpos(lower(encode(${column}, 'escape')), lower(encode(convert_to(needle, 'UTF8'), 'escape'))) > 0)`
}

/** The longest run of plain letters, digits and signs of each name: the same in JSON, in bytes, and in any collation. */
function needles(names: readonly string[]): Buffer {
  return array.text(
    names.map((name) => {
      const runs = name.match(/[a-z0-9@._:/ -]+/g) ?? []
      const longest = runs.reduce<string>((a, b) => (b.length > a.length ? b : a), '')
      return longest.length < 3 ? name : longest
    }),
  )
}
