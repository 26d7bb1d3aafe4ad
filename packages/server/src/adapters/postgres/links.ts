import type pg from 'pg'
import {
  createLinkTable,
  LINK_KEPT_MS,
  type Link,
  type LinkRef,
  type Links,
  mergeLinks,
} from '../../ports/links.ts'
import type { TenantId } from '../../ports/store.ts'
import { array, plainText } from './arrays.ts'
import type { BatchConnection } from './batch.ts'
import { inTenant } from './in-tenant.ts'

/** Links in PostgreSQL: one row a ref, locked while what is new is merged into it. */
export function postgresLinks(pool: pg.Pool, clock: () => number): Links {
  return {
    learn: (tenant, links) =>
      inTenant(pool, tenant, async (client) => {
        const table = createLinkTable()
        for (const link of links) table.learn(link)
        const given = inOrder(table.all())
        const taken = await client.query<{ ref: string }>(INSERT, [
          tenant,
          ...columns(given),
          clock(),
        ])
        const isNew = new Set(taken.rows.map(({ ref }) => ref))
        const known = given.filter(({ ref }) => !isNew.has(ref))
        const merged = known.length === 0 ? [] : await mergeInto(client, tenant, known, clock())
        await client.query('delete from link where tenant = $1 and over < $2 and learned < $2', [
          tenant,
          clock() - LINK_KEPT_MS,
        ])
        return [...given.filter(({ ref }) => isNew.has(ref)), ...merged]
      }),
    find: (tenant, refs) =>
      inTenant(pool, tenant, async (client) => {
        const found = await read(client, tenant, refs, '')
        return new Map(found.map((link) => [link.ref, link]))
      }),
  }
}

/** Drops what leads to an entity, and its name where it made a credential for another. */
export async function forgetLinks(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  entity: string,
): Promise<void> {
  await client.query('delete from link where tenant = $1 and entity = $2', [tenant, entity])
  const { rows } = await client.query<{ body: string; learned: number }>(
    'select body, learned from link where tenant = $1 and maker = $2 order by ref for update',
    [tenant, entity],
  )
  for (const { body, learned } of rows) {
    await client.query(UPDATE, [tenant, ...columns([{ ...parse(body), maker: null }]), learned])
  }
}

const INSERT = `
  insert into link (tenant, ref, entity, maker, over, body, learned)
  select $1, *, $7 from unnest($2::uuid[], $3::text[], $4::text[], $5::int8[], $6::text[])
  on conflict do nothing returning replace(ref::text, '-', '') as ref`

const UPDATE = `
  update link set entity = u.entity, maker = u.maker, over = u.over, body = u.body, learned = $7
  from unnest($2::uuid[], $3::text[], $4::text[], $5::int8[], $6::text[])
    as u(ref, entity, maker, over, body)
  where link.tenant = $1 and link.ref = u.ref`

/** In one order everywhere, so that two that learn the same links wait for one another instead of for ever. */
function inOrder(links: readonly Link[]): readonly Link[] {
  return [...links].sort((a, b) => (a.ref < b.ref ? -1 : 1))
}

function columns(links: readonly Link[]): Buffer[] {
  return [
    array.uuid(links.map(({ ref }) => ref)),
    array.text(links.map(({ entity }) => (entity === null ? null : plainText(entity.key)))),
    array.text(links.map(({ maker }) => (maker === null ? null : plainText(maker)))),
    array.int8(links.map(({ until, ended }) => ended ?? until)),
    array.text(links.map((link) => JSON.stringify(link))),
  ]
}

async function mergeInto(
  client: pg.PoolClient,
  tenant: TenantId,
  links: readonly Link[],
  now: number,
): Promise<readonly Link[]> {
  const refs = links.map(({ ref }) => ref)
  const stored = createLinkTable(await read(client, tenant, refs, 'order by ref for update'))
  const merged = links.map((link) => {
    const before = stored.find(link.ref)
    return before === null ? link : mergeLinks(before, link)
  })
  await client.query(UPDATE, [tenant, ...columns(merged), now])
  return merged
}

async function read(
  client: pg.PoolClient,
  tenant: TenantId,
  refs: readonly LinkRef[],
  locking: string,
): Promise<readonly Link[]> {
  const { rows } = await client.query<{ body: string }>(
    `select body from link where tenant = $1 and ref = any($2::uuid[]) ${locking}`,
    [tenant, array.uuid(refs)],
  )
  return rows.map(({ body }) => parse(body))
}

function parse(body: string): Link {
  return JSON.parse(body) as Link
}
