import { type EnrichedEvent, eventKind, type Verdict } from '@gatewatch/schema'
import type pg from 'pg'
import {
  type ArrivingEvent,
  type Batch,
  type LockedProfile,
  REVISION_WINDOW_MS,
} from '../../ports/store.ts'
import { storeFailure } from '../../ports/store-failure.ts'
import {
  alertsAbout,
  eventOf,
  learnedOf,
  raise,
  settle,
  settleEvent,
  undoOf,
  unhide,
  withdraw,
} from './alerts.ts'
import { array, plainText } from './arrays.ts'
import { addCheckpoints, checkpointsOf, eventsAfter, replaceCheckpoints } from './checkpoints.ts'
import type { LetterSealing } from './dead-letters.ts'
import { erase } from './erase.ts'
import { ipOf, packedFacets } from './facets.ts'
import { gather } from './incidents.ts'
import { notify } from './outbox.ts'
import type { Partitions } from './partitions.ts'
import { rejudge } from './rejudge.ts'
import { addRollups } from './rollups.ts'

/** Where the statements of a transaction go; those after one that failed reject with that one's error. */
export interface Statements {
  query<Row extends pg.QueryResultRow>(
    statement: pg.QueryConfig | string,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>
}

/** An open transaction: its connection, its tenant, and the numbers under which it writes. */
export interface BatchConnection {
  readonly client: Statements
  readonly partitions: Partitions
  readonly tenant: number
  readonly now: number
  readonly shard: number
  readonly writer: string
  readonly nextNumber: number
  appended: boolean
  /** How raw bytes of dead letters are kept. */
  readonly letters: LetterSealing | undefined
}

/**
 * The batch's methods on an open transaction. Statements are named, so that each connection plans them once, and sent
 * without waiting for one another, so that the database does not idle while this process judges another batch.
 */
export function openBatch(connection: BatchConnection): Batch {
  const { client, tenant } = connection
  return {
    async lock(cached) {
      const entities = [...cached.keys()]
      const revisions = array.int8([...cached.values()])
      const unknown = entities.filter((entity) => cached.get(entity) === 0)
      const created =
        unknown.length > 0 &&
        client.query({ ...CREATE_PROFILES, values: [tenant, array.text(unknown)] })
      const locked = client.query<LockedProfile>({
        ...LOCK_PROFILES,
        values: [tenant, array.text(entities), revisions],
      })
      const [{ rows }] = await Promise.all([locked, created])
      return new Map(rows.map((row) => [row.entity, row]))
    },
    async claim(events) {
      await connection.partitions.cover(events.map(({ event }) => event.time))
      const { rows } = await client.query<{ index: number; content: string; verdict: string }>({
        ...CLAIM,
        values: [
          tenant,
          array.uuid(events.map(({ key }) => key)),
          array.int8(events.map(({ event }) => event.time)),
        ],
      })
      const known = new Map(rows.map((row) => [row.index - 1, row]))
      return events.map(({ content }, index) => {
        const row = known.get(index)
        if (row === undefined) return { kind: 'new', verdict: null }
        const kind = row.content === content ? 'duplicate' : 'revision'
        return { kind, verdict: parseVerdict(row.verdict) }
      })
    },
    async writeEvents(judged) {
      const written = client.query({
        ...WRITE_EVENTS,
        values: [
          tenant,
          array.uuid(judged.map(({ arriving }) => arriving.key)),
          array.int8(judged.map(({ arriving }) => arriving.event.time)),
          array.uuid(judged.map(({ arriving }) => arriving.content)),
          array.text(judged.map(({ arriving }) => plainText(arriving.event.uid))),
          array.text(judged.map(({ arriving }) => arriving.entity.key)),
          array.text(judged.map(({ arriving }) => eventKind(arriving.event))),
          array.float8(judged.map(({ verdict }) => verdict.risk)),
          array.float8(judged.map(({ learned }) => learned)),
          array.text(judged.map(({ arriving }) => writtenBodyOf(arriving))),
          array.text(judged.map(({ verdict }) => JSON.stringify(verdict))),
          array.bytea(judged.map(({ arriving }) => arriving.raw ?? null)),
          array.text(judged.map(({ arriving, verdict }) => packedFacets(arriving, verdict))),
          array.text(judged.map(({ arriving }) => ipOf(arriving))),
        ],
      })
      await Promise.all([written, addRollups(connection, judged)])
    },
    async amend(events) {
      for (const arriving of events) await amendOne(connection, arriving)
    },
    async writeProfiles(profiles) {
      const { rowCount } = await client.query({
        ...WRITE_PROFILES,
        values: [
          tenant,
          array.text(profiles.map(({ entity }) => entity.key)),
          array.int8(profiles.map(({ revision }) => revision)),
          array.text(profiles.map(({ entity }) => entity.name)),
          array.text(profiles.map(({ entity }) => entity.class)),
          array.bytea(profiles.map(({ body }) => body)),
          array.int8(profiles.map(({ lastTime }) => lastTime)),
        ],
      })
      if (rowCount !== profiles.length) {
        throw storeFailure('conflict', 'a profile changed that was not locked')
      }
    },
    async appendDelta(delta) {
      const { writer, nextNumber: number } = connection
      await client.query({
        ...APPEND_DELTA,
        values: [tenant, writer, number, connection.now, delta],
      })
      connection.appended = true
      return { writer, number }
    },
    raise: (events, perDay, ofGroups) => raise(connection, events, perDay, ofGroups),
    unhide: (inEffect, since, perDay, ofGroups) =>
      unhide(connection, inEffect, since, perDay, ofGroups),
    gather: (alerts, drafts) => gather(connection, alerts, drafts),
    notify: (notices) => notify(connection, notices),
    checkpointsOf: (entity) => checkpointsOf(connection, entity),
    addCheckpoints: (added) => addCheckpoints(connection, added),
    replaceCheckpoints: (entity, rows) => replaceCheckpoints(connection, entity, rows),
    eventsAfter: (entity, time, limit) => eventsAfter(connection, entity, time, limit),
    rejudge: (events) => rejudge(connection, events),
    eventOf: (uid) => eventOf(connection, uid),
    settleEvent: (event) => settleEvent(connection, event),
    learnedOf: (alertId) => learnedOf(connection, alertId),
    undoOf: (alertId) => undoOf(connection, alertId),
    alertsAbout: (entities, since, limit) => alertsAbout(connection, entities, since, limit),
    withdraw: (alertIds, withdrawn) => withdraw(connection, alertIds, withdrawn),
    settle: (alertId, feedback, learned, undo) =>
      settle(connection, alertId, feedback, learned, undo),
    erase: (entity, note) => erase(connection, entity, note),
  }
}

/** The event as its row holds it: everything but the record as it came. JSON escapes NUL and lone surrogates. */
function bodyOf({ event, context, entity }: ArrivingEvent): string {
  return JSON.stringify({ event, context, entity } satisfies EnrichedEvent)
}

/** The same of an event whose JSON is there already: it is most of the row. */
function writtenBodyOf(arriving: ArrivingEvent): string {
  const { json, context, entity } = arriving
  if (json === undefined) return bodyOf(arriving)
  return `{"event":${json},"context":${JSON.stringify(context)},"entity":${JSON.stringify(entity)}}`
}

/** The event of a row. */
export function parseBody(body: string): EnrichedEvent {
  return JSON.parse(body)
}

/** The verdict of a row. */
export function parseVerdict(verdict: string): Verdict {
  return JSON.parse(verdict)
}

/** Revisions are rare, so they go one by one. The time stays: it is the partition's, and the verdict's. */
async function amendOne(
  { client, tenant }: BatchConnection,
  arriving: ArrivingEvent,
): Promise<void> {
  const at = [tenant, arriving.key, arriving.event.time, REVISION_WINDOW_MS]
  const { rows } = await client.query<{ time: number; body: string; verdict: string }>(
    `select time, body, verdict from event
     where tenant = $1 and key = $2::uuid and time between $3::int8 - $4 and $3::int8 + $4
     order by time limit 1 for update`,
    at,
  )
  const [row] = rows
  if (row === undefined) throw storeFailure('conflict', 'the revised event is gone')
  const { entity } = parseBody(row.body)
  const input = { ...arriving, event: { ...arriving.event, time: row.time }, entity }
  await client.query(
    `update event set content = $4::uuid, body = $5, raw = $6, facets = $7, ip = $8
     where tenant = $1 and key = $2::uuid and time = $3`,
    [
      tenant,
      arriving.key,
      row.time,
      arriving.content,
      bodyOf(input),
      arriving.raw ?? null,
      packedFacets(input, parseVerdict(row.verdict)),
      ipOf(input),
    ],
  )
}

const CREATE_PROFILES = {
  name: 'create_profiles',
  text: `insert into profile (tenant, entity, name, class, revision, body, last_time)
    select $1, entity, '', 'human', 0, '', 0 from unnest($2::text[]) as u(entity) order by entity
    on conflict do nothing`,
}

/**
 * Here and below a subquery for each key, so that it is a look into the index whatever the planner believes of a
 * table's size: it would rather go through a list of a thousand keys a thousand times.
 */
const LOCK_PROFILES = {
  name: 'lock_profiles',
  text: `select p.entity, p.life, p.revision,
      case when p.revision <> u.cached and p.revision > 0 then p.body end as body
    from (
      select entity, cached from unnest($2::text[], $3::int8[]) as u(entity, cached) order by entity
    ) as u
    cross join lateral (
      select entity, life, revision, body from profile where tenant = $1 and entity = u.entity for update
    ) as p`,
}

const CLAIM = {
  name: 'claim',
  text: `select u.index, replace(e.content::text, '-', '') as content, e.verdict
    from unnest($2::uuid[], $3::int8[]) with ordinality as u(key, time, index)
    cross join lateral (
      select content, verdict from event
      where tenant = $1 and key = u.key
        and time between u.time - ${REVISION_WINDOW_MS} and u.time + ${REVISION_WINDOW_MS}
      order by time limit 1
    ) as e`,
}

const WRITE_EVENTS = {
  name: 'write_events',
  text: `insert into event
      (tenant, key, time, content, uid, entity, kind, risk, learned, body, verdict, raw, facets, ip)
    select $1, * from unnest($2::uuid[], $3::int8[], $4::uuid[], $5::text[], $6::text[], $7::text[],
      $8::float8[], $9::float8[], $10::text[], $11::text[], $12::bytea[],
      $13::text[], $14::text[])`,
}

const WRITE_PROFILES = {
  name: 'write_profiles',
  text: `update profile p set revision = u.revision + 1, name = u.name, class = u.class,
      body = u.body, last_time = u.last_time
    from (
      select u.*, at.ctid from unnest($2::text[], $3::int8[], $4::text[], $5::text[], $6::bytea[],
        $7::int8[]) as u(entity, revision, name, class, body, last_time)
      cross join lateral (
        select ctid from profile where tenant = $1 and entity = u.entity and revision = u.revision
        limit 1
      ) as at
    ) as u
    where p.ctid = u.ctid`,
}

const APPEND_DELTA = {
  name: 'append_delta',
  text: `with advanced as (
      insert into population_writer (tenant, writer, number, updated) values ($1, $2, $3, $4)
      on conflict (tenant, writer) do update set number = excluded.number, updated = excluded.updated
    )
    insert into population_delta (tenant, writer, number, created, body) values ($1, $2, $3, $4, $5)`,
}
