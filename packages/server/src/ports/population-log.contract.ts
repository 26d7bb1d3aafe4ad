import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Storage } from './storage.ts'
import type { Batch, TenantId } from './store.ts'

/** What every population log promises. `open` gives an empty storage and how to close it. */
export function testPopulationLog(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} population log`, () => {
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
      tenant = (await storage.accounts.ensureTenant(`log ${count}`, false)).id
    })

    const transact = <T>(work: (batch: Batch) => Promise<T>) => storage.store.transact(tenant, work)

    test('each delta has the next number of its writer, and is read once by who holds the ones before', async () => {
      const first = await transact((batch) => batch.appendDelta(Uint8Array.of(1)))
      const second = await transact((batch) => batch.appendDelta(Uint8Array.of(2)))
      const all = await storage.populationLog.since(tenant, new Map())
      expect(all?.map(({ body }) => [...body])).toEqual([[1], [2]])
      const rest = await storage.populationLog.since(
        tenant,
        new Map([[first.writer, first.number]]),
      )
      expect(rest?.map(({ writer, number }) => ({ writer, number }))).toEqual([second])
    })

    test('each tenant counts its deltas from 1', async () => {
      await transact((batch) => batch.appendDelta(Uint8Array.of(1)))
      const other = (await storage.accounts.ensureTenant(`counts ${count}`, false)).id
      const mark = await storage.store.transact(other, (batch) =>
        batch.appendDelta(Uint8Array.of(2)),
      )
      expect(mark.number).toBe(1)
      expect(await storage.populationLog.since(other, new Map())).toHaveLength(1)
    })

    test('a transaction that fails leaves no gap in the numbers', async () => {
      const first = await transact((batch) => batch.appendDelta(Uint8Array.of(1)))
      await transact(async (batch) => {
        await batch.appendDelta(Uint8Array.of(9))
        throw new Error('no')
      }).catch(() => {})
      const second = await transact((batch) => batch.appendDelta(Uint8Array.of(2)))
      expect(second).toEqual({ writer: first.writer, number: first.number + 1 })
    })

    test('a snapshot holds its deltas, and is not replaced by one that holds fewer', async () => {
      const mark = await transact((batch) => batch.appendDelta(Uint8Array.of(1)))
      const { populationLog } = storage
      const marks = new Map([[mark.writer, mark.number]])
      expect(await populationLog.snapshot(tenant)).toBeNull()
      expect(await populationLog.save(tenant, { body: Uint8Array.of(7), marks }, 0)).toBe(true)
      const poorer = { body: Uint8Array.of(8), marks: new Map() }
      expect(await populationLog.save(tenant, poorer, 0)).toBe(false)
      const stored = await populationLog.snapshot(tenant)
      expect([...(stored?.body ?? [])]).toEqual([7])
      expect(stored?.marks).toEqual(marks)
    })

    test('who lags behind dropped deltas is told to start from the snapshot', async () => {
      const mark = await transact((batch) => batch.appendDelta(Uint8Array.of(1)))
      const marks = new Map([[mark.writer, mark.number]])
      await storage.populationLog.save(tenant, { body: Uint8Array.of(7), marks }, -1)
      expect(await storage.populationLog.since(tenant, new Map())).toBeNull()
      expect(await storage.populationLog.since(tenant, marks)).toEqual([])
    })
  })
}
