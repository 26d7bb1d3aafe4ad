import type { Comparison, ModelCard } from '@gatewatch/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ModelChange, ModelLog, StoredModels } from './model-log.ts'
import type { Storage } from './storage.ts'
import type { TenantId } from './store.ts'

/** The card of a version that was made of nothing. */
export const EMPTY_CARD: ModelCard = {
  seed: 1,
  fitted: { events: 0, settled: 0 },
  window: { from: 0, until: 0 },
  samples: { ordinary: 0, uncommon: 0, judged: 0, rehearsals: 0 },
  members: [],
  head: 'shipped',
  features: [],
  statistics: [],
  score: null,
  novelty: {},
}

/** Two versions that say the same of one sign-in. */
export const EQUAL: Comparison = {
  from: 1,
  until: 2,
  scored: 1,
  sign_ins: 1,
  held_out: true,
  promised: 0.003,
  flagged: { active: 0, candidate: 0 },
  agreement: 1,
  shift: 0,
  broken: { active: 0, candidate: 0 },
  confirmed: { count: 0, active: 0, candidate: 0 },
  safe: { count: 0, active: 0, candidate: 0 },
  strangers: { count: 0, active: null, candidate: null },
  line: { known: 5, newcomers: 7 },
}

const me = { by: 'a test', reason: 'it is asked for' }

/** Puts models into the registry and makes them the active ones. */
export async function activate(
  log: ModelLog,
  tenant: TenantId,
  { version, body }: StoredModels,
  comparison: Comparison = EQUAL,
): Promise<void> {
  const parent = await log.activeVersion(tenant)
  await log.change(tenant, async () => ({
    kind: 'shadow',
    version,
    body,
    card: EMPTY_CARD,
    parent,
    ...me,
  }))
  await log.change(tenant, async () => ({ kind: 'promote', version, comparison, ...me }))
}

