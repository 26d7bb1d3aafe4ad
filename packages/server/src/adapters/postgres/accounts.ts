import { randomBytes, randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { fault } from '../../errors.ts'
import {
  type Accounts,
  type Caller,
  ROLES,
  type Role,
  SESSION_HOURS,
} from '../../ports/accounts.ts'
import type { TenantId } from '../../ports/store.ts'
import { hashPassword, hashSecret, isPassword, newSecret } from '../secrets.ts'
import { inTenant } from './database.ts'
import type { Tables } from './tables.ts'

interface CallerRow {
  readonly tenant: number
  readonly tenant_name: string
  readonly demo: boolean
  readonly role: string
  readonly name: string
}

/** Accounts in PostgreSQL. What must be found before the tenant is known goes through functions that give away one row. */
export function postgresAccounts(db: Kysely<Tables>, clock: () => number): Accounts {
  async function openProof(
    tenant: TenantId,
    name: string,
    kind: 'session' | 'token',
    ms: number,
  ): Promise<string> {
    const secret = newSecret()
    await inTenant(db, tenant, async (trx) => {
      await trx
        .deleteFrom('proof')
        .where('tenant', '=', tenant)
        .where('expires', '<=', clock())
        .execute()
      const row = { hash: hashSecret(secret), kind, tenant, name, expires: clock() + ms }
      await trx.insertInto('proof').values(row).execute()
    })
    return secret
  }

  const openSession = (tenant: TenantId, name: string) =>
    openProof(tenant, name, 'session', SESSION_HOURS * 3_600_000)

  return {
    async ensureTenant(name, demo) {
      const { rows } = await sql<{ id: number; hash_key: Buffer; demo: boolean }>`
        select * from ensure_tenant(${name}, ${randomBytes(16)}, ${demo})`.execute(db)
      const [row] = rows
      if (row === undefined) throw new Error(`the tenant ${name} could not be made`)
      return { id: row.id, hashKey: Uint8Array.from(row.hash_key), demo: row.demo }
    },
    tenant: (id) =>
      inTenant(db, id, async (trx) => {
        const row = await trx
          .selectFrom('tenant')
          .select(['name', 'hash_key', 'demo'])
          .where('id', '=', id)
          .executeTakeFirst()
        if (row === undefined) return null
        return { name: row.name, hashKey: Uint8Array.from(row.hash_key), demo: row.demo }
      }),
    createKey: (tenant, name, role) =>
      inTenant(db, tenant, async (trx) => {
        const [id, secret] = [randomUUID(), newSecret()]
        const row = { id, tenant, name, role, hash: hashSecret(secret), created: clock() }
        await trx
          .insertInto('api_key')
          .values({ ...row, last_used: null })
          .execute()
        return { id, secret }
      }),
    listKeys: (tenant) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await trx
          .selectFrom('api_key')
          .select(['id', 'name', 'role', 'created', 'last_used'])
          .where('tenant', '=', tenant)
          .orderBy('created')
          .execute()
        return rows.map(({ last_used, role, ...key }) => ({
          ...key,
          role: roleOf(role),
          lastUsed: last_used,
        }))
      }),
    revokeKey: (tenant, id) =>
      inTenant(db, tenant, async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('api_key')
          .where('tenant', '=', tenant)
          .where(sql<boolean>`id::text = ${id}`)
          .executeTakeFirst()
        return numDeletedRows > 0n
      }),
    async callerByKey(secret) {
      const { rows } = await sql<CallerRow>`
        select * from caller_by_key(${hashSecret(secret)}, ${clock()})`.execute(db)
      return callerOf(rows)
    },
    async createUser(tenant, name, role, password) {
      const hashed = password === null ? null : await hashPassword(password)
      const row = { tenant, name, role, password: hashed, created: clock() }
      const { numInsertedOrUpdatedRows } = await inTenant(db, tenant, (trx) =>
        trx
          .insertInto('person')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst(),
      )
      if (numInsertedOrUpdatedRows === 0n) {
        throw fault('invalid_request', `user: the name ${name} is taken; choose another one`)
      }
    },
    listUsers: (tenant) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await trx
          .selectFrom('person')
          .select(['name', 'role', 'created'])
          .where('tenant', '=', tenant)
          .orderBy('created')
          .execute()
        return rows.map((row) => ({ ...row, role: roleOf(row.role) }))
      }),
    async setPassword(tenant, name, password) {
      const hashed = await hashPassword(password)
      return inTenant(db, tenant, async (trx) => {
        const changed = await trx
          .updateTable('person')
          .set({ password: hashed })
          .where('tenant', '=', tenant)
          .where(sql<boolean>`lower(name) = lower(${name})`)
          .returning('name')
          .executeTakeFirst()
        if (changed === undefined) return false
        await trx
          .deleteFrom('proof')
          .where('tenant', '=', tenant)
          .where('name', '=', changed.name)
          .execute()
        return true
      })
    },
    removeUser: (tenant, name) =>
      inTenant(db, tenant, async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('person')
          .where('tenant', '=', tenant)
          .where(sql<boolean>`lower(name) = lower(${name})`)
          .executeTakeFirst()
        return numDeletedRows > 0n
      }),
    async createSignInToken(tenant, name, minutes) {
      const users = await inTenant(db, tenant, (trx) =>
        trx
          .selectFrom('person')
          .select('name')
          .where('tenant', '=', tenant)
          .where(sql<boolean>`lower(name) = lower(${name})`)
          .execute(),
      )
      const [user] = users
      if (user === undefined) throw fault('not_found', `There is no user ${name}.`)
      return openProof(tenant, user.name, 'token', minutes * 60_000)
    },
    async signIn(proof) {
      if ('token' in proof) {
        const { rows } = await sql<{ tenant: number; name: string }>`
          select * from take_token(${hashSecret(proof.token)}, ${clock()})`.execute(db)
        const [row] = rows
        return row === undefined ? null : openSession(row.tenant, row.name)
      }
      const { rows } = await sql<{ tenant: number; name: string; password: string | null }>`
        select * from person_by_name(${proof.user.replaceAll('\0', '')})`.execute(db)
      const [row] = rows
      const right = await isPassword(row?.password ?? null, proof.password)
      return right && row !== undefined ? openSession(row.tenant, row.name) : null
    },
    async callerBySession(secret) {
      const { rows } = await sql<CallerRow>`
        select * from caller_by_session(${hashSecret(secret)}, ${clock()})`.execute(db)
      return callerOf(rows)
    },
    async signOut(secret) {
      await sql`select drop_session(${hashSecret(secret)})`.execute(db)
    },
  }
}

function callerOf(rows: readonly CallerRow[]): Caller | null {
  const [row] = rows
  if (row === undefined) return null
  return {
    tenant: row.tenant,
    tenantName: row.tenant_name,
    role: roleOf(row.role),
    name: row.name,
    demo: row.demo,
  }
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text)
  if (role === undefined) throw new Error(`the role ${text} is unknown to this version`)
  return role
}
