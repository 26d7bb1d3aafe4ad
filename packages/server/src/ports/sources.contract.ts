import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewSource } from './sources.ts'
import type { Storage } from './storage.ts'
import type { TenantId } from './store.ts'

/** What every place for sources promises. */
export function testSources(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} sources`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let tenant: TenantId
    beforeAll(async () => {
      ;({ storage, close } = await open())
      tenant = (await storage.accounts.ensureTenant('sources', false)).id
    })
    afterAll(() => close())
    const okta: NewSource = { name: 'okta', kind: 'okta', sealed: Uint8Array.of(7), added: 5 }

    test('are added once under a name, listed by it, found, removed, and of one tenant', async () => {
      const { sources, accounts } = storage
      const { id: other } = await accounts.ensureTenant('no sources', false)
      expect(await sources.add(tenant, { ...okta, name: 'z' })).toBe(true)
      expect(await sources.add(tenant, okta)).toBe(true)
      expect(await sources.add(tenant, { ...okta, kind: 'duo' })).toBe(false)
      expect((await sources.list(tenant)).map((one) => one.name)).toEqual(['okta', 'z'])
      expect(await sources.find(tenant, 'okta')).toEqual({
        ...okta,
        sealed: expect.any(Uint8Array),
        positions: {},
        held_until: 0,
        last_read: null,
        last_event: null,
        events: 0,
        unmapped: 0,
        refused: 0,
        error: null,
      })
      expect([...((await sources.find(tenant, 'okta'))?.sealed ?? [])]).toEqual([7])
      expect(await sources.find(other, 'okta')).toBeNull()
      expect(await sources.list(other)).toEqual([])
      expect(await sources.remove(other, 'okta')).toBe(false)
      expect(await sources.remove(tenant, 'z')).toBe(true)
      expect(await sources.remove(tenant, 'z')).toBe(false)
      expect(await sources.tenants()).toContain(tenant)
      expect(await sources.tenants()).not.toContain(other)
    })

    test('are read by one at a time: whoever holds one keeps positions, nobody else', async () => {
      const { sources } = storage
      const held = [
        sources.hold(tenant, 'okta', 'a', 100, 200),
        sources.hold(tenant, 'okta', 'b', 100, 200),
      ]
      expect((await Promise.all(held)).toSorted()).toEqual([false, true])
      const [first, second] = (await held[0]) ? ['a', 'b'] : ['b', 'a']
      expect(await sources.hold(tenant, 'okta', first, 150, 300)).toBe(true)
      expect(await sources.hold(tenant, 'okta', second, 299, 400)).toBe(false)
      const position = { from: 1, next: 'https://x', newest: 2 }
      expect(await sources.keep(tenant, 'okta', first, 'log', position)).toBe(true)
      expect(await sources.keep(tenant, 'okta', first, '__proto__', { from: 9, newest: 9 })).toBe(
        true,
      )
      expect(await sources.keep(tenant, 'okta', second, 'log', { from: 0, newest: 0 })).toBe(false)
      const kept = (await sources.find(tenant, 'okta'))?.positions ?? {}
      expect(Object.entries(kept).toSorted()).toEqual([
        ['__proto__', { from: 9, newest: 9 }],
        ['log', position],
      ])
      expect(await sources.hold(tenant, 'okta', second, 301, 400)).toBe(true)
      expect(await sources.keep(tenant, 'okta', first, 'log', { from: 0, newest: 0 })).toBe(false)
      expect(await sources.hold(tenant, 'nothing', 'a', 0, 1)).toBe(false)
    })

    test('are noted: counts add up, the latest event stays, an error goes when it goes well', async () => {
      const { sources } = storage
      const error = 'systemLog: 401 a \0 b'
      await Promise.all([
        sources.note(tenant, 'okta', { events: 2, unmapped: 1, last_event: 50, error }),
        sources.note(tenant, 'okta', { events: 3, refused: 1, last_event: 40 }),
      ])
      const first = await sources.find(tenant, 'okta')
      expect(first).toMatchObject({ events: 5, unmapped: 1, refused: 1, last_event: 50 })
      expect(first?.error).toContain('systemLog: 401')
      await sources.note(tenant, 'okta', { last_read: 70, error: null })
      const then = await sources.find(tenant, 'okta')
      expect(then).toMatchObject({ events: 5, last_event: 50, last_read: 70, error: null })
    })
  })
}
