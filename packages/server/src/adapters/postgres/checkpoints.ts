import type { EventKey } from '../../ports/store.ts'
import { type Checkpoint, type KnownEvent, LATE_MS } from '../../ports/store.ts'
import { array } from './arrays.ts'
import { type BatchConnection, parseBody, parseVerdict } from './batch.ts'

type Connection = Pick<BatchConnection, 'client' | 'tenant'>

/** The checkpoints of an identity, oldest first. */
export async function checkpointsOf(
  { client, tenant }: Connection,
  entity: string,
): Promise<readonly Checkpoint[]> {
  const { rows } = await client.query<{ time: number; body: Buffer }>(
    'select time, body from checkpoint where tenant = $1 and entity = $2 order by time',
    [tenant, entity],
  )
  return rows
}

/** Adds checkpoints; the newest that lies more than 15 minutes before them stays, and none before it. */
export async function addCheckpoints(
  { client, tenant }: Connection,
  added: readonly (Checkpoint & { readonly entity: string })[],
): Promise<void> {
  await client.query({
    ...ADD_CHECKPOINTS,
    values: [
      tenant,
      array.text(added.map(({ entity }) => entity)),
      array.int8(added.map(({ time }) => time)),
      array.bytea(added.map(({ body }) => body)),
    ],
  })
}

/** Puts these in place of all checkpoints of an identity. */
export async function replaceCheckpoints(
  connection: Connection,
  entity: string,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  const { client, tenant } = connection
  await client.query('delete from checkpoint where tenant = $1 and entity = $2', [tenant, entity])
  if (checkpoints.length === 0) return
  await client.query(
    `insert into checkpoint (tenant, entity, time, body)
     select $1, $2, * from unnest($3::int8[], $4::bytea[])`,
    [
      tenant,
      entity,
      array.int8(checkpoints.map(({ time }) => time)),
      array.bytea(checkpoints.map(({ body }) => body)),
    ],
  )
}

/** The stored events of an identity after a time, oldest first; of one time in the order in which they were observed. */
export async function eventsAfter(
  { client, tenant }: Connection,
  entity: string,
  time: number,
  limit: number,
): Promise<readonly KnownEvent[]> {
  const { rows } = await client.query<{
    key: EventKey
    content: string
    body: string
    verdict: string
    learned: number
    group: string | null
    settled: boolean
  }>({ ...EVENTS_AFTER, values: [tenant, entity, Math.ceil(time), limit] })
  return rows
    .map(({ body, verdict, ...row }) => ({
      ...row,
      input: parseBody(body),
      verdict: parseVerdict(verdict),
    }))
    .sort(
      (a, b) =>
        a.input.event.time - b.input.event.time ||
        a.input.event.observed_time - b.input.event.observed_time ||
        (a.key < b.key ? -1 : 1),
    )
}

const ADD_CHECKPOINTS = {
  name: 'add_checkpoints',
  text: `with spent as (
      delete from checkpoint c using unnest($2::text[], $3::int8[]) as u(entity, time)
      where c.tenant = $1 and c.entity = u.entity and c.time < (
        select max(o.time) from checkpoint o
        where o.tenant = $1 and o.entity = u.entity and o.time < u.time - ${LATE_MS}
      )
    )
    insert into checkpoint (tenant, entity, time, body)
    select $1, * from unnest($2::text[], $3::int8[], $4::bytea[])
    on conflict (tenant, entity, time) do update set body = excluded.body`,
}

const EVENTS_AFTER = {
  name: 'events_after',
  text: `select replace(e.key::text, '-', '') as key, replace(e.content::text, '-', '') as content,
      e.body, e.verdict, e.learned, a.group, a.settled
    from event e
    cross join lateral (
      select max(own.attach_group) as group, coalesce(bool_or(own.status = 'closed'), false) as settled
      from alert_event j join alert own on own.tenant = j.tenant and own.id = j.alert
      where j.tenant = $1 and j.key = e.key
    ) as a
    where e.tenant = $1 and e.entity = $2 and (e.time + 0) > $3 and e.time > $3
    order by (e.time + 0), e.key limit $4`,
}
