import type { Delivery, Notice } from '@gatewatch/schema'
import type pg from 'pg'
import { fault } from '../../errors.ts'
import {
  type ClaimedChannel,
  DELIVERIES_KEPT_MS,
  type DueDelivery,
  type Finished,
  isEnding,
  type Outbox,
  type Plan,
  type StoredChannel,
  subjectOf,
} from '../../ports/outbox.ts'
import { array } from './arrays.ts'
import type { BatchConnection } from './batch.ts'
import { inTenant } from './in-tenant.ts'

interface ChannelRow {
  id: string
  name: string
  settings: string
  sealed: Buffer
  route: string
  enabled: boolean
  created: number
  health: string
  lease: number
}

/** The outbox in PostgreSQL. */
export function postgresOutbox(pool: pg.Pool): Outbox {
  return {
    channels: (tenant) => inTenant(pool, tenant, (client) => channelsOf(client, tenant)),
    async addChannel(tenant, channel) {
      const { id, name, settings, sealed, route, enabled, created, health } = channel
      const written = await inTenant(pool, tenant, (client) =>
        client.query(
          `insert into channel (tenant, id, name, settings, sealed, route, enabled, created, health)
           values ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, name) do nothing`,
          [
            tenant,
            id,
            name,
            JSON.stringify(settings),
            sealed,
            JSON.stringify(route),
            enabled,
            created,
            JSON.stringify(health),
          ],
        ),
      )
      if (written.rowCount !== 1) throw nameTaken(name)
    },
    changeChannel: (tenant, id, patch) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<ChannelRow>(
          `select ${COLUMNS} from channel where tenant = $1 and id = $2::uuid for update`,
          [tenant, uuidOrNone(id)],
        )
        const [row] = rows
        if (row === undefined) return null
        const changed: StoredChannel = { ...channelOf(row), ...patch }
        const { rowCount } = await client.query(
          'select from channel where tenant = $1 and name = $2 and id <> $3::uuid',
          [tenant, changed.name, row.id],
        )
        if (rowCount !== 0) throw nameTaken(changed.name)
        await client.query(
          `update channel set name = $3, settings = $4, sealed = $5, route = $6, enabled = $7,
             health = $8, ready_at = case when $9 then 0 else ready_at end
           where tenant = $1 and id = $2::uuid`,
          [
            tenant,
            row.id,
            changed.name,
            JSON.stringify(changed.settings),
            changed.sealed,
            JSON.stringify(changed.route),
            changed.enabled,
            JSON.stringify(changed.health),
            channelOf(row).health.failures > 0,
          ],
        )
        return changed
      }),
    removeChannel: (tenant, id) =>
      inTenant(pool, tenant, async (client) => {
        const at = [tenant, uuidOrNone(id)]
        await client.query('delete from delivery where tenant = $1 and channel = $2::uuid', at)
        const { rowCount } = await client.query(
          'delete from channel where tenant = $1 and id = $2::uuid',
          at,
        )
        return rowCount === 1
      }),
    async due(now) {
      const { rows } = await pool.query<{ tenant: number }>(
        'select outbox_due($1) as tenant order by 1',
        [now],
      )
      return rows.map(({ tenant }) => tenant)
    },
    fanOut: (tenant, now, limit, plan) =>
      inTenant(pool, tenant, (client) => fanOut(client, tenant, now, limit, plan)),
    claim: (tenant, now, leaseMs) =>
      inTenant(pool, tenant, (client) => claim(client, tenant, now, leaseMs)),
    finish: (tenant, claimed, now, done) =>
      inTenant(pool, tenant, (client) => finish(client, tenant, claimed, now, done)),
    deliveries: (tenant, channel, { state, limit }) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<Omit<Delivery, 'notice'> & { body: string }>(
          `select id, body, state, created, due, attempts, error from delivery
           where tenant = $1 and channel = $2::uuid and ($3::text is null or state = $3)
           order by id desc limit $4`,
          [tenant, uuidOrNone(channel), state ?? null, limit],
        )
        return rows.map(({ body, ...row }) => ({ ...row, notice: parseNotice(body) }))
      }),
    counts: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ channel: string; waiting: number; dead: number }>(
          `select channel::text, count(*) filter (where state = 'waiting') as waiting,
             count(*) filter (where state = 'dead') as dead
           from delivery where tenant = $1 and state in ('waiting', 'dead') group by channel`,
          [tenant],
        )
        return new Map(rows.map(({ channel, ...counts }) => [channel, counts]))
      }),
    retryDead: (tenant, channel, now) =>
      inTenant(pool, tenant, async (client) => {
        const at = [tenant, uuidOrNone(channel)]
        const { rowCount } = await client.query(
          `update delivery set state = 'waiting', attempts = 0, due = $3, created = $3
           where tenant = $1 and channel = $2::uuid and state = 'dead'`,
          [...at, now],
        )
        await client.query(
          `update channel set ready_at = 0
           where tenant = $1 and id = $2::uuid and (health::json->>'failures')::int > 0`,
          at,
        )
        return rowCount ?? 0
      }),
  }
}

