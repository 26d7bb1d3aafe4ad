import type { Comparison, ModelCard, ModelNote, ModelVersion } from '@gatewatch/schema'
import type pg from 'pg'
import {
  currentOf,
  type ModelChange,
  type ModelLog,
  noteOf,
  SHIPPED,
  type StoredModels,
} from '../../ports/model-log.ts'
import type { TenantId } from '../../ports/store.ts'
import { inTenant } from './in-tenant.ts'

/** Advisory lock space of changes; the tenant is its second number. */
const LOCK = 72_058
const KEPT = 100
const NOTES_KEPT = 1_000

interface VersionRow extends Omit<ModelVersion, 'card' | 'comparison' | 'outcomes'> {
  readonly card: string | null
  readonly comparison: string | null
  readonly judged: number
  readonly challenged: number
  readonly alerted: number
}

/** The registry of fitted models in PostgreSQL; the lock goes with the transaction that stores the change. */
export function postgresModelLog(pool: pg.Pool, clock: () => number): ModelLog {
  return {
    active: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<StoredModels>(
          `select version, body from model_version where tenant = $1 and state = 'active'
           order by version desc limit 1`,
          [tenant],
        )
        return rows[0] ?? null
      }),
    activeVersion: (tenant) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ version: number | null }>(
          `select max(version) as version from model_version where tenant = $1 and state = 'active'`,
          [tenant],
        )
        return rows[0]?.version ?? SHIPPED
      }),
    at: (tenant, version) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<StoredModels>(
          'select version, body from model_version where tenant = $1 and version = $2',
          [tenant, version],
        )
        return rows[0] ?? null
      }),
    current: (tenant) => inTenant(pool, tenant, (client) => currentIn(client, tenant)),
    versions: (tenant) => inTenant(pool, tenant, (client) => versionsOf(client, tenant, 'all')),
    notes: (tenant, limit) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<ModelNote>(
          `select time, version, change, by, reason from model_note where tenant = $1
           order by id desc limit $2`,
          [tenant, limit],
        )
        return rows
      }),
    change: (tenant, work) =>
      inTenant(pool, tenant, async (client) => {
        const { rows } = await client.query<{ locked: boolean }>(
          'select pg_try_advisory_xact_lock($1::int4, $2::int4) as locked',
          [LOCK, tenant],
        )
        if (rows[0]?.locked !== true) return false
        const change = await work(await currentIn(client, tenant))
        if (change === null) return false
        await apply(client, tenant, change, clock())
        return true
      }),
    count: (tenant, version, { judged, challenged, alerted }) =>
      inTenant(pool, tenant, async (client) => {
        await client.query(
          `update model_version set judged = judged + $3, challenged = challenged + $4,
             alerted = alerted + $5
           where tenant = $1 and version = $2`,
          [tenant, version, judged, challenged, alerted],
        )
      }),
  }
}

async function currentIn(
  client: pg.PoolClient,
  tenant: TenantId,
): Promise<readonly ModelVersion[]> {
  return currentOf(await versionsOf(client, tenant, 'current'))
}

async function versionsOf(
  client: pg.PoolClient,
  tenant: TenantId,
  which: 'all' | 'current',
): Promise<readonly ModelVersion[]> {
  const { rows } = await client.query<VersionRow>(
    `select version, created, case when state = 'active' and version < (
         select max(a.version) from model_version a where a.tenant = $1 and a.state = 'active')
       then 'retired' else state end as state,
       parent, replaced, card, comparison, judged, challenged, alerted, decided, by, reason
     from model_version where tenant = $1 and ($2 or state in ('active', 'shadow')
       or version = (select max(version) from model_version where tenant = $1))
     order by version desc`,
    [tenant, which === 'all'],
  )
  return rows.map(({ card, comparison, judged, challenged, alerted, ...row }) => ({
    ...row,
    // our own writing, under a version of the tables
    card: card === null ? null : (JSON.parse(card) as ModelCard),
    comparison: comparison === null ? null : (JSON.parse(comparison) as Comparison),
    outcomes: { judged, challenged, alerted },
  }))
}

