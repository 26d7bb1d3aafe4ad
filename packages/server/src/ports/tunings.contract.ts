import type { TuningVersion } from '@gatewatch/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOON, type SampleJudgement, sampleEvent, sampleJudged } from './samples.contract.ts'
import type { Storage } from './storage.ts'
import type { JudgedEvent, TenantId } from './store.ts'
import { SHIPPED_TUNING, type Tunings } from './tunings.ts'

/** Tunings of a suite in which alerts are raised from another risk on than any person may ask for. */
export function alertingFrom(alert_at: number): Tunings {
  const { tuning } = SHIPPED_TUNING
  const policy = { ...tuning.policy, alert_at }
  return {
    newest: async () => 0,
    at: async () => ({ ...SHIPPED_TUNING, tuning: { ...tuning, policy } }),
    history: async () => [],
    add: async () => false,
    hits: async () => new Map(),
  }
}

/** What every place for what is tuned promises. */
export function testTunings(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} tunings`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let tenant: TenantId
    beforeAll(async () => {
      ;({ storage, close } = await open())
      tenant = (await storage.accounts.ensureTenant('tuned', false)).id
    })
    afterAll(() => close())
    const version = (number: number, why = `reason ${number}`): TuningVersion => ({
      ...SHIPPED_TUNING,
      version: number,
      time: number,
      by: 'ada\0',
      change: `change ${number}`,
      why,
    })
    const note = { time: 1, by: 'ada\0', action: 'tune' as const, subject: 'version' }

    test('begin with what ships, and grow by one version at a time, of one tenant', async () => {
      const { tunings, accounts, reader } = storage
      const { id: other } = await accounts.ensureTenant('not tuned', false)
      expect(await tunings.newest(tenant)).toBe(0)
      expect(await tunings.at(tenant, 0)).toEqual(SHIPPED_TUNING)
      expect(await tunings.at(tenant, 1)).toBeNull()
      expect(await tunings.add(tenant, version(2), note)).toBe(false)
      const both = [tunings.add(tenant, version(1), note), tunings.add(tenant, version(1), note)]
      expect((await Promise.all(both)).toSorted()).toEqual([false, true])
      expect(await tunings.add(tenant, version(2), note)).toBe(true)
      expect(await tunings.newest(tenant)).toBe(2)
      expect(await tunings.at(tenant, 1)).toEqual(version(1))
      const history = await tunings.history(tenant, 1)
      expect(history.map(({ version: number, why }) => [number, why])).toEqual([[2, 'reason 2']])
      expect(history[0]).not.toHaveProperty('tuning')
      expect(await tunings.newest(other)).toBe(0)
      expect(await tunings.history(other, 10)).toEqual([])
      expect((await reader.audit(tenant, 10)).map(({ action }) => action)).toEqual(['tune', 'tune'])
      expect(await tunings.hits(tenant)).toEqual(new Map())
    })

    const hiding = { id: 'night', owner: 'ada', reason: 'a job', expires: NOON + 1 }
    const hidden = (uid: string, group: string, more: Partial<SampleJudgement> = {}) => ({
      ...sampleJudged({ uid, user: group, group, ...more }),
      suppressed: hiding,
    })
    const raise = (of: TenantId, judged: readonly JudgedEvent[]) =>
      storage.store.transact(of, async (batch) => {
        await batch.writeEvents(judged)
        return batch.gather(await batch.raise(judged), judged)
      })
    const listed = async (of: TenantId) =>
      (await storage.reader.alerts(of, { limit: 10 })).alerts.map(({ status }) => status)

    test('what is suppressed is stored and counted, belongs to its incident, and nobody is told', async () => {
      const { id: of } = await storage.accounts.ensureTenant('hidden', false)
      const [raised] = await raise(of, [hidden('a', 'g')])
      expect(raised).toMatchObject({ isNew: false, alert: { suppressed: hiding } })
      expect(raised?.tell).toBeUndefined()
      await raise(of, [hidden('b', 'g', { time: NOON + 5 })])
      expect(await listed(of)).toEqual(['suppressed'])
      const page = await storage.reader.alerts(of, { limit: 10, status: 'suppressed' })
      expect(page).toMatchObject({ total_open: 0, total_suppressed: 1, total_kept_back: 0 })
      expect(page.alerts[0]?.count).toBe(2)
      expect(await storage.tunings.hits(of)).toEqual(
        new Map([['night', { hits: 2, last_hit: NOON + 5 }]]),
      )
      expect((await storage.incidents.list(of, { limit: 10 })).incidents).toEqual([])
      const id = page.alerts[0]?.incident ?? ''
      expect((await storage.incidents.get(of, id))?.incident).toMatchObject({ hidden: true })
      const [told] = await raise(of, [sampleJudged({ uid: 'c', user: 'g', group: 'g' })])
      expect(told).toMatchObject({
        isNew: true,
        tell: 'raised',
        alert: { status: 'open', count: 3 },
      })
      expect(told?.alert).not.toHaveProperty('suppressed')
      expect((await storage.incidents.list(of, { limit: 10 })).total_open).toBe(1)
    })

    test('what a suppression hid that is not in effect any more is told of, by rank', async () => {
      const { id: of } = await storage.accounts.ensureTenant('unhidden', false)
      await raise(of, [hidden('a', 'g'), hidden('b', 'h', { risk: 90 }), hidden('c', 'i')])
      const unhide = (inEffect: readonly string[], since = NOON, perDay = 100) =>
        storage.store.transact(of, async (batch) =>
          batch.gather(await batch.unhide(inEffect, since, perDay), []),
        )
      expect(await unhide(['night'])).toEqual([])
      expect(await unhide([], NOON + 1)).toEqual([])
      const back = await unhide([], NOON, 1)
      expect(back.map(({ alert, tell }) => [alert.entity, alert.status, tell]).toSorted()).toEqual([
        ['user:g', 'kept_back', undefined],
        ['user:h', 'open', 'raised'],
        ['user:i', 'kept_back', undefined],
      ])
      expect((await listed(of)).toSorted()).toEqual(['kept_back', 'kept_back', 'open'])
      expect(await unhide([])).toEqual([])
    })

    test('an identity that is erased is named in no version any more', async () => {
      const { id: of } = await storage.accounts.ensureTenant('erased', false)
      const one = { ...version(1), why: 'for eve@example.com' }
      const match = { identity: 'user:eve@example.com' }
      const suppression = { ...hiding, match, created: 0 }
      const tuning = { ...one.tuning, suppressions: [suppression] }
      await storage.tunings.add(of, { ...one, tuning }, note)
      await storage.store.transact(of, async (batch) => {
        const erasing = { time: 1, by: 'me', action: 'erase_entity' as const, subject: 's' }
        await batch.lock(new Map([[match.identity, 0]]))
        await batch.erase(match.identity, erasing)
      })
      const left = await storage.tunings.at(of, 1)
      expect(JSON.stringify(left)).not.toContain('eve@example')
      expect(left).toMatchObject({
        why: 'for [erased]',
        tuning: { suppressions: [{ id: 'night' }] },
      })
    })

    test('past events come in pages, newest first: all, sign-ins, or those that were strange or alerted', async () => {
      const { id: of } = await storage.accounts.ensureTenant('past', false)
      await raise(of, [
        sampleJudged({ uid: 'a', group: 'g', risk: 20, time: NOON - 3 }),
        sampleJudged({ uid: 'b', group: 'h', risk: 80, time: NOON - 2 }),
      ])
      const quiet = ['c', 'd'].map((uid) => sampleJudged({ uid, time: NOON - 1 }))
      await storage.store.transact(of, (batch) => batch.writeEvents(quiet))
      const { reader } = storage
      const query = { from: NOON - 3, to: NOON, limit: 10 }
      const uids = async (which: 'all' | 'strange' | 'sign_ins', more: object = {}) =>
        (await reader.past(of, { ...query, which, ...more })).map(({ input }) => input.event.uid)
      expect((await uids('all')).toSorted()).toEqual(['a', 'b', 'c', 'd'])
      expect((await uids('sign_ins')).slice(2)).toEqual(['b', 'a'])
      expect(await uids('strange')).toEqual(['b', 'a'])
      expect(await uids('strange', { to: NOON - 2 })).toEqual(['a'])
      const [first] = await reader.past(of, { ...query, which: 'all', limit: 1 })
      const before = { key: first?.key ?? '', time: NOON - 1 }
      const rest = await uids('all', { before })
      expect(rest).toHaveLength(3)
      expect(rest).not.toContain(first?.input.event.uid)
      const { id: other } = await storage.accounts.ensureTenant('no past', false)
      expect(await reader.past(other, { ...query, which: 'all' })).toEqual([])
    })

    test('alerts that people found compromised are given with their events', async () => {
      const { id: of } = await storage.accounts.ensureTenant('compromised', false)
      const [a, b] = await raise(of, [
        sampleJudged({ uid: 'a', group: 'g' }),
        sampleJudged({ uid: 'b', group: 'h' }),
      ])
      const say = (id: string, verdict: 'compromised' | 'safe') =>
        storage.store.transact(of, (batch) =>
          batch.settle(
            id,
            { verdict, comment: '"verdict":"compromised"', by: 'me', time: NOON },
            new Map(),
            null,
          ),
        )
      await say(a?.alert.id ?? '', 'compromised')
      await say(b?.alert.id ?? '', 'safe')
      const found = await storage.reader.compromised(of, NOON)
      expect(found.map(({ alert, events }) => [alert.id, events])).toEqual([
        [a?.alert.id, [sampleEvent({ uid: 'a' }).key]],
      ])
      expect(await storage.reader.compromised(of, NOON + 1)).toEqual([])
      expect(await storage.reader.compromised(tenant, 0)).toEqual([])
    })
  })
}