/** Writes what is to be told, in the transaction that caused it. */
export async function notify(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  notices: readonly Notice[],
): Promise<void> {
  if (notices.length === 0) return
  await client.query({
    name: 'notify',
    text: `insert into notice (tenant, key, entity, body)
      select $1, * from unnest($2::text[], $3::text[], $4::text[]) on conflict do nothing`,
    values: [
      tenant,
      array.text(notices.map(({ key }) => key)),
      array.text(notices.map(entityOf)),
      array.text(notices.map((notice) => JSON.stringify(notice))),
    ],
  })
}

const COLUMNS = 'id, name, settings, sealed, route, enabled, created, health, lease'

function channelOf(row: ChannelRow): StoredChannel {
  const { id, name, sealed, enabled, created } = row
  return {
    id,
    name,
    enabled,
    created,
    sealed: Uint8Array.from(sealed),
    settings: JSON.parse(row.settings),
    route: JSON.parse(row.route),
    health: JSON.parse(row.health),
  }
}

async function channelsOf(
  client: pg.PoolClient,
  tenant: number,
): Promise<readonly StoredChannel[]> {
  const { rows } = await client.query<ChannelRow>(
    `select ${COLUMNS} from channel where tenant = $1 order by created, id`,
    [tenant],
  )
  return rows.map(channelOf)
}