/** What every registry of fitted models promises. `open` gives an empty storage and how to close it. */
export function testModelLog(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} model log`, () => {
    let storage: Storage
    let log: ModelLog
    let close: () => Promise<void>
    let tenant: TenantId
    let count = 0
    beforeAll(async () => {
      ;({ storage, close } = await open())
      log = storage.modelLog
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
    const shadow = (version: number): ModelChange => ({
      kind: 'shadow',
      ...models(version),
      card: { ...EMPTY_CARD, seed: version },
      parent: 1,
      ...me,
    })
    const change = (one: ModelChange | null) => log.change(tenant, async () => one)
    const states = async () =>
      (await log.versions(tenant)).map(({ version, state }) => `${version} ${state}`)

    test('has nothing before the first fit, and what ships is active until one is promoted', async () => {
      expect([await log.active(tenant), await log.versions(tenant)]).toEqual([null, []])
      expect(await log.activeVersion(tenant)).toBe(1)
      expect(await change(shadow(1000))).toBe(true)
      expect(await log.active(tenant)).toBeNull()
      expect(await change({ kind: 'promote', version: 1000, comparison: EQUAL, ...me })).toBe(true)
      expect(await log.activeVersion(tenant)).toBe(1000)
      const active = await log.active(tenant)
      expect(active?.version).toBe(1000)
      expect(Uint8Array.from(active?.body ?? [])).toEqual(models(1000).body)
    })

    test('says of each version what it was made of, what it took over from, and who decided why', async () => {
      await activate(log, tenant, models(7))
      await change({ ...shadow(9), reason: 'it was time' })
      await change({ kind: 'promote', version: 9, comparison: EQUAL, by: 'ada', reason: 'better' })
      const [newest, before] = await log.versions(tenant)
      expect(newest).toMatchObject({
        version: 9,
        state: 'active',
        parent: 1,
        replaced: 7,
        by: 'ada',
        reason: 'better',
        comparison: EQUAL,
        card: { seed: 9, fitted: { events: 0, settled: 0 } },
        outcomes: { judged: 0, challenged: 0, alerted: 0 },
      })
      expect(newest?.decided).toBeGreaterThan(0)
      expect(before).toMatchObject({ version: 7, state: 'retired', replaced: 1 })
      expect(await log.notes(tenant, 2)).toMatchObject([
        { version: 9, change: 'promoted', by: 'ada', reason: 'better' },
        { version: 9, change: 'fitted', by: 'a test', reason: 'it was time' },
      ])
    })

    test('retires a version in shadow that another overtakes, and keeps a refused one out', async () => {
      await change(shadow(5))
      await change(shadow(6))
      await change({ kind: 'refuse', version: 6, comparison: null, by: 'it', reason: 'worse' })
      expect(await states()).toEqual(['6 refused', '5 retired'])
      expect(await log.activeVersion(tenant)).toBe(1)
      expect((await log.notes(tenant, 1))[0]).toMatchObject({ change: 'refused', reason: 'worse' })
    })

    test('rolls back to the version that was replaced, and from the first to what ships', async () => {
      await activate(log, tenant, models(20))
      await activate(log, tenant, models(30))
      expect(await change({ kind: 'roll_back', version: 30, by: 'ada', reason: 'bad' })).toBe(true)
      expect(await states()).toEqual(['30 refused', '20 active'])
      expect((await log.active(tenant))?.version).toBe(20)
      expect((await log.versions(tenant))[0]).toMatchObject({ by: 'ada', reason: 'bad' })
      expect(await change({ kind: 'roll_back', version: 20, ...me })).toBe(true)
      expect(await log.active(tenant)).toBeNull()
      expect(await states()).toEqual(['30 refused', '20 refused'])
    })

    test('rolls back to no version that was rolled back, so that two never take turns', async () => {
      await activate(log, tenant, models(2))
      await activate(log, tenant, models(3))
      await activate(log, tenant, models(4))
      await change({ kind: 'promote', version: 3, comparison: EQUAL, ...me })
      const active: number[] = []
      for (const version of [3, 4]) {
        await change({ kind: 'roll_back', version, ...me })
        active.push(await log.activeVersion(tenant))
      }
      expect(active).toEqual([4, 1])
      expect(await states()).toEqual(['4 refused', '3 refused', '2 retired'])
    })

    test('makes an older version active again where somebody asks for it', async () => {
      await activate(log, tenant, models(2))
      await activate(log, tenant, models(3))
      await change({ kind: 'promote', version: 2, comparison: EQUAL, ...me })
      expect(await states()).toEqual(['3 retired', '2 active'])
      expect((await log.versions(tenant)).at(-1)?.replaced).toBe(3)
    })

    test('hands the newest, the active one and those in shadow to the work', async () => {
      for (const version of [10, 20, 30]) await activate(log, tenant, models(version))
      await change(shadow(40))
      await change({ kind: 'refuse', version: 40, comparison: null, ...me })
      let seen: readonly string[] = []
      expect(
        await log.change(tenant, async (current) => {
          seen = current.map(({ version, state }) => `${version} ${state}`)
          return null
        }),
      ).toBe(false)
      expect(seen).toEqual(['40 refused', '30 active'])
      expect((await log.current(tenant)).map(({ version }) => version)).toEqual([40, 30])
    })

    test('adds up outcomes of a version, and counts them anew when it is promoted again', async () => {
      await activate(log, tenant, models(4))
      const some = { judged: 10, challenged: 2, alerted: 1 }
      await Promise.all([log.count(tenant, 4, some), log.count(tenant, 4, some)])
      await log.count(tenant, 999, some)
      const outcomes = async () => (await log.current(tenant))[0]?.outcomes
      expect(await outcomes()).toEqual({ judged: 20, challenged: 4, alerted: 2 })
      await change({ kind: 'promote', version: 4, comparison: EQUAL, ...me })
      expect(await outcomes()).toEqual({ judged: 0, challenged: 0, alerted: 0 })
    })

    test('keeps one tenant’s models from another', async () => {
      await activate(log, tenant, models(10))
      const other = (await storage.accounts.ensureTenant(`models of others ${count}`, false)).id
      expect([await log.active(other), await log.at(other, 10)]).toEqual([null, null])
      expect([await log.versions(other), await log.notes(other, 9)]).toEqual([[], []])
      const theft: ModelChange = { kind: 'promote', version: 10, comparison: EQUAL, ...me }
      await expect(log.change(other, async () => theft)).rejects.toThrow('no version 10')
      await log.count(other, 10, { judged: 5, challenged: 5, alerted: 5 })
      expect((await log.current(tenant))[0]?.outcomes.judged).toBe(0)
    })

    test('stores nothing of a version that is there already', async () => {
      await activate(log, tenant, models(50))
      await expect(change(shadow(50))).rejects.toThrow()
      expect(await states()).toEqual(['50 active'])
    })

    test('lets one change at a time, and the next one in when it is done or failed', async () => {
      const begun = Promise.withResolvers<void>()
      const end = Promise.withResolvers<void>()
      const first = log.change(tenant, async () => {
        begun.resolve()
        await end.promise
        throw new Error('no luck')
      })
      await begun.promise
      expect(await change(shadow(7))).toBe(false)
      end.resolve()
      await expect(first).rejects.toThrow('no luck')
      expect(await change(shadow(7))).toBe(true)
    })

    test('keeps the newest hundred, the active one and the one it replaced', async () => {
      await activate(log, tenant, models(1001))
      await activate(log, tenant, models(1002))
      for (let version = 1003; version <= 1120; version++) await change(shadow(version))
      const kept = await log.versions(tenant)
      expect(kept.length).toBeGreaterThanOrEqual(102)
      expect((await log.active(tenant))?.version).toBe(1002)
      expect((await log.at(tenant, 1001))?.version).toBe(1001)
    })
  })
}
