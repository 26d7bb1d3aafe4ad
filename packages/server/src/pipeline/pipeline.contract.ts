import { createProfile, encodeProfile } from '@gatewatch/engine'
import { UNREADABLE_TIME } from '@gatewatch/schema'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import {
  attackedDay,
  attackedHistory,
  chunks,
  habitualHistory,
  profilesOf,
  visitedHistory,
} from './history.contract.ts'
import { type Committed, createPipeline, type Pipeline } from './pipeline.ts'

const DAY = 86_400_000
/** What the pipeline promises over any storage. `open` gives one whose clock stands at NOON. */
export function testPipeline(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`pipeline on ${name}`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let tenant: TenantId
    let pipeline: Pipeline
    let errors: unknown[]
    let count = 0
    const history = attackedHistory()
    const quiet = habitualHistory()

    beforeAll(async () => {
      ;({ storage, close } = await open())
      return async () => close()
    })
    beforeEach(async () => {
      count += 1
      errors = []
      tenant = (await storage.accounts.ensureTenant(`pipeline ${count}`, false)).id
      pipeline = start()
      return () => pipeline.close()
    })

    // One key for all tenants of this suite, so that profiles of two of them can be compared to the byte.
    const accounts = {
      tenant: async () => ({ name: 'any', hashKey: new Uint8Array(16).fill(7), demo: false }),
    }
    const start = (parts: { lanes?: number } = {}) =>
      createPipeline({
        ...storage,
        ...parts,
        accounts,
        clock: () => NOON,
        onError: (error) => errors.push(error),
      })
    const freshTenant = async (purpose: string) =>
      (await storage.accounts.ensureTenant(`${purpose} ${count}`, false)).id

    test('what is published is stored with its verdict and learned, in order', async () => {
      const published = await pipeline.publish(tenant, history)
      expect(published.map(({ kind }) => kind)).toEqual(history.map(() => 'new'))
      for (const index of [0, 100, history.length - 1]) {
        const uid = history[index]?.event.uid ?? ''
        const stored = await storage.reader.event(tenant, uid)
        const answer = published[index]
        expect(stored?.verdict).toEqual(answer?.kind === 'new' ? answer.verdict : null)
      }
      const overview = await storage.reader.overview(tenant, NOON)
      expect(overview.events_total).toBe(history.length)
      const known = await profilesOf(storage, tenant)
      expect(known.size).toBe(new Set(history.map(({ entity }) => entity.key)).size)
      expect([...known.values()]).not.toContain(
        Buffer.from(encodeProfile(createProfile())).toString('hex'),
      )
      expect(errors).toEqual([])
    })

    test('one lane or four, in one piece or one by one: the same profiles, to the byte', async () => {
      await pipeline.publish(tenant, quiet)
      const whole = await profilesOf(storage, tenant)
      expect(whole.size).toBeGreaterThan(20)
      const other = await freshTenant('pieces')
      const pieces = start({ lanes: 4 })
      for (const event of quiet) await pieces.publish(other, [event])
      await pieces.close()
      expect(await profilesOf(storage, other)).toEqual(whole)
    })

    test('the same record again is a duplicate that teaches nothing and gives the stored verdict', async () => {
      const [first] = await pipeline.publish(tenant, history.slice(0, 50))
      const before = await profilesOf(storage, tenant)
      const again = await pipeline.publish(tenant, history.slice(0, 50))
      expect(again.map(({ kind }) => kind)).toEqual(again.map(() => 'duplicate'))
      expect(again[0]).toEqual({ ...first, kind: 'duplicate' })
      expect(await profilesOf(storage, tenant)).toEqual(before)
    })

    test('copies in one batch count once', async () => {
      const [event] = history
      if (event === undefined) throw new Error('the world is empty')
      const published = await pipeline.publish(tenant, [event, event, event])
      expect(published.map(({ kind }) => kind)).toEqual(['new', 'duplicate', 'duplicate'])
      expect((await storage.reader.overview(tenant, NOON)).events_total).toBe(1)
    })

    test('a revision in the same batch amends the event, and teaches nothing', async () => {
      const original = sampleEvent({ uid: 'a' })
      const revised = sampleEvent({ uid: 'a', activity: 'login, with a result' })
      const published = await pipeline.publish(tenant, [original, revised])
      expect(published.map(({ kind }) => kind)).toEqual(['new', 'revision'])
      expect(published[1]).toEqual({ ...published[0], kind: 'revision' })
      const stored = await storage.reader.event(tenant, 'a')
      expect(stored?.event.activity).toBe('login, with a result')
      const taught = await profilesOf(storage, tenant)
      const other = await freshTenant('once')
      await pipeline.publish(other, [original])
      expect(taught).toEqual(await profilesOf(storage, other))
    })

    test('assess answers with the recorded verdict, and the same for the same uid', async () => {
      const event = sampleEvent({ uid: 'asked' })
      const verdict = await pipeline.assess(tenant, event)
      expect((await storage.reader.event(tenant, 'asked'))?.verdict).toEqual(verdict)
      expect(await pipeline.assess(tenant, event)).toEqual(verdict)
    })

    test('peek stores and learns nothing', async () => {
      await pipeline.publish(tenant, history.slice(0, 200))
      const before = await profilesOf(storage, tenant)
      const { verdict, habits } = await pipeline.peek(
        tenant,
        sampleEvent({ uid: 'peeked', user: 'x' }),
      )
      expect(verdict.uid).toBe('peeked')
      expect(habits.hours).toHaveLength(48)
      expect(await storage.reader.event(tenant, 'peeked')).toBeNull()
      expect(await profilesOf(storage, tenant)).toEqual(before)
    })

    test('a clock gone wrong, a year 9999 and what is older than retention go to the dead letters', async () => {
      const times = [NOON + 25 * 3_600_000, 253_402_300_799_999, NOON - 401 * DAY]
      const events = times.map((time, n) => sampleEvent({ uid: `t${n}`, time }))
      const published = await pipeline.publish(tenant, [sampleEvent({ uid: 'fine' }), ...events])
      expect(published.map(({ kind }) => kind)).toEqual(['new', 'rejected', 'rejected', 'rejected'])
      expect(await storage.deadLetters.count(tenant)).toBe(3)
      const letters = await storage.deadLetters.list(tenant, 10)
      expect(letters.map(({ reason }) => reason).sort()).toEqual([
        expect.stringMatching(/^time is more than 24 h ahead of receipt \(2026-05-21/),
        expect.stringMatching(/^time is more than 24 h ahead of receipt \(9999-12-31/),
        expect.stringMatching(/^time is older than the 400 days that are kept/),
      ])
      expect(JSON.parse(letters[0]?.raw ?? '{}')).toHaveProperty('uid')
      await expect(pipeline.assess(tenant, events[0] ?? sampleEvent({ uid: '' }))).rejects.toThrow(
        /ahead of receipt/,
      )
    })

    test('a backfill from before retention teaches without being stored', async () => {
      const old = { ...sampleEvent({ uid: 'old', time: NOON - 500 * DAY }), backfill: true }
      const [published] = await pipeline.publish(tenant, [old])
      expect(published?.kind).toBe('new')
      expect(await storage.reader.event(tenant, 'old')).toBeNull()
      expect((await storage.reader.entity(tenant, 'user:ada'))?.entity.name).toBe('ada')
    })

    test('a record without a time keeps the one of its first receipt, and sent again is the same event', async () => {
      const warnings = [UNREADABLE_TIME]
      const sent = (time: number) => sampleEvent({ uid: 'timeless', time, change: { warnings } })
      const times = [NOON - 5 * DAY, NOON]
      const kinds: string[] = []
      for (const time of times) {
        const clocked = createPipeline({ ...storage, accounts, clock: () => time })
        const [published] = await clocked.publish(tenant, [sent(time)])
        kinds.push(published?.kind ?? '')
        await clocked.close()
      }
      expect(kinds).toEqual(['new', 'duplicate'])
      expect((await storage.reader.event(tenant, 'timeless'))?.event.time).toBe(times[0])
    })

    test('an identity with NUL and lone surrogates in its name is stored and found', async () => {
      const entity = { key: 'user:a\0b\ud800', name: 'a\0b\ud800', class: 'human' as const }
      const [published] = await pipeline.publish(tenant, [
        { ...sampleEvent({ uid: 'odd' }), entity },
      ])
      expect(published?.kind).toBe('new')
      expect((await storage.reader.entity(tenant, 'user:a\uFFFDb\uFFFD'))?.recent).toHaveLength(1)
    })

    test('listeners hear of each commit once, after it', async () => {
      const heard: Committed[] = []
      const stop = pipeline.onCommit((committed) => heard.push(committed))
      for (const chunk of chunks(history, 100)) await pipeline.publish(tenant, chunk)
      stop()
      await pipeline.publish(tenant, [sampleEvent({ uid: 'unheard' })])
      expect(heard.flatMap(({ events }) => events.map(({ uid }) => uid)).sort()).toEqual(
        history.map(({ event }) => event.uid).sort(),
      )
      const raised = heard.flatMap(({ alerts }) => alerts.filter(({ isNew }) => isNew))
      const { alerts } = await storage.reader.alerts(tenant, { limit: 500 })
      expect(raised.map(({ alert }) => alert.id).sort()).toEqual(alerts.map(({ id }) => id).sort())
      expect(alerts.length).toBeGreaterThan(0)
    })

    test('compromised takes back what the events of an alert taught; safe teaches it in full; both close', async () => {
      for (const chunk of chunks(history, 100)) await pipeline.publish(tenant, chunk)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 500 })
      const taught: number[] = []
      for (const { id, entity } of alerts) {
        const learned = await storage.store.transact(tenant, (batch) => batch.learnedOf(id))
        const weight = Math.max(0, ...(learned ?? []).map((one) => one.learned))
        if (weight > 0 && weight < 1) taught.push(weight)
        const before = (await profilesOf(storage, tenant)).get(entity)
        for (const [verdict, target] of [
          ['compromised', 0],
          ['safe', 1],
        ] as const) {
          const closed = await pipeline.feedback(tenant, id, { verdict, by: 'me', time: NOON })
          expect(closed).toMatchObject({ status: 'closed', feedback: { verdict } })
          const now = await storage.store.transact(tenant, (batch) => batch.learnedOf(id))
          expect(new Set(now?.map((one) => one.learned))).toEqual(new Set([target]))
        }
        if (weight < 1) expect((await profilesOf(storage, tenant)).get(entity)).not.toBe(before)
      }
      expect(alerts.length).toBeGreaterThan(0)
      expect(
        await pipeline.feedback(tenant, 'none', { verdict: 'safe', by: 'me', time: NOON }),
      ).toBeNull()
    })

    test('what was said of an alert is undone by dismissing it: weights are what the gate gave', async () => {
      for (const chunk of chunks(history, 100)) await pipeline.publish(tenant, chunk)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 500 })
      const weights = async (id: string) =>
        (await storage.store.transact(tenant, (batch) => batch.learnedOf(id)))?.map(
          ({ learned }) => learned,
        )
      for (const { id } of alerts) {
        const before = await weights(id)
        for (const verdict of ['safe', 'safe', 'compromised', 'dismissed'] as const) {
          await pipeline.feedback(tenant, id, { verdict, by: 'me', time: NOON })
        }
        expect(await weights(id)).toEqual(before)
      }
      expect(alerts.length).toBeGreaterThan(0)
    })

    /** What is thought of each identity's last event, and the weights of an alert's events. */
    const scoresOf = (events: readonly ArrivingEvent[]) => async () => {
      const probes = [...new Map(events.map((one) => [one.entity.key, one])).values()]
      const peeked = await Promise.all(probes.map((probe) => pipeline.peek(tenant, probe)))
      return peeked.map(({ verdict }) => verdict.score)
    }
    const weightsOf = async (id: string) =>
      (await storage.store.transact(tenant, (batch) => batch.learnedOf(id)))?.map(
        ({ learned }) => learned,
      )
    const apart = (now: readonly number[], before: readonly number[]) =>
      Math.max(...now.map((score, at) => Math.abs(score - (before[at] ?? 0))))

    test('what was said and taken back is as if it had not been said: states, weights, and what is thought of anything', async () => {
      const visits = visitedHistory()
      for (const chunk of chunks(visits, 100)) await pipeline.publish(tenant, chunk)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 12, status: 'open' })
      const scores = scoresOf(visits)
      let most = 0
      for (const verdict of ['safe', 'compromised'] as const) {
        for (const { id } of alerts) {
          const before = await scores()
          const learned = await weightsOf(id)
          await pipeline.feedback(tenant, id, { verdict, by: 'me', time: NOON })
          most = Math.max(most, apart(await scores(), before))
          const back = await pipeline.takeBack(tenant, id)
          expect(back).toMatchObject({ status: 'open' })
          expect(back?.feedback).toBeUndefined()
          expect(await weightsOf(id)).toEqual(learned)
          expect(apart(await scores(), before)).toBeLessThan(1e-4)
        }
      }
      // what had taught nothing, as it was refused, has nothing to unlearn: together they have to matter
      expect(most, 'what was said mattered').toBeGreaterThan(0.01)
      expect(alerts.length).toBeGreaterThan(0)
      const { incidents } = await storage.incidents.list(tenant, { limit: 50 })
      const reopened = incidents.filter(({ id }) => alerts.some((one) => one.incident === id))
      expect(reopened.length).toBeGreaterThan(0)
      expect(new Set(reopened.map(({ status }) => status))).toEqual(new Set(['open']))
      expect(await pipeline.takeBack(tenant, 'none')).toBeNull()
    }, 60_000)

    test('a busy day that was called compromised and taken back is as it was, however often it was judged and whatever came between', async () => {
      const busy = attackedDay()
      for (const chunk of chunks(busy, 100)) await pipeline.publish(tenant, chunk)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 50 })
      const alert = alerts.toSorted((a, b) => b.count - a.count)[0]
      if (alert === undefined) throw new Error('the day raises no alert')
      expect(alert.count, 'more than a day may bring of one value').toBeGreaterThan(6)
      const scores = scoresOf(busy)
      const [before, profiles, learned] = [
        await scores(),
        await profilesOf(storage, tenant),
        await weightsOf(alert.id),
      ]
      for (const verdict of ['compromised', 'safe', 'compromised', 'dismissed', 'safe'] as const) {
        await pipeline.feedback(tenant, alert.id, { verdict, by: 'me', time: NOON })
      }
      await pipeline.feedback(tenant, alert.id, { verdict: 'compromised', by: 'me', time: NOON })
      expect(apart(await scores(), before), 'it mattered').toBeGreaterThan(0.1)
      await pipeline.takeBack(tenant, alert.id)
      expect(apart(await scores(), before)).toBeLessThan(1e-4)
      expect(await profilesOf(storage, tenant), 'to the bit').toEqual(profiles)
      expect(await weightsOf(alert.id)).toEqual(learned)

      const never = await freshTenant('never said')
      for (const chunk of chunks(busy, 100)) await pipeline.publish(never, chunk)
      await pipeline.feedback(tenant, alert.id, { verdict: 'compromised', by: 'me', time: NOON })
      const later = sampleEvent({ uid: 'between', user: 'somebody else' })
      for (const one of [tenant, never]) await pipeline.publish(one, [later])
      await pipeline.takeBack(tenant, alert.id)
      expect(await profilesOf(storage, tenant)).toEqual(await profilesOf(storage, never))
    }, 60_000)

    test('a challenge that was passed with a key teaches whole, one that was not takes back, and a person counts more', async () => {
      for (const chunk of chunks(history, 100)) await pipeline.publish(tenant, chunk)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 1 })
      const id = alerts[0]?.id ?? ''
      const alert = await pipeline.alert(tenant, id)
      const uid = alert?.event.uid ?? ''
      const answer = async (outcome: 'passed' | 'failed' | 'abandoned', factor?: 'webauthn') => {
        const more = factor === undefined ? {} : { factor }
        const told = await pipeline.challenge(tenant, uid, { outcome, time: NOON, ...more })
        return told?.learned
      }
      const gate = await answer('passed')
      expect(await answer('passed', 'webauthn')).toBe(1)
      const trusted = await profilesOf(storage, tenant)
      expect(await answer('passed', 'webauthn')).toBe(1)
      expect([...(await profilesOf(storage, tenant)).keys()]).toEqual([...trusted.keys()])
      expect(await answer('abandoned')).toBe(0)
      expect(await answer('failed')).toBe(0)
      expect((await storage.reader.event(tenant, uid))?.verdict.challenge?.outcome).toBe('failed')
      expect(await answer('passed')).toBe(gate)
      await pipeline.feedback(tenant, id, { verdict: 'compromised', by: 'me', time: NOON })
      expect(await answer('passed', 'webauthn')).toBe(0)
      expect(
        await pipeline.challenge(tenant, 'never', { outcome: 'passed', time: NOON }),
      ).toBeNull()
    })

    test('an alert comes with the habits as they were', async () => {
      for (const chunk of chunks(history, 100)) await pipeline.publish(tenant, chunk)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 1 })
      const alert = await pipeline.alert(tenant, alerts[0]?.id ?? '')
      expect(alert?.habits?.hours).toHaveLength(48)
      expect(await pipeline.alert(tenant, 'f'.repeat(32))).toBeNull()
    })

    test('two pipelines given the same events at once end as one would', async () => {
      const single = await freshTenant('single')
      for (const chunk of chunks(quiet, 40)) await pipeline.publish(single, chunk)
      const second = start({ lanes: 3 })
      for (const chunk of chunks(quiet, 40)) {
        const answers = await Promise.all([
          pipeline.publish(tenant, chunk),
          second.publish(tenant, chunk),
        ])
        expect(answers.flat().filter(({ kind }) => kind === 'new')).toHaveLength(chunk.length)
        const [own, others] = answers.map((all) =>
          all.map((one) => 'verdict' in one && one.verdict),
        )
        expect(own).toEqual(others)
      }
      await second.close()
      expect((await storage.reader.overview(tenant, NOON)).events_total).toBe(quiet.length)
      expect(errors).toEqual([])
      expect(await profilesOf(storage, tenant)).toEqual(await profilesOf(storage, single))
    })

    test('a full queue refuses, and takes again once it is empty', async () => {
      const many = Array.from({ length: 50_001 }, (_, n) =>
        sampleEvent({ uid: `q${n}`, user: `u${n % 9}` }),
      )
      const first = pipeline.publish(tenant, many.slice(0, 10))
      await expect(pipeline.publish(tenant, many)).rejects.toMatchObject({ code: 'overloaded' })
      await first
      expect(await pipeline.publish(tenant, many.slice(0, 10))).toHaveLength(10)
    })

    test('a pipeline that was closed takes nothing', async () => {
      const other = start()
      await other.close()
      await expect(other.publish(tenant, [sampleEvent({ uid: 'late' })])).rejects.toMatchObject({
        code: 'store_unavailable',
      })
    })
  })
}
