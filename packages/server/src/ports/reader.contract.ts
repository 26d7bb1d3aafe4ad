import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOON, type SampleJudgement, sampleJudged } from './samples.contract.ts'
import type { Storage } from './storage.ts'
import type { TenantId } from './store.ts'

const HOUR = 3_600_000

/** What every reader promises. `open` gives an empty storage whose clock stands at NOON, and how to close it. */
export function testReader(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} reader`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let tenant: TenantId

    async function record(samples: readonly SampleJudgement[]): Promise<void> {
      const judged = samples.map(sampleJudged)
      await storage.store.transact(tenant, async (batch) => {
        const keys = [...new Set(judged.map(({ arriving }) => arriving.entity.key))]
        const locked = await batch.lock(new Map(keys.map((key) => [key, 0])))
        await batch.claim(judged.map(({ arriving }) => arriving))
        await batch.writeEvents(judged)
        await batch.writeProfiles(
          keys.map((key) => {
            const last = judged.filter(({ arriving }) => arriving.entity.key === key).at(-1)
            const revision = locked.get(key)?.revision ?? 0
            const entity = last?.arriving.entity ?? { key, name: key, class: 'human' as const }
            const lastTime = last?.arriving.event.time ?? 0
            return { entity, revision, body: Uint8Array.of(1), lastTime }
          }),
        )
        const drafts = judged.filter(({ alert }) => alert !== null)
        if (drafts.length > 0) await batch.raise(drafts)
      })
    }

    beforeAll(async () => {
      ;({ storage, close } = await open())
      tenant = (await storage.accounts.ensureTenant('reader', true)).id
      await record(
        Array.from({ length: 25 }, (_, n) => ({
          uid: `e${n}`,
          user: n % 5 === 0 ? 'bob' : 'ada',
          // Pairs share a time, so that pages must go by more than the time.
          time: NOON - Math.floor(n / 2) * HOUR,
          risk: n === 7 ? 80 : n === 9 ? 55 : 10,
        })),
      )
      await record([
        {
          uid: 'x',
          user: 'eve',
          time: NOON - HOUR,
          risk: 96,
          decision: 'deny',
          group: 'x',
          severity: 'high',
        },
        {
          uid: 'y',
          user: 'eve',
          time: NOON - 2 * HOUR,
          risk: 70,
          decision: 'challenge',
          group: 'y',
        },
        { uid: 'z', user: 'ada', time: NOON, risk: 76, decision: 'challenge', group: 'z' },
      ])
    })
    afterAll(() => close())

    async function allPages(limit: number): Promise<string[]> {
      const uids: string[] = []
      let cursor: string | undefined
      do {
        const page = await storage.reader.events(tenant, {
          limit,
          ...(cursor === undefined ? {} : { cursor }),
        })
        uids.push(...page.events.map(({ uid }) => uid))
        cursor = page.next_cursor
      } while (cursor !== undefined)
      return uids
    }

    test.each([1, 2, 3, 7, 28, 500])(
      'pages of %i give every event once, newest first',
      async (limit) => {
        const uids = await allPages(limit)
        expect(uids).toHaveLength(28)
        expect(new Set(uids).size).toBe(28)
        expect(uids).toEqual(await allPages(28))
      },
    )

    test('events are filtered by identity, kind, risk and time', async () => {
      const uids = async (query: object) =>
        (await storage.reader.events(tenant, { limit: 50, ...query })).events.map(({ uid }) => uid)
      expect((await uids({ entity: 'user:bob' })).sort()).toEqual(['e0', 'e10', 'e15', 'e20', 'e5'])
      expect((await uids({ min_risk: 75 })).sort()).toEqual(['e7', 'x', 'z'])
      expect((await uids({ min_risk: 20 })).sort()).toEqual(['e7', 'e9', 'x', 'y', 'z'])
      expect(await uids({ kind: 'api_activity' })).toEqual([])
      expect((await uids({ from: NOON })).sort()).toEqual(['e0', 'e1', 'z'])
      expect((await uids({ from: NOON - HOUR, to: NOON })).sort()).toEqual(['e2', 'e3', 'x'])
    })

    test('events are found by the values they are counted by, and by address', async () => {
      const uids = async (query: object) =>
        (await storage.reader.events(tenant, { limit: 50, ...query })).events.map(({ uid }) => uid)
      expect(await uids({ decision: 'deny' })).toEqual(['x'])
      expect((await uids({ decision: 'challenge', country: 'SE' })).sort()).toEqual(['y', 'z'])
      expect(await uids({ country: 'NO' })).toEqual([])
      expect(await uids({ outcome: 'failure' })).toEqual([])
      expect(await uids({ network: 'unknown', class: 'human', operation: 'login' })).toHaveLength(
        28,
      )
      expect(await uids({ ip: '192.0.2.7' })).toHaveLength(28)
      expect(await uids({ ip: '192.0.2.8' })).toEqual([])
    })

    test('events are counted by value and over time, as far as the query goes', async () => {
      const from = NOON - 23 * HOUR
      const all = await storage.reader.facets(tenant, { from, to: NOON + HOUR })
      expect(all).toMatchObject({ counted: 28, complete: true, step: 15 * 60_000 * 4 })
      expect(all.facets.decision).toEqual([
        { value: 'allow', events: 25 },
        { value: 'challenge', events: 2 },
        { value: 'deny', events: 1 },
      ])
      expect(all.facets.network).toEqual([{ value: 'unknown', events: 28 }])
      expect(all.times.reduce((sum, { events }) => sum + events, 0)).toBe(28)
      expect(all.times.at(-1)).toEqual({ time: NOON, events: 3, high_risk: 1 })
      const some = await storage.reader.facets(tenant, { from, to: NOON, entity: 'user:eve' })
      expect(some.counted).toBe(2)
      expect(some.facets.decision?.map(({ value }) => value)).toEqual(['challenge', 'deny'])
    })

    test('an event of a list says where, what and why', async () => {
      const { events } = await storage.reader.events(tenant, { limit: 1, min_risk: 95 })
      expect(events).toEqual([
        {
          uid: 'x',
          time: NOON - HOUR,
          entity: 'user:eve',
          entity_name: 'eve',
          kind: 'authentication',
          activity: 'login',
          outcome: 'success',
          source: 'canonical',
          class: 'human',
          network: 'unknown',
          ip: '192.0.2.7',
          country: 'SE',
          city: 'Uppsala',
          lat: 59.86,
          long: 17.64,
          score: 9.6,
          risk: 96,
          decision: 'deny',
          reasons: [{ code: 'country', points: 9.6, text: 'risk 96' }],
        },
      ])
    })

    test('a cursor that no page gave is refused by name', async () => {
      const query = { limit: 10, cursor: 'nonsense' }
      await expect(storage.reader.events(tenant, query)).rejects.toThrow(/cursor/)
      await expect(storage.reader.alerts(tenant, query)).rejects.toThrow(/cursor/)
    })

    test('alerts come newest first, in pages, filtered by severity, status and identity', async () => {
      const { reader } = storage
      const first = await reader.alerts(tenant, { limit: 2 })
      expect(first.total_open).toBe(3)
      expect(first.alerts.map(({ title }) => title)).toEqual(['Group z', 'Group x'])
      expect(first.alerts[0]?.demo).toBe(true)
      const cursor = first.next_cursor ?? ''
      const rest = await reader.alerts(tenant, { limit: 2, cursor })
      expect(rest.alerts.map(({ title }) => title)).toEqual(['Group y'])
      expect(rest.next_cursor).toBeUndefined()
      const titles = async (query: object) =>
        (await reader.alerts(tenant, { limit: 10, ...query })).alerts.map(({ title }) => title)
      expect(await titles({ severity: 'high' })).toEqual(['Group x'])
      expect(await titles({ entity: 'user:eve' })).toEqual(['Group x', 'Group y'])
      expect(await titles({ status: 'closed' })).toEqual([])
    })

    test('alerts are sorted and searched, in pages as well', async () => {
      const { reader } = storage
      const titles = async (query: object) => {
        const found: string[] = []
        let cursor: string | undefined
        do {
          const page = await reader.alerts(tenant, {
            limit: 1,
            ...query,
            ...(cursor === undefined ? {} : { cursor }),
          })
          found.push(...page.alerts.map(({ title }) => title))
          cursor = page.next_cursor
        } while (cursor !== undefined)
        return found
      }
      expect(await titles({ sort: 'oldest' })).toEqual(['Group y', 'Group x', 'Group z'])
      expect(await titles({ sort: 'severity' })).toEqual(['Group x', 'Group z', 'Group y'])
      expect(await titles({ search: 'GROUP Y' })).toEqual(['Group y'])
      expect(await titles({ search: 'user:eve', sort: 'oldest' })).toEqual(['Group y', 'Group x'])
      expect(await titles({ search: '100%' })).toEqual([])
    })

    test('an alert has its event whole; what is no id of one is none', async () => {
      const { alerts } = await storage.reader.alerts(tenant, { limit: 1, entity: 'user:ada' })
      const found = await storage.reader.alert(tenant, alerts[0]?.id ?? '')
      expect(found?.alert.event.uid).toBe('z')
      expect(found?.alert.context.place?.country).toBe('SE')
      expect(found?.alert.runbook).toBe('Ask.')
      for (const id of ['', 'nothing', 'f'.repeat(32), "'; drop table alert"]) {
        expect(await storage.reader.alert(tenant, id)).toBeNull()
      }
    })

    test('an identity comes with its profile, its newest events first, and its open alerts', async () => {
      const found = await storage.reader.entity(tenant, 'user:eve')
      expect(found?.entity).toEqual({ key: 'user:eve', name: 'eve', class: 'human' })
      expect([...(found?.profile ?? [])]).toEqual([1])
      expect(found?.recent.map(({ event }) => event.uid)).toEqual(['x', 'y'])
      expect(found?.openAlerts).toBe(2)
      expect(await storage.reader.entity(tenant, 'user:nobody')).toBeNull()
    })

    test('identities are found by part of key or name, without regard to case; % and _ are letters', async () => {
      const keys = async (search?: string) =>
        (
          await storage.reader.entities(tenant, {
            limit: 10,
            ...(search === undefined ? {} : { search }),
          })
        ).map(({ entity }) => entity.key)
      expect((await keys()).sort()).toEqual(['user:ada', 'user:bob', 'user:eve'])
      expect(await keys('AD')).toEqual(['user:ada'])
      expect(await keys('%')).toEqual([])
      expect(await keys('us_r')).toEqual([])
    })

    test('what raised the risk of an identity is listed, newest first', async () => {
      const contributions = await storage.reader.riskContributions(tenant, 'user:eve')
      expect(contributions).toEqual([
        { uid: 'x', time: NOON - HOUR, code: 'country', text: 'risk 96', points: 9.6, now: 9.6 },
        { uid: 'y', time: NOON - 2 * HOUR, code: 'country', text: 'risk 70', points: 7, now: 7 },
      ])
      expect(await storage.reader.riskContributions(tenant, 'user:bob')).toEqual([])
    })

    test('alerts, findings and answers are counted from a time on', async () => {
      const { reader } = storage
      const titles = async (since: number) =>
        (await reader.alertsSince(tenant, since)).map(({ title }) => title)
      expect(await titles(NOON - HOUR)).toEqual(['Group z', 'Group x'])
      expect(await titles(NOON + 1)).toEqual([])
      expect(await reader.findings(tenant, NOON - HOUR)).toEqual({
        events: 6,
        codes: [{ code: 'country', events: 2, entities: 2 }],
      })
      expect(await reader.answers(tenant, 0)).toEqual([])
    })

    test('the overview counts', async () => {
      const overview = await storage.reader.overview(tenant, NOON)
      expect(overview).toMatchObject({
        events_total: 28,
        events_24h: 28,
        entities_total: 3,
        open_alerts: { low: 0, medium: 2, high: 1, critical: 0 },
        decisions_24h: { allow: 25, challenge: 2, deny: 1 },
        sources: [{ format: 'canonical', events: 28, last_event: NOON }],
        places: [
          { lat: 59.9, long: 17.6, city: 'Uppsala', country: 'SE', events: 28, max_risk: 96 },
        ],
        dead_letters: 0,
      })
      expect(overview.compared).toEqual({
        day_before: { events: 0, high_risk: 0 },
        week_before: { events: 0, high_risk: 0 },
      })
      const later = await storage.reader.overview(tenant, NOON + 24 * HOUR)
      expect(later.compared.day_before).toEqual({ events: 28, high_risk: 3 })
      const muchLater = await storage.reader.overview(tenant, NOON + 168 * HOUR)
      expect(muchLater.compared.week_before).toEqual({ events: 28, high_risk: 3 })
      expect(overview.hours).toHaveLength(24)
      expect(overview.hours.at(-1)).toEqual({
        time: NOON,
        events: 3,
        authentications: 3,
        failures: 0,
        max_risk: 76,
        high_risk: 1,
      })
      expect(overview.top_entities.map(({ entity }) => entity)).toEqual(['user:ada', 'user:eve'])
      expect(overview.top_entities[1]).toMatchObject({ entity_name: 'eve', alerts: 2 })
    })
  })
}