async function apply(
  client: pg.PoolClient,
  tenant: TenantId,
  change: ModelChange,
  now: number,
): Promise<void> {
  const { version, by, reason } = change
  const decided = [tenant, version, now, by, reason] as const
  switch (change.kind) {
    case 'shadow':
      await client.query(
        `update model_version set state = 'retired', decided = $3, by = $4,
           reason = 'overtaken by version ' || $2::text
         where tenant = $1 and state = 'shadow'`,
        [tenant, version, now, by],
      )
      await client.query(
        `insert into model_version (tenant, version, created, decided, by, reason, state, parent, card, body)
         values ($1, $2, $3, $3, $4, $5, 'shadow', $6, $7, $8)`,
        [...decided, change.parent, JSON.stringify(change.card), change.body],
      )
      await forgetOld(client, tenant)
      break
    case 'promote':
      await promote(client, decided, JSON.stringify(change.comparison))
      break
    case 'refuse':
      await expectOne(
        client.query(
          `update model_version set state = 'refused', decided = $3, by = $4, reason = $5, comparison = $6
           where tenant = $1 and version = $2`,
          [...decided, change.comparison === null ? null : JSON.stringify(change.comparison)],
        ),
        version,
      )
      break
    case 'roll_back':
      await rollBack(client, decided)
  }
  const note = noteOf(change, now)
  await client.query(
    'insert into model_note (tenant, time, version, change, by, reason) values ($1, $2, $3, $4, $5, $6)',
    [tenant, note.time, version, note.change, by, reason],
  )
  await client.query(
    `delete from model_note where tenant = $1 and id <= (
       select id from model_note where tenant = $1 order by id desc offset $2 limit 1)`,
    [tenant, NOTES_KEPT],
  )
}

type Decided = readonly [tenant: TenantId, version: number, now: number, by: string, reason: string]

async function promote(client: pg.PoolClient, decided: Decided, comparison: string): Promise<void> {
  const [tenant, version] = decided
  const { rows } = await client.query<{ replaced: number | null }>(
    `select max(version) as replaced from model_version
     where tenant = $1 and state = 'active' and version <> $2`,
    [tenant, version],
  )
  const replaced = rows[0]?.replaced ?? SHIPPED
  await client.query(
    `update model_version set state = 'retired' where tenant = $1 and state = 'active'`,
    [tenant],
  )
  await expectOne(
    client.query(
      `update model_version set state = 'active', decided = $3, by = $4, reason = $5, comparison = $6,
         replaced = $7, judged = 0, challenged = 0, alerted = 0
       where tenant = $1 and version = $2`,
      [...decided, comparison, replaced],
    ),
    version,
  )
}

async function rollBack(client: pg.PoolClient, decided: Decided): Promise<void> {
  const [tenant, version, now, by] = decided
  const { rows } = await client.query<{ replaced: number | null }>(
    `update model_version set state = 'refused', decided = $3, by = $4, reason = $5
     where tenant = $1 and version = $2 returning replaced`,
    [...decided],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`there is no version ${version}`)
  const target = row.replaced ?? SHIPPED
  await client.query(
    `update model_version set state = 'retired' where tenant = $1 and state = 'active'`,
    [tenant],
  )
  await client.query(
    `update model_version set state = 'active', decided = $3, by = $4,
       reason = 'active again: version ' || $5::text || ' was rolled back'
     where tenant = $1 and version = $2`,
    [tenant, target, now, by, version],
  )
  // nothing leads back to it: where an older one was made active again, two would take turns without end
  await client.query(
    `update model_version set replaced = case when version = $3 then $4::bigint else $3 end
     where tenant = $1 and replaced = $2`,
    [tenant, version, target, SHIPPED],
  )
}

async function expectOne(query: Promise<pg.QueryResult>, version: number): Promise<void> {
  const { rowCount } = await query
  if (rowCount !== 1) throw new Error(`there is no version ${version}`)
}

async function forgetOld(client: pg.PoolClient, tenant: TenantId): Promise<void> {
  await client.query(
    `delete from model_version m where tenant = $1 and state <> 'active' and version <= (
       select version from model_version where tenant = $1 order by version desc offset $2 limit 1)
       and not exists (select from alert a where a.tenant = $1 and a.models = m.version)
       and not exists (select from model_version b
         where b.tenant = $1 and b.state = 'active' and b.replaced = m.version)`,
    [tenant, KEPT],
  )
}
