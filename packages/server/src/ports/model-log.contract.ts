import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StoredModels } from './model-log.ts'
import type { Storage } from './storage.ts'
import type { TenantId } from './store.ts'

/** What every log of fitted models promises. `open` gives an empty storage and how to close it. */
export function testModelLog(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} model log`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let tenant: TenantId
    let count = 0
    beforeAll(async () => {
      ;({ storage, close } = await open())
    })
    afterAll(() => close())
    beforeEach(async () => {
      count += 1
      tenant = (await storage.accounts.ensureTenant(`models ${count}`, false)).id
    })

    const models = (version: number): StoredModels => ({
      version,
      body: Uint8Array.of(version & 255, 0, 255),
    })
    const train = (fitted: StoredModels | null) =>
      storage.modelLog.train(tenant, async () => fitted)

    test('has nothing before the first fit, and the newest after each', async () => {
      expect(await storage.modelLog.newest(tenant)).toBeNull()
      expect(await train(models(1000))).toEqual(models(1000))
      expect(await train(models(2500))).toEqual(models(2500))
      const newest = await storage.modelLog.newest(tenant)
      expect(newest?.version).toBe(2500)
      expect(Uint8Array.from(newest?.body ?? [])).toEqual(models(2500).body)
    })

    test('keeps one tenant’s models from another', async () => {
      await train(models(10))
      const other = await storage.accounts.ensureTenant(`models of others ${count}`, false)
      expect(await storage.modelLog.newest(other.id)).toBeNull()
    })

    test('hands the newest to the fit, and stores nothing that is not newer', async () => {
      await train(models(50))
      const seen: (number | undefined)[] = []
      const again = await storage.modelLog.train(tenant, async (newest) => {
        seen.push(newest?.version)
        return models(50)
      })
      expect(again).toBeNull()
      expect(seen).toEqual([50])
      expect(await train(null)).toBeNull()
    })

    test('lets one fit at a time, and the next one in when it is done or failed', async () => {
      const begun = Promise.withResolvers<void>()
      const end = Promise.withResolvers<void>()
      const first = storage.modelLog.train(tenant, async () => {
        begun.resolve()
        await end.promise
        throw new Error('no luck')
      })
      await begun.promise
      expect(await train(models(7))).toBeNull()
      end.resolve()
      await expect(first).rejects.toThrow('no luck')
      expect(await train(models(7))).toEqual(models(7))
    })
  })
}
