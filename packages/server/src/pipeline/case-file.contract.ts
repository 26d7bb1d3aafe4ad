import { decodePopulation, encodeModels, refit } from '@gatewatch/engine'
import { OPTIONAL_MEMBERS } from '@gatewatch/engine/lab'
import { beforeAll, describe, expect, test } from 'vitest'
import { activate } from '../ports/model-log.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { alertingFrom } from '../ports/tunings.contract.ts'
import { replayAlert } from './case-file.ts'
import { attackedHistory, chunks, visitedHistory, WORLD_END } from './history.contract.ts'
import { createPipeline } from './pipeline.ts'

const HASH_KEY = new Uint8Array(16).fill(7)

/** What case files promise, over any storage. */
export function testCaseFiles(
  name: string,
  open: (now: number) => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`case files on ${name}`, () => {
    let storage: Storage
    const accounts = { tenant: async () => ({ name: 'any', hashKey: HASH_KEY, demo: false }) }

    beforeAll(async () => {
      const opened = await open(WORLD_END)
      storage = opened.storage
      return async () => opened.close()
    })

    const start = (alertAt: number) =>
      createPipeline({
        ...storage,
        accounts,
        clock: () => WORLD_END,
        tunings: alertingFrom(alertAt),
        onError: (error) => expect.unreachable(String(error)),
      })
    async function play(tenant: TenantId, events: readonly ArrivingEvent[], size: number) {
      const pipeline = start(40)
      for (const chunk of chunks(events, size)) await pipeline.publish(tenant, chunk)
      await pipeline.close()
    }
    const tenantOf = async (purpose: string) =>
      (await storage.accounts.ensureTenant(purpose, false)).id
    const alertsOf = async (tenant: TenantId) =>
      (await storage.reader.alerts(tenant, { limit: 500 })).alerts
    const replay = (tenant: TenantId, id: string) =>
      replayAlert({ ...storage, accounts }, tenant, id)

    test('an alert is judged again to the bit after the organisation, the identity and the models have moved on', async () => {
      const tenant = await tenantOf('moved on')
      const events = visitedHistory()
      await play(tenant, events.slice(0, 3_000), 500)
      const snapshot = await storage.populationLog.snapshot(tenant)
      const population = decodePopulation(snapshot?.body ?? new Uint8Array(), HASH_KEY)
      const models = refit(population, 4_321, 1, OPTIONAL_MEMBERS)
      expect(models.members.length).toBeGreaterThan(4)
      await activate(storage.modelLog, tenant, {
        version: models.version,
        body: encodeModels(models),
      })
      await play(tenant, events.slice(3_000, 3_100), 20)
      for (let more = 1; more <= 110; more++) {
        const version = models.version + more
        await activate(storage.modelLog, tenant, { version, body: encodeModels(models) })
      }
      await play(tenant, events.slice(3_100), 500)
      const versions = new Set<number>()
      let size = 0
      const alerts = await alertsOf(tenant)
      expect(alerts.length).toBeGreaterThan(3)
      for (const { id } of alerts) {
        const replayed = await replay(tenant, id)
        if (replayed?.kind !== 'replayed') throw new Error(JSON.stringify(replayed))
        expect([id, replayed.equal, replayed.verdict.risk]).toEqual([
          id,
          true,
          replayed.stored.risk,
        ])
        versions.add(replayed.models)
        size += (await storage.reader.alert(tenant, id))?.caseFile?.length ?? 0
      }
      // those that shipped, the one long followed by a hundred others, and the newest
      expect([...versions].sort((a, b) => a - b)).toEqual([1, 4_321, 4_431])
      expect(size / alerts.length).toBeLessThan(3_000)
    }, 60_000)

    test('what was judged again because an earlier event came late is shown and replayed as it was judged last', async () => {
      const tenant = await tenantOf('late')
      const attack = attackedHistory().filter(({ event }) => event.uid.startsWith('attack 3'))
      const usual = attackedHistory().filter(({ event }) => !event.uid.startsWith('attack'))
      await play(tenant, usual, 500)
      await play(tenant, attack.toReversed(), 1)
      const alerts = (await alertsOf(tenant)).filter(({ status }) => status === 'open')
      expect(alerts.length).toBeGreaterThan(0)
      let amended = 0
      for (const { id } of alerts) {
        const shown = await storage.reader.alert(tenant, id)
        if (shown?.alert.verdict.amended !== undefined) amended += 1
        expect(await replay(tenant, id)).toMatchObject({ kind: 'replayed', equal: true })
      }
      expect(amended).toBeGreaterThan(0)
    })

    test('what differs is said to differ, and what cannot be judged again says why', async () => {
      const tenant = await tenantOf('differs')
      await play(tenant, attackedHistory(), 500)
      const hashKey = Uint8Array.from({ length: 16 }, (_, n) => n * n)
      const another = { tenant: async () => ({ name: 'any', hashKey, demo: false }) }
      const equal = new Set<unknown>()
      const alerts = await alertsOf(tenant)
      // of an alert with many events of one batch only the one that is shown has a case
      expect(Math.max(...alerts.map(({ count }) => count))).toBeGreaterThan(1)
      for (const { id } of alerts) {
        expect(await replay(tenant, id)).toMatchObject({ kind: 'replayed', equal: true })
        const other = await replayAlert({ ...storage, accounts: another }, tenant, id)
        if (other?.kind === 'replayed') equal.add(other.equal)
      }
      expect(equal).toContain(false)
      expect(await replay(tenant, '0'.repeat(32))).toBeNull()
    })
  })
}
