import { createHmac } from 'node:crypto'
import pg from 'pg'
import type { ServerAddress } from './server-address.ts'

/** owner: owns the tables, runs migrations. app: everything else, under row-level security. maintain: partitions and retention. */
export const ROLES = ['owner', 'app', 'maintain'] as const
export type DatabaseRole = (typeof ROLES)[number]

/** How to reach the database in each of the three roles. */
export type RoleAddresses = Readonly<Record<DatabaseRole, ServerAddress>>

/** The schema that holds all our tables. */
export const SCHEMA = 'gatewatch'

/** Name of a role in the database server. */
function roleName(role: DatabaseRole): string {
  return `gatewatch_${role}`
}

/**
 * Makes the three roles and the schema where missing and gives their addresses. Their passwords are derived from
 * `admin`'s (HMAC-SHA256), so that every process that is given the same address finds the same, and nothing needs to
 * be stored. `admin` must be able to make roles; rejects with what to do otherwise.
 */
export async function prepareRoles(admin: ServerAddress): Promise<RoleAddresses> {
  if (admin.password === '') {
    throw new Error(
      'DATABASE_URL has no password. Gatewatch derives those of its own three roles from it, so give that user one.',
    )
  }
  const client = new pg.Client({ ...admin })
  await client.connect()
  try {
    const addresses = {
      owner: addressOf(admin, 'owner'),
      app: addressOf(admin, 'app'),
      maintain: addressOf(admin, 'maintain'),
    }
    for (const role of ROLES) await prepareRole(client, addresses[role])
    await prepareSchema(client)
    return addresses
  } finally {
    await client.end()
  }
}

function addressOf(admin: ServerAddress, role: DatabaseRole): ServerAddress {
  const password = createHmac('sha256', admin.password).update(roleName(role)).digest('base64url')
  return { ...admin, user: roleName(role), password }
}

async function prepareRole(client: pg.Client, { user, password, ...at }: ServerAddress) {
  if (await canSignIn({ ...at, user, password })) return
  const options = `login nosuperuser nobypassrls nocreatedb nocreaterole password ${client.escapeLiteral(password)}`
  try {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user])
    await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${user} ${options}`)
  } catch (cause) {
    // Another process may have been faster, at another database of the same server.
    if (await canSignIn({ ...at, user, password })) return
    throw new Error(
      `The database role ${user} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}. Give the user of DATABASE_URL the right to make roles (CREATEROLE).`,
      { cause },
    )
  }
}

async function canSignIn(address: ServerAddress): Promise<boolean> {
  const client = new pg.Client({ ...address })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('28')) throw error
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function prepareSchema(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [SCHEMA])
  if (rowCount !== 0) return
  await client.query('begin')
  // Two processes may start at once on an empty database.
  await client.query('select pg_advisory_xact_lock(720575940301)')
  await client.query(`grant ${roleName('owner')} to current_user`)
  await client.query(`create schema if not exists ${SCHEMA} authorization ${roleName('owner')}`)
  await client.query('commit')
}

/** Rejects unless the role that these connections work under is bound by row-level security. */
export async function refuseUnbound(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ role: string; reason: string | null }>(`
    select current_user as role, case
      when r.rolsuper then 'is a superuser'
      when r.rolbypassrls then 'bypasses row-level security'
      when pg_has_role(current_user, '${roleName('owner')}', 'member') then 'owns the tables'
      end as reason
    from pg_roles r where r.rolname = current_user`)
  const [found] = rows
  if (found === undefined || found.reason === null) return
  throw new Error(
    `The database role ${found.role} ${found.reason}, so nothing would keep tenants apart. Take that away from it (alter role ${found.role} nosuperuser nobypassrls).`,
  )
}
