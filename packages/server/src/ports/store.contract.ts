import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOON, sampleEvent, sampleJudged } from './samples.contract.ts'
import type { Storage } from './storage.ts'
import type { Batch, JudgedEvent, RaisedAlert, TenantId } from './store.ts'
import { failureKind } from './store-failure.ts'

const HOUR = 3_600_000

/** What every store promises. `open` gives an empty storage and how to close it. */
export function testStore(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} store`, () => {
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
      tenant = (await storage.accounts.ensureTenant(`store ${count}`, false)).id
    })

    const transact = <T>(work: (batch: Batch) => Promise<T>) => storage.store.transact(tenant, work)

    /** What the pipeline does with judged events. */
    async function record(judged: readonly JudgedEvent[]): Promise<readonly RaisedAlert[]> {
      return transact(async (batch) => {
        await batch.lock(new Map(judged.map(({ arriving }) => [arriving.entity.key, 0])))
        await batch.claim(judged.map(({ arriving }) => arriving))
        await batch.writeEvents(judged)
        const drafts = judged.filter(({ alert }) => alert !== null)
        return drafts.length === 0 ? [] : batch.raise(drafts)
      })
    }

    async function profileOf(entity: string, cached = 0) {
      const locked = await transact((batch) => batch.lock(new Map([[entity, cached]])))
      return locked.get(entity)
    }

    async function writeProfile(entity: string, body: Uint8Array, revision: number) {
      await transact(async (batch) => {
        await batch.lock(new Map([[entity, 0]]))
        const owner = { key: entity, name: entity, class: 'human' as const }
        await batch.writeProfiles([{ entity: owner, revision, body, lastTime: NOON }])
      })
    }

    test('a profile that nobody wrote has revision 0 and no body', async () => {
      expect(await profileOf('user:new')).toMatchObject({ revision: 0, body: null })
    })

    test('a written profile comes back byte for byte, one revision on', async () => {
      await writeProfile('user:ada', Uint8Array.of(0, 255, 7), 0)
      const row = await profileOf('user:ada')
      expect(row?.revision).toBe(1)
      expect([...(row?.body ?? [])]).toEqual([0, 255, 7])
    })

    test('the body is left out for who holds the current revision, and given to who holds an old one', async () => {
      await writeProfile('user:ada', Uint8Array.of(1), 0)
      expect((await profileOf('user:ada', 1))?.body).toBeNull()
      await writeProfile('user:ada', Uint8Array.of(2), 1)
      expect([...((await profileOf('user:ada', 1))?.body ?? [])]).toEqual([2])
    })

    test('a profile cannot be written over a revision that was not locked', async () => {
      await writeProfile('user:ada', Uint8Array.of(1), 0)
      const stale = await writeProfile('user:ada', Uint8Array.of(2), 0).catch((error) => error)
      expect(failureKind(stale)).toBe('conflict')
      expect([...((await profileOf('user:ada'))?.body ?? [])]).toEqual([1])
    })

    test('nothing of a transaction that fails is kept', async () => {
      const broken = transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        await batch.claim([sampleEvent({ uid: 'a' })])
        await batch.writeEvents([sampleJudged({ uid: 'a' })])
        await batch.appendDelta(Uint8Array.of(1))
        throw new Error('no')
      })
      await expect(broken).rejects.toThrow('no')
      expect(await storage.reader.event(tenant, 'a')).toBeNull()
      expect(await storage.reader.entity(tenant, 'user:ada')).toBeNull()
      expect(await storage.populationLog.since(tenant, new Map())).toEqual([])
    })

    test('an event is new once, then a duplicate, and with other content a revision; both give the stored verdict', async () => {
      const judged = sampleJudged({ uid: 'a', risk: 42 })
      await record([judged])
      const claims = await transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        return batch.claim([
          judged.arriving,
          sampleEvent({ uid: 'b' }),
          { ...sampleEvent({ uid: 'a' }), content: 'f'.repeat(32) },
        ])
      })
      expect(claims.map(({ kind }) => kind)).toEqual(['duplicate', 'new', 'revision'])
      expect(claims.map(({ verdict }) => verdict?.risk)).toEqual([42, undefined, 42])
    })

    test('a revision whose time moved by less than the window is still the same event', async () => {
      await record([sampleJudged({ uid: 'a' })])
      const [moved, far] = await transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        const near = await batch.claim([sampleEvent({ uid: 'a', time: NOON + 48 * HOUR })])
        return [
          ...near,
          ...(await batch.claim([sampleEvent({ uid: 'a', time: NOON - 80 * HOUR })])),
        ]
      })
      expect(moved?.kind).toBe('revision')
      expect(far?.kind).toBe('new')
    })

    test('a revision replaces what happened, and neither when nor the verdict', async () => {
      await record([sampleJudged({ uid: 'a', risk: 42 })])
      await transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        await batch.amend([sampleEvent({ uid: 'a', activity: 'login, amended', time: NOON + 1 })])
      })
      const stored = await storage.reader.event(tenant, 'a')
      expect(stored?.event.activity).toBe('login, amended')
      expect(stored?.event.time).toBe(NOON)
      expect(stored?.verdict.risk).toBe(42)
    })

    test('writing an event that exists is a conflict', async () => {
      await record([sampleJudged({ uid: 'a' })])
      const twice = await transact((batch) =>
        batch.writeEvents([sampleJudged({ uid: 'a' })]),
      ).catch((error) => error)
      expect(failureKind(twice)).toBe('conflict')
    })

    test('NUL, lone surrogates and raw bytes that are no text come back as they were', async () => {
      const activity = 'nul \0 and \ud800 alone'
      const raw = Uint8Array.of(0xff, 0, 0xfe, 0x7b)
      await record([sampleJudged({ uid: 'odd \0 uid', activity, raw })])
      const stored = await storage.reader.event(tenant, 'odd \0 uid')
      expect(stored?.event.activity).toBe(activity)
      expect(stored?.event.uid).toBe('odd \0 uid')
      expect(stored?.raw).toBe(new TextDecoder().decode(raw))
    })

    test('events of any week of the past and of tomorrow are stored', async () => {
      const times = [NOON - 390 * 24 * HOUR, NOON - 8 * 24 * HOUR, NOON + 20 * HOUR]
      await record(times.map((time) => sampleJudged({ uid: `at ${time}`, time })))
      for (const time of times) {
        expect((await storage.reader.event(tenant, `at ${time}`))?.event.time).toBe(time)
      }
    })

    test('an event with a draft raises an alert; one of the same group within a day joins it', async () => {
      const [raised] = await record([sampleJudged({ uid: 'a', group: 'g', risk: 60 })])
      expect(raised).toMatchObject({
        isNew: true,
        alert: { status: 'open', count: 1, risk: 60, title: 'Group g', demo: false },
      })
      const [grown] = await record([
        sampleJudged({ uid: 'b', group: 'g', risk: 80, time: NOON + HOUR, severity: 'high' }),
      ])
      expect(grown?.isNew).toBe(false)
      expect(grown?.alert).toMatchObject({
        id: raised?.alert.id,
        count: 2,
        risk: 80,
        severity: 'high',
        first_seen: NOON,
        last_seen: NOON + HOUR,
        reasons: [{ code: 'country', points: 8, text: 'risk 80' }],
      })
      const found = await storage.reader.alert(tenant, raised?.alert.id ?? '')
      expect(found?.alert.verdict.uid).toBe('b')
      expect(found?.alert.related.map(({ uid }) => uid)).toEqual(['a'])
      expect([...(found?.profileBefore ?? [])]).toEqual([1, 2, 3])
    })

    test('many events of one group in one batch are one alert', async () => {
      const raised = await record(
        [1, 2, 3].map((n) => sampleJudged({ uid: `m${n}`, group: 'g', risk: n, user: `u${n}` })),
      )
      expect(raised).toHaveLength(1)
      expect(raised[0]).toMatchObject({ isNew: true, alert: { count: 3, risk: 3 } })
    })

    test('an alert follows its events when they are judged anew, and is withdrawn without any', async () => {
      const one = sampleJudged({ uid: 'a', group: 'g', risk: 80, decision: 'deny' })
      const other = sampleJudged({ uid: 'b', group: 'g', risk: 70, time: NOON + HOUR })
      const [raised] = await record([one, other])
      const id = raised?.alert.id ?? ''
      const anew = async (uid: string, time: number) => {
        const judged = sampleJudged({ uid, risk: 20, learned: 0.4, time })
        return transact(async (batch) => {
          await batch.lock(new Map([['user:ada', 0]]))
          return batch.rejudge([judged])
        })
      }
      const [left] = await anew('a', NOON)
      expect(left).toMatchObject({
        id,
        status: 'open',
        count: 1,
        risk: 70,
        first_seen: NOON + HOUR,
      })
      const [gone] = await anew('b', NOON + HOUR)
      expect(gone).toMatchObject({ id, status: 'closed', withdrawn: { why: expect.any(String) } })
      expect((await storage.reader.alerts(tenant, { limit: 9 })).total_open).toBe(0)
      expect((await storage.reader.event(tenant, 'a'))?.verdict.risk).toBe(20)
      const known = await transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        return batch.eventsAfter('user:ada', NOON - 1, 9)
      })
      expect(known.map(({ learned, group, settled }) => [learned, group, settled])).toEqual([
        [0.4, null, false],
        [0.4, null, false],
      ])
      expect(await storage.reader.riskContributions(tenant, 'user:ada')).toEqual([])
    })

    test('events of an identity come back after a time, oldest first, with the group of their alert', async () => {
      await record([
        sampleJudged({ uid: 'late', group: 'g', time: NOON + HOUR }),
        sampleJudged({ uid: 'early', time: NOON, learned: 0.6 }),
        sampleJudged({ uid: 'theirs', user: 'bo' }),
      ])
      const after = (time: number, limit: number) =>
        transact(async (batch) => {
          await batch.lock(new Map([['user:ada', 0]]))
          return batch.eventsAfter('user:ada', time, limit)
        })
      const all = await after(NOON - 1, 9)
      expect(all.map(({ input, group }) => [input.event.uid, group])).toEqual([
        ['early', null],
        ['late', 'g'],
      ])
      expect((await after(NOON, 9)).map(({ input }) => input.event.uid)).toEqual(['late'])
      expect(await after(NOON - 1, 1)).toHaveLength(1)
    })

    test('checkpoints are kept as far back as an event 15 minutes late may need them', async () => {
      const MINUTE = 60_000
      const times = () =>
        transact(async (batch) => {
          await batch.lock(new Map([['user:ada', 0]]))
          return (await batch.checkpointsOf('user:ada')).map(({ time }) => (time - NOON) / MINUTE)
        })
      const add = (minutes: number) =>
        transact(async (batch) => {
          await batch.lock(new Map([['user:ada', 0]]))
          const time = NOON + minutes * MINUTE
          await batch.addCheckpoints([{ entity: 'user:ada', time, body: Uint8Array.of(minutes) }])
        })
      for (const minutes of [0, 5, 10, 21]) await add(minutes)
      expect(await times()).toEqual([5, 10, 21])
      await transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        const rows = [{ time: NOON, body: Uint8Array.of(7, 0) }]
        await batch.replaceCheckpoints('user:ada', rows)
      })
      const [only] = await transact((batch) => batch.checkpointsOf('user:ada'))
      expect([...(only?.body ?? [])]).toEqual([7, 0])
    })

    test('of equally strange events an alert goes on showing the one it showed when another is judged anew', async () => {
      const at = (uid: string, hours: number, risk: number) =>
        sampleJudged({ uid, group: 'g', risk, time: NOON + hours * HOUR })
      const [raised] = await record([at('shown', 1, 100), at('third', 2, 90)])
      await record([at('earlier', 0, 100)])
      await transact(async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        return batch.rejudge([at('third', 2, 80)])
      })
      const found = await storage.reader.alert(tenant, raised?.alert.id ?? '')
      expect(found?.alert.verdict.uid).toBe('shown')
      expect(found?.caseFile).not.toBeNull()
    })

    test('of two open alerts of its group an event joins the earlier', async () => {
      const at = (uid: string, hours: number) =>
        sampleJudged({ uid, group: 'g', time: NOON + hours * HOUR })
      const [later] = await record([at('later', 30)])
      const [earlier] = await record([at('earlier', 0)])
      expect(earlier?.isNew).toBe(true)
      expect(earlier?.alert.id).not.toBe(later?.alert.id)
      const [joined] = await record([at('between', 10)])
      expect(joined?.alert).toMatchObject({ id: earlier?.alert.id, count: 2 })
    })

    test('another group, a day later, or after closing, a new alert is raised', async () => {
      const ids = new Set<string | undefined>()
      const raiseOne = async (uid: string, group: string, time: number) => {
        const [raised] = await record([sampleJudged({ uid, group, time })])
        ids.add(raised?.alert.id)
        return raised?.alert.id ?? ''
      }
      const first = await raiseOne('a', 'g', NOON)
      await raiseOne('b', 'other', NOON)
      await raiseOne('c', 'g', NOON + 25 * HOUR)
      const feedback = { verdict: 'dismissed' as const, by: 'me', time: NOON }
      await transact((batch) => batch.settle(first, feedback, new Map(), null))
      await raiseOne('d', 'g', NOON - HOUR)
      expect(ids.size).toBe(4)
    })

    test('two batches that raise the same group at once raise it once', async () => {
      const batches = Array.from({ length: 6 }, (_, n) =>
        record([sampleJudged({ uid: `p${n}`, user: `p${n}`, group: 'campaign' })]),
      )
      const raised = (await Promise.all(batches)).flat()
      expect(raised.filter(({ isNew }) => isNew)).toHaveLength(1)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 10 })
      expect(alerts).toHaveLength(1)
      expect(alerts[0]?.count).toBe(6)
    })

    test('feedback closes the alert, is read back, and changes what its events taught', async () => {
      const [raised] = await record([sampleJudged({ uid: 'a', group: 'g', learned: 0.4 })])
      const id = raised?.alert.id ?? ''
      const feedback = { verdict: 'safe' as const, by: 'me', comment: 'known', time: NOON }
      await transact(async (batch) => {
        const [event] = (await batch.learnedOf(id)) ?? []
        expect(event?.learned).toBe(0.4)
        await batch.settle(id, feedback, new Map([[event?.key ?? '', 1]]), null)
      })
      const found = await storage.reader.alert(tenant, id)
      expect(found?.alert).toMatchObject({ status: 'closed', feedback })
      const again = await transact((batch) => batch.learnedOf(id))
      expect(again?.map(({ learned }) => learned)).toEqual([1])
    })

    test('what takes a verdict back is kept with its alert, and gone with the verdict', async () => {
      const [raised] = await record([sampleJudged({ uid: 'a', group: 'g' })])
      const id = raised?.alert.id ?? ''
      const undo = () => transact((batch) => batch.undoOf(id))
      expect(await undo()).toBeNull()
      const feedback = { verdict: 'compromised' as const, by: 'me', time: NOON }
      await transact((batch) => batch.settle(id, feedback, new Map(), '{"a":1}'))
      expect(await undo()).toBe('{"a":1}')
      await transact((batch) => batch.settle(id, null, new Map(), null))
      expect(await undo()).toBeNull()
    })

    test('alerts are withdrawn for a verdict on another and opened again, but for those that somebody judged', async () => {
      const raised = await record(
        ['a', 'b', 'c'].map((uid) => sampleJudged({ uid, group: uid, risk: 80 })),
      )
      const [a = '', b = '', c = ''] = raised.map(({ alert }) => alert.id)
      const feedback = { verdict: 'dismissed' as const, by: 'me', time: NOON }
      await transact((batch) => batch.settle(b, feedback, new Map(), null))
      const withdrawn = { why: 'found safe', because: c }
      const gone = await transact((batch) => batch.withdraw([a, b, 'f'.repeat(32)], withdrawn))
      expect(gone.map(({ id, status }) => [id, status])).toEqual([[a, 'closed']])
      const about = (limit: number) =>
        transact((batch) => batch.alertsAbout(['user:ada'], NOON - HOUR, limit))
      const known = await about(9)
      expect(new Set(known.map(({ alert }) => alert.id))).toEqual(new Set([b, c]))
      expect(known[0]).toMatchObject({
        input: { entity: { key: 'user:ada' } },
        verdict: { risk: 80 },
      })
      expect(known[0]?.profileBefore?.length).toBe(3)
      expect(await about(1)).toHaveLength(1)
      expect(await transact((batch) => batch.alertsAbout(['user:bo'], 0, 9))).toEqual([])
      const back = await transact((batch) => batch.withdraw([a, b, c], null))
      expect(back.map(({ id, status, withdrawn: why }) => [id, status, why])).toEqual([
        [a, 'open', undefined],
      ])
    })

    test('what was found safe takes in what is like it; what is stranger, or from elsewhere, is raised', async () => {
      const rule = 'logging_off:user:ada'
      const one = (uid: string, hour: number, more: object = {}) =>
        sampleJudged({ uid, group: rule, risk: 80, time: NOON + hour * HOUR, ...more })
      const [first] = await record([one('a', 0)])
      const id = first?.alert.id ?? ''
      const say = (verdict: 'safe' | 'compromised') =>
        transact((batch) => batch.settle(id, { verdict, by: 'me', time: NOON }, new Map(), null))
      await say('safe')
      const [like] = await record([one('b', 48)])
      expect(like).toMatchObject({ isNew: false, alert: { id, status: 'closed', count: 2 } })
      const [stranger] = await record([one('c', 96, { risk: 95 })])
      expect(stranger).toMatchObject({ isNew: true, alert: { status: 'open' } })
      await transact((batch) =>
        batch.settle(
          stranger?.alert.id ?? '',
          { verdict: 'dismissed', by: 'me', time: NOON - 1 },
          new Map(),
          null,
        ),
      )
      const [abroad] = await record([one('d', 144, { country: 'BR' })])
      expect(abroad?.isNew).toBe(true)
      const [unusual] = await record([sampleJudged({ uid: 'e', group: 'unusual:sign-in:x' })])
      await transact((batch) =>
        batch.settle(
          unusual?.alert.id ?? '',
          { verdict: 'safe', by: 'me', time: NOON },
          new Map(),
          null,
        ),
      )
      const [again] = await record([
        sampleJudged({ uid: 'f', group: 'unusual:sign-in:x', time: NOON + 48 * HOUR }),
      ])
      expect(again?.isNew, 'no rule names it: it goes by what is learned').toBe(true)
      await say('compromised')
    })

    test('beyond the day, alerts are kept back by rank, take in further events, and are listed apart', async () => {
      const raiseOne = async (uid: string, risk: number, perDay: number) => {
        const judged = sampleJudged({ uid, user: uid, group: `g ${uid}`, risk })
        return transact(async (batch) => {
          await batch.writeEvents([judged])
          return batch.raise([judged], perDay)
        })
      }
      const listed = async (status: 'open' | 'kept_back') =>
        (await storage.reader.alerts(tenant, { limit: 10, status })).alerts
          .map(({ entity }) => entity)
          .sort()
      await raiseOne('one', 80, 2)
      await raiseOne('two', 90, 2)
      expect(await raiseOne('weak', 76, 2)).toMatchObject([
        { alert: { status: 'kept_back' }, isNew: false },
      ])
      expect(await listed('open')).toEqual(['user:one', 'user:two'])
      const strong = await raiseOne('strong', 95, 2)
      expect(strong.map(({ alert, isNew }) => [alert.entity, alert.status, isNew])).toEqual([
        ['user:strong', 'open', true],
        ['user:one', 'kept_back', false],
      ])
      expect(await listed('kept_back')).toEqual(['user:one', 'user:weak'])
      const page = await storage.reader.alerts(tenant, { limit: 10 })
      expect(page).toMatchObject({ total_open: 2, total_kept_back: 2 })
      const more = sampleJudged({ uid: 'more', user: 'weak', group: 'g weak', risk: 99 })
      const grown = await transact(async (batch) => {
        await batch.writeEvents([more])
        return batch.raise([more], 2)
      })
      expect(grown.map(({ alert, isNew }) => [alert.entity, alert.status, isNew])).toEqual([
        ['user:weak', 'open', true],
        ['user:two', 'kept_back', false],
      ])
      expect(grown[0]?.alert.count).toBe(2)
      const feedback = { verdict: 'safe' as const, by: 'me', time: NOON }
      const [kept] = (await storage.reader.alerts(tenant, { limit: 1, status: 'kept_back' })).alerts
      const closed = await transact((batch) =>
        batch.settle(kept?.id ?? '', feedback, new Map(), null),
      )
      expect(closed.status).toBe('closed')
    })

    test('an event is found by its uid, with what was said of it, and takes another verdict', async () => {
      const [raised] = await record([sampleJudged({ uid: 'asked', group: 'g', learned: 0.4 })])
      const found = await transact((batch) => batch.eventOf('asked'))
      expect(found).toMatchObject({ learned: 0.4, said: null, verdict: { uid: 'asked' } })
      const feedback = { verdict: 'safe' as const, by: 'me', time: NOON }
      await transact((batch) => batch.settle(raised?.alert.id ?? '', feedback, new Map(), null))
      await transact(async (batch) => {
        const event = await batch.eventOf('asked')
        if (event === null) return expect.unreachable('the event is gone')
        expect(event.said).toBe('safe')
        const challenge = { outcome: 'passed' as const, time: NOON }
        await batch.settleEvent({
          ...event,
          verdict: { ...event.verdict, challenge },
          learned: 1,
        })
      })
      const now = await transact((batch) => batch.eventOf('asked'))
      expect(now).toMatchObject({ learned: 1, verdict: { challenge: { outcome: 'passed' } } })
      expect(await transact((batch) => batch.eventOf('never seen'))).toBeNull()
      expect(await transact((batch) => batch.eventOf('\0'))).toBeNull()
    })

    test('an alert that does not exist has no events', async () => {
      expect(await transact((batch) => batch.learnedOf('0'.repeat(32)))).toBeNull()
      expect(await transact((batch) => batch.learnedOf("' or 1=1"))).toBeNull()
    })

    test('two transactions on the same profile take turns', async () => {
      const increase = () =>
        transact(async (batch) => {
          const row = (await batch.lock(new Map([['user:turn', 0]]))).get('user:turn')
          const body = Uint8Array.of((row?.body?.[0] ?? 0) + 1)
          const entity = { key: 'user:turn', name: 'turn', class: 'human' as const }
          await new Promise((resolve) => setTimeout(resolve, 5))
          const revision = row?.revision ?? 0
          await batch.writeProfiles([{ entity, revision, body, lastTime: NOON }])
        })
      await Promise.all(Array.from({ length: 8 }, increase))
      const row = await profileOf('user:turn')
      expect(row?.revision).toBe(8)
      expect(row?.body?.[0]).toBe(8)
    })

    test('a key keeps the time it was first received at', async () => {
      const [a, b] = ['a'.repeat(32), 'b'.repeat(32)]
      await storage.store.firstReceived(tenant, [a], 1_000)
      const times = await storage.store.firstReceived(tenant, [a, b], 2_000)
      expect(times).toEqual(
        new Map([
          [a, 1_000],
          [b, 2_000],
        ]),
      )
    })

    test('an alert of several goes on without the one that is erased, and shows what is left', async () => {
      await record([
        sampleJudged({ uid: 'p0', user: 'person 0', group: 'campaign', risk: 95 }),
        sampleJudged({ uid: 'p1', user: 'person 1', group: 'campaign', risk: 80 }),
        sampleJudged({ uid: 'own', user: 'person 0', group: 'own', risk: 80 }),
      ])
      const note = { time: NOON, by: 'me', action: 'erase_entity' as const, subject: 'hash' }
      const erase = () =>
        transact(async (batch) => {
          await batch.lock(new Map([['user:person 0', 0]]))
          return batch.erase('user:person 0', note)
        })
      expect(await erase()).toMatchObject({ events: 2, alerts: 1, alerts_changed: 1 })
      const { alerts } = await storage.reader.alerts(tenant, { limit: 10 })
      expect(alerts).toHaveLength(1)
      expect(alerts[0]).toMatchObject({
        entity: 'user:person 1',
        entity_name: 'person 1',
        risk: 80,
        count: 1,
      })
      const shown = await storage.reader.alert(tenant, alerts[0]?.id ?? '')
      expect(shown?.alert.event.uid).toBe('p1')
      expect(shown?.profileBefore).toBeNull()
      expect(await storage.reader.audit(tenant, 10)).toEqual([note])
      const { risks, lives } = await lifeAfter()
      expect(risks).toEqual([])
      expect(new Set(lives).size).toBe(2)
    })

    /** Risk of person 0 after the erasure, and the numbers of two lives. */
    async function lifeAfter() {
      const risks = await storage.reader.riskContributions(tenant, 'user:person 0')
      const lives: unknown[] = []
      for (let n = 0; n < 2; n++) {
        await writeProfile('user:again', Uint8Array.of(n), 0)
        lives.push((await profileOf('user:again', 1))?.life)
        const note = { time: NOON, by: 'me', action: 'erase_entity' as const, subject: `${n}` }
        await transact(async (batch) => {
          await batch.lock(new Map([['user:again', 0]]))
          await batch.erase('user:again', note)
        })
        expect((await profileOf('user:again'))?.revision).toBe(0)
      }
      return { risks, lives }
    }

    test('tenants see nothing of one another', async () => {
      const [raised] = await record([sampleJudged({ uid: 'mine', group: 'g', risk: 90 })])
      await transact((batch) => batch.appendDelta(Uint8Array.of(1)))
      const other = (await storage.accounts.ensureTenant(`other ${count}`, false)).id
      const { reader } = storage
      expect(await reader.event(other, 'mine')).toBeNull()
      expect(await reader.alert(other, raised?.alert.id ?? '')).toBeNull()
      expect(await reader.entity(other, 'user:ada')).toBeNull()
      expect(await reader.entities(other, { limit: 10 })).toEqual([])
      expect(await reader.riskContributions(other, 'user:ada')).toEqual([])
      expect((await reader.events(other, { limit: 10 })).events).toEqual([])
      expect((await reader.overview(other, NOON)).events_total).toBe(0)
      expect(await storage.populationLog.since(other, new Map())).toEqual([])
    })
  })
}