async function fanOut(
  client: pg.PoolClient,
  tenant: number,
  now: number,
  limit: number,
  plan: (notice: Notice, channel: StoredChannel) => Plan | null,
): Promise<number> {
  const { rows: turns } = await client.query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock($1, hashtext('outbox')) as mine`,
    [tenant],
  )
  if (turns[0]?.mine !== true) return 0
  const { rows } = await client.query<{ body: string }>(
    `with taken as (
       delete from notice where tenant = $1 and id in (
         select id from notice where tenant = $1 order by id limit $2)
       returning id, body)
     select body from taken order by id`,
    [tenant, limit],
  )
  if (rows.length === 0) return 0
  const channels = await channelsOf(client, tenant)
  const planned = rows.flatMap(({ body }) => {
    const notice = parseNotice(body)
    return channels.flatMap((channel) => {
      const one = plan(notice, channel)
      return one === null ? [] : [{ channel: channel.id, notice, body, ...one }]
    })
  })
  for (const { channel, notice, body, due, digest, escalates } of planned) {
    await client.query(
      `insert into delivery (tenant, channel, key, subject, entity, ends, escalates, body, state,
         created, due, digest)
       values ($1, $2::uuid, $3, $4, $5, $6, $7, $8, 'waiting', $9, $10, $11) on conflict do nothing`,
      [
        tenant,
        channel,
        notice.key,
        subjectOf(notice),
        entityOf(notice),
        isEnding(notice),
        escalates,
        body,
        now,
        due,
        digest,
      ],
    )
  }
  await client.query(
    `delete from delivery where tenant = $1 and state in ('sent', 'spared', 'dead') and created < $2`,
    [tenant, now - DELIVERIES_KEPT_MS],
  )
  return rows.length
}

interface DueRow {
  id: number
  key: string
  subject: string
  ends: boolean
  escalates: boolean
  body: string
  created: number
  attempts: number
  digest: number | null
}

const DUE_COLUMNS =
  'd.id, d.key, d.subject, d.ends, d.escalates, d.body, d.created, d.attempts, d.digest'
/** Due, and nothing of the same alert waits before it. */
const ELIGIBLE = `d.tenant = $1 and d.state = 'waiting' and d.due <= $2 and not exists (
  select from delivery b where b.tenant = $1 and b.channel = d.channel and b.subject = d.subject
    and b.state = 'waiting' and b.id < d.id)`

async function claim(
  client: pg.PoolClient,
  tenant: number,
  now: number,
  leaseMs: number,
): Promise<ClaimedChannel | null> {
  const { rows } = await client.query<ChannelRow>(
    `select ${COLUMNS} from channel c
     where tenant = $1 and enabled and ready_at <= $2
       and exists (select from delivery d where d.channel = c.id and ${ELIGIBLE})
     order by ready_at, id limit 1 for update skip locked`,
    [tenant, now],
  )
  const [row] = rows
  if (row === undefined) return null
  const lease = row.lease + 1
  for (;;) {
    const { rows: due } = await client.query<DueRow>(
      `select ${DUE_COLUMNS} from delivery d where d.channel = $3::uuid and ${ELIGIBLE}
       order by d.due, d.id limit 1`,
      [tenant, now, row.id],
    )
    const [next] = due
    if (next === undefined) return null
    const together = next.digest === null ? due : await digestOf(client, tenant, row.id, next)
    const needed: DueDelivery[] = []
    for (const one of together) {
      if (await isNeeded(client, tenant, row.id, one)) needed.push(deliveryOf(one))
      else await setState(client, tenant, [one.id], 'spared', now, null)
    }
    const [first, ...others] = needed
    if (first === undefined) continue
    await client.query(
      'update channel set ready_at = $3, lease = $4 where tenant = $1 and id = $2::uuid',
      [tenant, row.id, now + leaseMs, lease],
    )
    const { digest } = next
    return { channel: channelOf(row), lease, digest, deliveries: [first, ...others] }
  }
}

async function digestOf(
  client: pg.PoolClient,
  tenant: number,
  channel: string,
  { digest }: DueRow,
): Promise<readonly DueRow[]> {
  const { rows } = await client.query<DueRow>(
    `select ${DUE_COLUMNS} from delivery d where d.tenant = $1 and d.channel = $2::uuid
       and d.state = 'waiting' and d.digest = $3 order by d.id`,
    [tenant, channel, digest],
  )
  return rows
}

async function isNeeded(
  client: pg.PoolClient,
  tenant: number,
  channel: string,
  { id, subject, ends, escalates, digest }: DueRow,
): Promise<boolean> {
  if (escalates) {
    const { rowCount } = await client.query(
      `select from incident where tenant = $1 and id = $2::uuid and status = 'open'
       union all
       select from alert where tenant = $1 and id = $2::uuid and status = 'open' and incident is null`,
      [tenant, subject],
    )
    return rowCount === 1
  }
  if (!ends) return true
  const { rowCount } = await client.query(
    `select from delivery where tenant = $1 and channel = $2::uuid and subject = $3 and id < $4
       and not ends and (state = 'sent' or (state = 'waiting' and digest = $5)) limit 1`,
    [tenant, channel, subject, id, digest],
  )
  return rowCount === 1
}

async function finish(
  client: pg.PoolClient,
  tenant: number,
  { channel, lease, deliveries }: ClaimedChannel,
  now: number,
  done: Finished,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update channel set ready_at = $4, health = $5, enabled = enabled and $6
     where tenant = $1 and id = $2::uuid and lease = $3 and ready_at > 0`,
    [tenant, channel.id, lease, done.readyAt, JSON.stringify(done.health), done.enabled],
  )
  if (rowCount !== 1) return false
  const ids = deliveries.map(({ id }) => id)
  await setState(client, tenant, ids, done.state, done.due, done.error)
  if (done.hurry) {
    await client.query(
      `update delivery set due = $3
       where tenant = $1 and channel = $2::uuid and state = 'waiting' and attempts > 0`,
      [tenant, channel.id, now],
    )
  }
  await notify({ client, tenant }, done.notices)
  return true
}

async function setState(
  client: pg.PoolClient,
  tenant: number,
  ids: readonly number[],
  state: string,
  due: number,
  error: string | null,
): Promise<void> {
  await client.query(
    `update delivery set state = $3, due = $4, error = $5,
       attempts = attempts + case when $3 = 'spared' then 0 else 1 end
     where tenant = $1 and id = any($2::int8[])`,
    [tenant, array.int8(ids), state, due, error],
  )
}

function deliveryOf({ id, key, body, created, attempts }: DueRow): DueDelivery {
  return { id, key, notice: parseNotice(body), created, attempts }
}

function parseNotice(body: string): Notice {
  return JSON.parse(body)
}

function entityOf(notice: Notice): string {
  return notice.about === 'alert' ? notice.alert.entity : ''
}

/** What is no id of ours names nothing. */
function uuidOrNone(id: string): string | null {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null
}

function nameTaken(name: string) {
  return fault('invalid_request', `There is a channel named ${name} already; choose another name.`)
}
