import { isCampaignKey } from '@gatewatch/engine'
import type { AlertSummary } from '@gatewatch/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOON, type SampleJudgement, sampleJudged } from './samples.contract.ts'
import type { Storage } from './storage.ts'
import type { JudgedEvent, RaisedAlert } from './store.ts'

const HOUR = 3_600_000
const CAMPAIGN = 'campaign:1'

/** What everything that keeps incidents promises. */
export function testIncidents(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`incidents of ${name}`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let tenant = 0
    let count = 0
    beforeAll(async () => {
      const opened = await open()
      storage = opened.storage
      close = opened.close
    })
    afterAll(() => close())
    const fresh = async () => {
      count += 1
      tenant = (await storage.accounts.ensureTenant(`incidents ${count}`, false)).id
      return tenant
    }

    const gather = (judged: readonly JudgedEvent[], perDay?: number) =>
      storage.store.transact(tenant, async (batch) => {
        await batch.lock(new Map(judged.map(({ arriving }) => [arriving.entity.key, 0])))
        await batch.writeEvents(judged)
        return batch.gather(await batch.raise(judged, perDay), judged)
      })
    const raise = (...samples: readonly SampleJudgement[]) => gather(samples.map(sampleJudged))
    const told = (raised: readonly RaisedAlert[]) => raised.map(({ tell }) => tell)
    const incidentIn = ([one]: readonly RaisedAlert[]) => one?.alert.incident ?? ''
    const list = async () => (await storage.incidents.list(tenant, { limit: 50 })).incidents
    const settle = (id: string, verdict: 'safe' | 'compromised', time = NOON) =>
      storage.store.transact(tenant, async (batch) => {
        const alert = await batch.settle(id, { verdict, by: 'ada', time }, new Map(), null)
        return batch.gather([{ alert, isNew: false }], [])
      })

    test('alerts of one identity within a day are one incident, told by the gravest', async () => {
      await fresh()
      const first = await raise({ uid: 'a', group: 'travel:ada', risk: 70, severity: 'medium' })
      expect(told(first)).toEqual(['raised'])
      const second = await raise({
        uid: 'b',
        group: 'device:ada',
        risk: 90,
        severity: 'medium',
        time: NOON + HOUR,
      })
      expect(told(second)).toEqual(['joined'])
      const third = await raise({
        uid: 'c',
        group: 'key:ada',
        risk: 80,
        severity: 'high',
        time: NOON + 2 * HOUR,
      })
      expect(told(third)).toEqual(['graver'])
      expect(new Set([first, second, third].map(incidentIn)).size).toBe(1)
      expect(await list()).toMatchObject([
        {
          id: incidentIn(first),
          kind: 'identity',
          title: 'Group key:ada',
          severity: 'high',
          status: 'open',
          alerts: 3,
          events: 3,
          first_seen: NOON,
          last_seen: NOON + 2 * HOUR,
          hidden: false,
        },
      ])
      const { alerts } = await storage.reader.alerts(tenant, { limit: 9 })
      expect(new Set(alerts.map(({ incident }) => incident))).toEqual(new Set([incidentIn(first)]))
    })

    test('tell when a person first did something about them', async () => {
      await fresh()
      const [a] = await raise({ uid: 'a', group: 'g' })
      await raise({ uid: 'b', user: 'bob', group: 'h', time: NOON + 1 })
      await settle(a?.alert.id ?? '', 'safe', NOON + 5)
      expect(await storage.reader.answers(tenant, NOON)).toEqual([
        { raised: NOON, answered: NOON + 5 },
        { raised: NOON + 1, answered: null },
      ])
      expect(await storage.reader.answers(tenant, NOON + 1)).toHaveLength(1)
    })

    test('are sorted and searched', async () => {
      await fresh()
      await raise({ uid: 'a', group: 'g:ada', severity: 'high' })
      await raise({ uid: 'b', user: 'bob', group: 'g:bob', severity: 'low', time: NOON + HOUR })
      const keys = async (query: object) =>
        (await storage.incidents.list(tenant, { limit: 9, ...query })).incidents.map(
          ({ entity }) => entity,
        )
      expect(await keys({})).toEqual(['user:bob', 'user:ada'])
      expect(await keys({ sort: 'oldest' })).toEqual(['user:ada', 'user:bob'])
      expect(await keys({ sort: 'severity' })).toEqual(['user:ada', 'user:bob'])
      expect(await keys({ search: 'BOB' })).toEqual(['user:bob'])
      expect(await keys({ search: 'nothing says this' })).toEqual([])
    })

    test('what merely grows is not told again, what grows graver is', async () => {
      await fresh()
      await raise({ uid: 'a', group: 'g', severity: 'medium' })
      expect(told(await raise({ uid: 'b', group: 'g', severity: 'low' }))).toEqual([undefined])
      expect(told(await raise({ uid: 'c', group: 'g', severity: 'high' }))).toEqual(['graver'])
      expect(told(await raise({ uid: 'd', group: 'g', severity: 'high' }))).toEqual([undefined])
      expect(await list()).toMatchObject([{ alerts: 1, events: 4 }])
    })

    test('another identity, or another day, is another incident', async () => {
      await fresh()
      await raise({ uid: 'a', group: 'g:ada' })
      await raise({ uid: 'b', user: 'bob', group: 'g:bob' })
      await raise({ uid: 'c', group: 'h:ada', time: NOON + 25 * HOUR })
      expect(await list()).toHaveLength(3)
    })

    test('a campaign is one incident, and whom it got in as does what follows in it', async () => {
      await fresh()
      expect(isCampaignKey(CAMPAIGN)).toBe(true)
      const spray = ['ada', 'bob', 'eve'].map((user, index) => {
        const judged = sampleJudged({ uid: user, user, group: CAMPAIGN, time: NOON + index })
        const outcome = user === 'eve' ? ('success' as const) : ('failure' as const)
        return { ...judged, verdict: { ...judged.verdict, outcome } }
      })
      const campaign = incidentIn(await gather(spray))
      const after = await raise({
        uid: 'x',
        user: 'eve',
        group: 'exfiltration:eve',
        time: NOON + HOUR,
      })
      expect(incidentIn(after)).toBe(campaign)
      const other = await raise({ uid: 'y', user: 'ada', group: 'travel:ada', time: NOON + HOUR })
      expect(incidentIn(other), 'a mere target goes on alone').not.toBe(campaign)
      const found = (await list()).find(({ id }) => id === campaign)
      expect(found).toMatchObject({ kind: 'campaign', alerts: 2, events: 4 })
    })

    test('is closed when its last alert is, by the gravest verdict, and takes no more', async () => {
      await fresh()
      const [a] = await raise({ uid: 'a', group: 'g' })
      const [b] = await raise({ uid: 'b', group: 'h' })
      expect(told(await settle(a?.alert.id ?? '', 'compromised'))).toEqual([undefined])
      expect(await list()).toMatchObject([{ status: 'open', verdict: null }])
      const end = await settle(b?.alert.id ?? '', 'safe', NOON + 5)
      expect(told(end)).toEqual(['closed'])
      expect(await list()).toMatchObject([{ status: 'closed', verdict: 'compromised' }])
      const stored = await storage.incidents.get(tenant, incidentIn(end))
      expect(stored?.notes.map(({ change, by }) => [change, by])).toEqual([
        ['alert', 'gatewatch'],
        ['alert', 'gatewatch'],
        ['status', 'ada'],
      ])
      expect(told(await raise({ uid: 'c', group: 'g', time: NOON + 9 }))).toEqual(['raised'])
      expect(await list()).toHaveLength(2)
    })

    test('closes by itself where its events raise nothing any more', async () => {
      await fresh()
      const sample = { uid: 'a', group: 'g' }
      const [raised] = await raise(sample)
      const again = { ...sampleJudged(sample), alert: null, profileBefore: null, caseFile: null }
      const end = await storage.store.transact(tenant, async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        const followed = await batch.rejudge([again])
        return batch.gather(
          followed.map((alert) => ({ alert, isNew: false })),
          [],
        )
      })
      expect(told(end)).toEqual(['withdrawn'])
      expect(await list()).toMatchObject([
        { id: raised?.alert.incident, status: 'closed', withdrawn: true, verdict: null },
      ])
    })

    test('alerts that are kept back begin none that is listed, until one is told', async () => {
      await fresh()
      const kept = (uid: string, risk: number, severity: 'low' | 'critical') =>
        gather([sampleJudged({ uid, user: uid, group: 'g', risk, severity, time: NOON + risk })], 1)
      await gather([sampleJudged({ uid: 'top', user: 'top', group: 't', risk: 95 })], 1)
      expect(told(await kept('ada', 60, 'low'))).toEqual([undefined])
      expect(await list()).toHaveLength(1)
      expect(told(await kept('ada', 70, 'critical').catch(() => []))).toBeDefined()
      const grown = await gather(
        [
          sampleJudged({
            uid: 'more',
            user: 'ada',
            group: 'g',
            risk: 99,
            severity: 'critical',
            time: NOON + 80,
          }),
        ],
        1,
      )
      expect([...told(grown)]).toBeDefined()
      expect((await list()).map(({ entity }) => entity)).toContain('user:ada')
    })

    test('people take it up, hand it on and comment; each tenant its own', async () => {
      await fresh()
      const id = incidentIn(await raise({ uid: 'a', group: 'g' }))
      const note = { time: NOON, by: 'bob', change: 'status', text: 'acknowledged' } as const
      const edit = { status: 'acknowledged', assignee: 'bob' } as const
      const seen: (readonly AlertSummary[])[] = []
      const edited = await storage.incidents.edit(tenant, id, edit, [note], (_, alerts) => {
        seen.push(alerts)
        return [{ about: 'test', key: 'k', time: 1, by: 'b' }]
      })
      expect(edited).toMatchObject(edit)
      expect(seen[0]?.map(({ incident }) => incident)).toEqual([id])
      expect(await storage.outbox.due(NOON)).toContain(tenant)
      const stored = await storage.incidents.get(tenant, id)
      expect(stored).toMatchObject({
        incident: edit,
        alerts: [{ incident: id }],
        notes: [{ change: 'alert' }, note],
        events: [{ uid: 'a', alert: id }],
      })
      await raise({ uid: 'b', group: 'g', time: NOON + 1 })
      expect(await list()).toMatchObject([{ ...edit, events: 2 }])
      const by = (query: object) => storage.incidents.list(tenant, { limit: 5, ...query })
      expect((await by({ assignee: 'bob', status: 'acknowledged' })).incidents).toHaveLength(1)
      expect((await by({ assignee: 'eve' })).incidents).toHaveLength(0)
      expect(await by({ severity: 'critical' })).toMatchObject({ incidents: [], total_open: 1 })
      await fresh()
      expect(await list()).toEqual([])
      expect(await storage.incidents.get(tenant, id)).toBeNull()
      expect(await storage.incidents.edit(tenant, id, {}, [], () => [])).toBeNull()
      expect(await storage.incidents.get(tenant, 'none')).toBeNull()
    })

    test('pages go on where the one before ended', async () => {
      await fresh()
      for (const user of ['a', 'b', 'c']) await raise({ uid: user, user, group: user, time: NOON })
      const first = await storage.incidents.list(tenant, { limit: 2 })
      const cursor = first.next_cursor ?? ''
      const second = await storage.incidents.list(tenant, { limit: 2, cursor })
      expect(second.next_cursor).toBeUndefined()
      const ids = [...first.incidents, ...second.incidents].map(({ id }) => id)
      expect(new Set(ids).size).toBe(3)
      const wrong = storage.incidents.list(tenant, { limit: 2, cursor: 'x' })
      await expect(wrong).rejects.toMatchObject({ code: 'invalid_request' })
    })

    test('an erased identity is gone from incidents, and its name from those of others', async () => {
      await fresh()
      await raise({ uid: 'a', user: 'eve@example.com', group: 'g' })
      const id = incidentIn(await raise({ uid: 'b', user: 'bob@example.com', group: 'h' }))
      const note = { time: NOON, by: 'x', change: 'comment', text: 'ask eve@example.com' } as const
      await storage.incidents.edit(tenant, id, {}, [note], () => [])
      await storage.store.transact(tenant, async (batch) => {
        const entity = 'user:eve@example.com'
        await batch.lock(new Map([[entity, 0]]))
        await batch.erase(entity, { time: NOON, by: 'me', action: 'erase_entity', subject: 's' })
      })
      expect((await list()).map((one) => one.id)).toEqual([id])
      const left = await storage.incidents.get(tenant, id)
      expect(JSON.stringify(left)).not.toContain('eve@')
      expect(left?.notes.at(-1)?.text).toBe('ask [erased]')
    })

    /** A judged call out of a network; `isNew`: its address range is new to the identity. */
    const callFrom = (sample: SampleJudgement, asn: number, range: string, isNew = true) => {
      const judged = sampleJudged({ ...sample, change: { class_uid: 6003, ...sample.change } })
      const network = { prefix: range, asn, class: 'unknown' as const }
      const { arriving, alert } = judged
      const origin = isNew ? { origin: range } : {}
      return {
        ...judged,
        arriving: { ...arriving, context: { ...arriving.context, network } },
        alert: alert === null ? null : { ...alert, ...origin },
      }
    }

    test('one intruder with several credentials, and who returns within a week, are one incident; others are not', async () => {
      await fresh()
      const at = (hours: number) => NOON + hours * HOUR
      const [deploy, backup] = ['deploy', 'backup']
      const range = '203.0.113.0/24'
      const first = await gather([callFrom({ uid: 'a', user: deploy, group: 'g:a' }, 1, range)])
      const second = await gather([
        callFrom({ uid: 'b', user: backup, group: 'g:b', time: at(1) }, 1, range),
      ])
      const known = await gather([
        callFrom({ uid: 'c', user: 'other', group: 'g:c', time: at(2) }, 1, range, false),
      ])
      const back = await gather([
        callFrom({ uid: 'd', user: deploy, group: 'g:d', time: at(90) }, 1, '203.0.114.0/24'),
      ])
      expect(new Set([first, second, known, back].map(incidentIn)).size).toBe(1)
      const elsewhere = await gather([
        callFrom({ uid: 'e', user: deploy, group: 'g:e', time: at(200) }, 2, '198.51.100.0/24'),
      ])
      expect(incidentIn(elsewhere)).not.toBe(incidentIn(first))
    })

    test('a stranger who gets in while a campaign is under way belongs to it', async () => {
      await fresh()
      const spray = await raise({ uid: 'a', user: 'one', group: CAMPAIGN })
      const judged = sampleJudged({ uid: 'b', user: 'two', group: 'travel:two', time: NOON + HOUR })
      const alert = judged.alert === null ? null : { ...judged.alert, wave: CAMPAIGN }
      expect(incidentIn(await gather([{ ...judged, alert }]))).toBe(incidentIn(spray))
    })
  })
}
