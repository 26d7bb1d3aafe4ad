import { randomBytes, randomUUID } from 'node:crypto'
import { fault } from '../../errors.ts'
import { type Accounts, type Caller, type Role, SESSION_HOURS } from '../../ports/accounts.ts'
import type { TenantId } from '../../ports/store.ts'
import { hashPassword, hashSecret, isPassword, newSecret } from '../secrets.ts'
import type { Ledger } from './ledger.ts'

interface KeyRow {
  readonly id: string
  readonly tenant: TenantId
  readonly name: string
  readonly role: Role
  readonly created: number
  lastUsed: number | null
}

interface UserRow {
  readonly tenant: TenantId
  readonly name: string
  readonly role: Role
  readonly created: number
  password: string | null
}

interface Proof {
  readonly user: UserRow
  readonly expires: number
}

/** Accounts in memory. */
export function memoryAccounts(ledger: Ledger, clock: () => number): Accounts {
  const keys = new Map<string, KeyRow>()
  const users = new Map<string, UserRow>()
  const tokens = new Map<string, Proof>()
  const sessions = new Map<string, Proof>()
  const find = (tenant: TenantId, name: string): UserRow | undefined => {
    const user = users.get(name.toLowerCase())
    return user?.tenant === tenant ? user : undefined
  }

  function caller(tenant: TenantId, role: Role, name: string): Caller | null {
    const owner = ledger.tenants.get(tenant)
    if (owner === undefined) return null
    return { tenant, tenantName: owner.name, role, name, demo: owner.demo }
  }

  function openSession(user: UserRow): string {
    const secret = newSecret()
    const expires = clock() + SESSION_HOURS * 3_600_000
    sessions.set(hashSecret(secret).toString('hex'), { user, expires })
    return secret
  }

  function forget(user: UserRow): void {
    for (const proofs of [sessions, tokens]) {
      for (const [hash, proof] of proofs) if (proof.user === user) proofs.delete(hash)
    }
  }

  return {
    async ensureTenant(name, demo) {
      for (const [id, row] of ledger.tenants) if (row.name === name) return { id, ...row }
      const id = ledger.tenants.size + 1
      const row = { name, hashKey: Uint8Array.from(randomBytes(16)), demo }
      ledger.tenants.set(id, row)
      return { id, ...row }
    },
    async tenant(id) {
      return ledger.tenants.get(id) ?? null
    },
    async createKey(tenant, name, role) {
      const secret = newSecret()
      const row = { id: randomUUID(), tenant, name, role, created: clock(), lastUsed: null }
      keys.set(hashSecret(secret).toString('hex'), row)
      return { id: row.id, secret }
    },
    async listKeys(tenant) {
      return [...keys.values()]
        .filter((key) => key.tenant === tenant)
        .map(({ id, name, role, created, lastUsed }) => ({ id, name, role, created, lastUsed }))
    },
    async revokeKey(tenant, id) {
      for (const [hash, key] of keys) {
        if (key.tenant === tenant && key.id === id) return keys.delete(hash)
      }
      return false
    },
    async callerByKey(secret) {
      const key = keys.get(hashSecret(secret).toString('hex'))
      if (key === undefined) return null
      key.lastUsed = clock()
      return caller(key.tenant, key.role, key.name)
    },
    async createUser(tenant, name, role, password) {
      if (users.has(name.toLowerCase())) throw fault('invalid_request', userExists(name))
      users.set(name.toLowerCase(), {
        tenant,
        name,
        role,
        created: clock(),
        password: password === null ? null : await hashPassword(password),
      })
    },
    async listUsers(tenant) {
      return [...users.values()]
        .filter((user) => user.tenant === tenant)
        .map(({ name, role, created }) => ({ name, role, created }))
    },
    async setPassword(tenant, name, password) {
      const user = find(tenant, name)
      if (user === undefined) return false
      user.password = await hashPassword(password)
      forget(user)
      return true
    },
    async removeUser(tenant, name) {
      const user = find(tenant, name)
      if (user === undefined) return false
      forget(user)
      return users.delete(name.toLowerCase())
    },
    async createSignInToken(tenant, name, minutes) {
      const user = find(tenant, name)
      if (user === undefined) throw fault('not_found', `There is no user ${name}.`)
      const token = newSecret()
      const expires = clock() + minutes * 60_000
      tokens.set(hashSecret(token).toString('hex'), { user, expires })
      return token
    },
    async signIn(proof) {
      if ('token' in proof) {
        const hash = hashSecret(proof.token).toString('hex')
        const token = tokens.get(hash)
        tokens.delete(hash)
        return token === undefined || token.expires <= clock() ? null : openSession(token.user)
      }
      const user = users.get(proof.user.toLowerCase())
      const right = await isPassword(user?.password ?? null, proof.password)
      return right && user !== undefined ? openSession(user) : null
    },
    async callerBySession(secret) {
      const session = sessions.get(hashSecret(secret).toString('hex'))
      if (session === undefined || session.expires <= clock()) return null
      return caller(session.user.tenant, session.user.role, session.user.name)
    },
    async signOut(secret) {
      sessions.delete(hashSecret(secret).toString('hex'))
    },
  }
}

function userExists(name: string): string {
  return `user: the name ${name} is taken; choose another one`
}
