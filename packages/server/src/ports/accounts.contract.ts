import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SESSION_HOURS } from './accounts.ts'
import { NOON } from './samples.contract.ts'
import type { Storage } from './storage.ts'
import type { TenantId } from './store.ts'

/** What all accounts promise. `open` takes the clock. */
export function testAccounts(
  name: string,
  open: (clock: () => number) => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} accounts`, () => {
    let now = NOON
    let storage: Storage
    let close: () => Promise<void>
    let tenant: TenantId
    let count = 0
    const user = () => `ada${count}`

    beforeAll(async () => {
      ;({ storage, close } = await open(() => now))
    })
    afterAll(() => close())
    beforeEach(async () => {
      count += 1
      tenant = (await storage.accounts.ensureTenant(`accounts ${count}`, false)).id
    })

    test('a tenant is made once, with a random hash key and its demo mark', async () => {
      const { accounts } = storage
      const made = await accounts.ensureTenant('a demo', true)
      expect(await accounts.ensureTenant('a demo', false)).toEqual(made)
      expect(made.hashKey).toHaveLength(16)
      expect(made.hashKey).not.toEqual((await accounts.tenant(tenant))?.hashKey)
      expect(await accounts.tenant(made.id)).toEqual({
        name: 'a demo',
        hashKey: made.hashKey,
        demo: true,
      })
      expect(await accounts.tenant(999_999)).toBeNull()
    })

    test('a key proves tenant and role until it is revoked, in its own tenant only', async () => {
      const { accounts } = storage
      const { id, secret } = await accounts.createKey(tenant, 'collector', 'ingest')
      expect(secret).toMatch(/^gw_[\w-]{43}$/)
      expect(await accounts.callerByKey(secret)).toEqual({
        tenant,
        tenantName: `accounts ${count}`,
        role: 'ingest',
        name: 'collector',
        demo: false,
      })
      const [listed] = await accounts.listKeys(tenant)
      expect(listed).toEqual({ id, name: 'collector', role: 'ingest', created: now, lastUsed: now })
      const other = await accounts.ensureTenant(`other accounts ${count}`, false)
      expect(await accounts.listKeys(other.id)).toEqual([])
      expect(await accounts.revokeKey(other.id, id)).toBe(false)
      expect(await accounts.revokeKey(tenant, id)).toBe(true)
      expect(await accounts.revokeKey(tenant, id)).toBe(false)
      expect(await accounts.callerByKey(secret)).toBeNull()
    })

    test('what is no key proves nothing', async () => {
      for (const secret of ['', 'gw_', "' or 1=1", 'x\0y', 'gw_'.padEnd(46, 'A')]) {
        expect(await storage.accounts.callerByKey(secret)).toBeNull()
        expect(await storage.accounts.callerBySession(secret)).toBeNull()
        expect(await storage.accounts.signIn({ token: secret })).toBeNull()
      }
    })

    test('a password opens a session, which ends by signing out or after its hours', async () => {
      const { accounts } = storage
      await accounts.createUser(tenant, user(), 'analyst', 'correct horse')
      expect(await accounts.signIn({ user: user(), password: 'wrong' })).toBeNull()
      expect(await accounts.signIn({ user: 'nobody', password: 'correct horse' })).toBeNull()
      expect(await accounts.signIn({ user: '\0', password: '' })).toBeNull()
      const session = await accounts.signIn({
        user: user().toUpperCase(),
        password: 'correct horse',
      })
      expect(await accounts.callerBySession(session ?? '')).toMatchObject({
        tenant,
        role: 'analyst',
        name: user(),
      })
      await accounts.signOut(session ?? '')
      expect(await accounts.callerBySession(session ?? '')).toBeNull()
      const second = await accounts.signIn({ user: user(), password: 'correct horse' })
      now += SESSION_HOURS * 3_600_000
      expect(await accounts.callerBySession(second ?? '')).toBeNull()
    })

    test('a one-time link works once, and not after its minutes', async () => {
      const { accounts } = storage
      await accounts.createUser(tenant, user(), 'admin', null)
      expect(await accounts.signIn({ user: user(), password: '' })).toBeNull()
      const token = await accounts.createSignInToken(tenant, user(), 10)
      expect(await accounts.callerBySession(token)).toBeNull()
      const session = await accounts.signIn({ token })
      expect(await accounts.callerBySession(session ?? '')).toMatchObject({ name: user() })
      expect(await accounts.signIn({ token })).toBeNull()
      const late = await accounts.createSignInToken(tenant, user(), 10)
      now += 10 * 60_000
      expect(await accounts.signIn({ token: late })).toBeNull()
      await expect(accounts.createSignInToken(tenant, 'nobody', 10)).rejects.toThrow(/nobody/)
    })

    test('a session cannot be used as a link', async () => {
      const { accounts } = storage
      await accounts.createUser(tenant, user(), 'viewer', 'correct horse')
      const session = await accounts.signIn({ user: user(), password: 'correct horse' })
      expect(await accounts.signIn({ token: session ?? '' })).toBeNull()
      expect(await accounts.callerBySession(session ?? '')).not.toBeNull()
    })

    test('a new password ends the sessions of the old one; a removed person has none', async () => {
      const { accounts } = storage
      await accounts.createUser(tenant, user(), 'viewer', 'first one')
      const session = await accounts.signIn({ user: user(), password: 'first one' })
      expect(await accounts.setPassword(tenant, user(), 'second one')).toBe(true)
      expect(await accounts.callerBySession(session ?? '')).toBeNull()
      expect(await accounts.signIn({ user: user(), password: 'first one' })).toBeNull()
      const next = await accounts.signIn({ user: user(), password: 'second one' })
      expect(await accounts.removeUser(tenant, user())).toBe(true)
      expect(await accounts.callerBySession(next ?? '')).toBeNull()
      expect(await accounts.removeUser(tenant, user())).toBe(false)
      expect(await accounts.setPassword(tenant, user(), 'third')).toBe(false)
    })

    test('a name is taken once, whatever its case, across tenants; people are listed by tenant', async () => {
      const { accounts } = storage
      await accounts.createUser(tenant, user(), 'viewer', null)
      const other = await accounts.ensureTenant(`taken ${count}`, false)
      await expect(
        accounts.createUser(other.id, user().toUpperCase(), 'admin', null),
      ).rejects.toThrow(/taken/)
      expect(await accounts.listUsers(tenant)).toEqual([
        { name: user(), role: 'viewer', created: now },
      ])
      expect(await accounts.listUsers(other.id)).toEqual([])
      expect(await accounts.setPassword(other.id, user(), 'mine now')).toBe(false)
      expect(await accounts.removeUser(other.id, user())).toBe(false)
    })
  })
}
