import pg from 'pg'
import { prepareRoles, SCHEMA } from './roles.ts'
import type { ServerAddress } from './server-address.ts'

/** How long (days) a tenant keeps events; null: as long as all do. */
export interface TenantRetention {
  readonly tenant: string
  readonly days: number | null
}

/** What each tenant keeps, by name. */
export function retentionOf(admin: ServerAddress): Promise<readonly TenantRetention[]> {
  return asOwner(admin, async (client) => {
    const { rows } = await client.query<TenantRetention>(
      'select t.name as tenant, r.days from tenant t left join retention r on r.tenant = t.id order by 1',
    )
    return rows
  })
}

/** Sets how long a tenant keeps events, from the next maintenance on; false where there is no such tenant. */
export function setRetention(
  admin: ServerAddress,
  { tenant, days }: TenantRetention,
): Promise<boolean> {
  return asOwner(admin, async (client) => {
    const { rows } = await client.query<{ id: number }>('select id from tenant where name = $1', [
      tenant,
    ])
    const id = rows[0]?.id
    if (id === undefined) return false
    if (days === null) await client.query('delete from retention where tenant = $1', [id])
    else
      await client.query(
        'insert into retention values ($1, $2) on conflict (tenant) do update set days = $2',
        [id, days],
      )
    return true
  })
}

async function asOwner<T>(
  admin: ServerAddress,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { owner } = await prepareRoles(admin)
  const client = new pg.Client({ ...owner, options: `-c search_path=${SCHEMA}` })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
