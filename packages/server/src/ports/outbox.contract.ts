import { randomUUID } from 'node:crypto'
import type { AlertSummary, Notice, Severity } from '@gatewatch/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newAlert } from './alert-growth.ts'
import {
  type ClaimedChannel,
  DELIVERIES_KEPT_MS,
  type Finished,
  type Plan,
  type StoredChannel,
  UNTRIED,
} from './outbox.ts'
import { NOON, sampleJudged } from './samples.contract.ts'
import type { Storage } from './storage.ts'

const LEASE = 60_000

/** An alert of the group, about `user`. */
function alertOf(group: string, user = 'ada', severity: Severity = 'high'): AlertSummary {
  return newAlert(sampleJudged({ uid: `${group} ${user}`, user, group, severity }), false)
}

/** News of an alert. */
function newsOf(alert: AlertSummary, change: 'raised' | 'graver' | 'closed'): Notice {
  return { about: 'alert', key: `${alert.id}.${change}`, change, time: NOON, alert }
}

/** A channel of this name. */
function channelOf(name: string, more: Partial<StoredChannel> = {}): StoredChannel {
  return {
    id: randomUUID(),
    name,
    settings: { kind: 'webhook', url: 'https://example.com' },
    sealed: Uint8Array.of(1, 2),
    route: { min_severity: 'low', changes: ['raised', 'graver', 'closed', 'withdrawn'] },
    enabled: true,
    created: NOON,
    health: UNTRIED,
    ...more,
  }
}

const soon = (): Plan => ({ due: NOON, digest: null, escalates: false })

const ended = (state: Finished['state'], more: Partial<Finished> = {}): Finished => ({
  state,
  due: NOON,
  error: state === 'sent' ? null : 'it answered 500',
  health: UNTRIED,
  enabled: true,
  readyAt: NOON,
  hurry: false,
  notices: [],
  ...more,
})

const told = (claimed: ClaimedChannel | null) => claimed?.deliveries.map(({ key }) => key)

/** What every outbox promises. */
export function testOutbox(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`the outbox of ${name}`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let count = 0
    beforeAll(async () => {
      const opened = await open()
      storage = opened.storage
      close = opened.close
    })
    afterAll(() => close())

    const fresh = async () => {
      count += 1
      return (await storage.accounts.ensureTenant(`outbox ${count}`, false)).id
    }
    const put = (tenant: number, notices: readonly Notice[]) =>
      storage.store.transact(tenant, (batch) => batch.notify(notices))
    const withChannel = async (more: Partial<StoredChannel> = {}) => {
      const tenant = await fresh()
      const channel = channelOf('one', more)
      await storage.outbox.addChannel(tenant, channel)
      return { tenant, channel }
    }
    const fan = (tenant: number, plan: () => Plan | null = soon) =>
      storage.outbox.fanOut(tenant, NOON, 10, plan)
    const claim = (tenant: number, now = NOON) => storage.outbox.claim(tenant, now, LEASE)
    const finish = async (tenant: number, claimed: ClaimedChannel | null, done: Finished) => {
      if (claimed === null) throw new Error('nothing was claimed')
      return storage.outbox.finish(tenant, claimed, NOON, done)
    }

    test('keeps channels as they were given, of one tenant alone, each name once', async () => {
      const { tenant, channel } = await withChannel()
      expect(await storage.outbox.channels(tenant)).toEqual([channel])
      expect(await storage.outbox.channels(await fresh())).toEqual([])
      const again = storage.outbox.addChannel(tenant, channelOf('one'))
      await expect(again).rejects.toMatchObject({ code: 'invalid_request' })
      await storage.outbox.addChannel(tenant, channelOf('two'))
      const taken = storage.outbox.changeChannel(tenant, channel.id, { name: 'two' })
      await expect(taken).rejects.toMatchObject({ code: 'invalid_request' })
      const changed = await storage.outbox.changeChannel(tenant, channel.id, { enabled: false })
      expect(changed).toEqual({ ...channel, enabled: false })
      expect(await storage.outbox.changeChannel(tenant, 'x', {})).toBeNull()
      expect(await storage.outbox.removeChannel(await fresh(), channel.id)).toBe(false)
      expect(await storage.outbox.removeChannel(tenant, channel.id)).toBe(true)
      expect((await storage.outbox.channels(tenant)).map((one) => one.name)).toEqual(['two'])
    })

    test('holds what a transaction wrote once it committed, and nothing of one that failed', async () => {
      const { tenant } = await withChannel()
      const failed = storage.store.transact(tenant, async (batch) => {
        await batch.notify([newsOf(alertOf('a'), 'raised')])
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
      expect(await storage.outbox.due(NOON)).not.toContain(tenant)
      await put(tenant, [newsOf(alertOf('a'), 'raised')])
      expect(await storage.outbox.due(NOON)).toContain(tenant)
      expect(await fan(tenant)).toBe(1)
      expect(await fan(tenant)).toBe(0)
    })

    test('tells a channel each key once, however often it is written', async () => {
      const { tenant, channel } = await withChannel()
      const news = newsOf(alertOf('a'), 'raised')
      await put(tenant, [news])
      await put(tenant, [news])
      expect(await fan(tenant)).toBe(1)
      await put(tenant, [news])
      await fan(tenant)
      const found = await storage.outbox.deliveries(tenant, channel.id, { limit: 9 })
      expect(found).toHaveLength(1)
      expect(found[0]).toMatchObject({ notice: news, state: 'waiting', attempts: 0, created: NOON })
    })

    test('gives a channel to one sender at a time, until its lease ends', async () => {
      const { tenant } = await withChannel()
      await put(tenant, [newsOf(alertOf('a'), 'raised')])
      await fan(tenant)
      const [one, two] = await Promise.all([claim(tenant), claim(tenant)])
      const mine = one ?? two
      expect([one, two]).toContain(null)
      expect(told(mine)).toEqual([`${alertOf('a').id}.raised`])
      const other = await claim(tenant, NOON + LEASE)
      expect(told(other)).toEqual(told(mine))
      expect(await finish(tenant, mine, ended('sent'))).toBe(false)
      expect(await finish(tenant, other, ended('sent'))).toBe(true)
      expect(await claim(tenant, NOON + 10 * LEASE)).toBeNull()
    })

    test('a change, or asking for what was given up, sends nothing twice that is being sent', async () => {
      const { tenant, channel } = await withChannel()
      await put(tenant, [newsOf(alertOf('a'), 'raised')])
      await fan(tenant)
      const mine = await claim(tenant)
      await storage.outbox.changeChannel(tenant, channel.id, { name: 'another' })
      await storage.outbox.retryDead(tenant, channel.id, NOON)
      expect(await claim(tenant)).toBeNull()
      expect(await finish(tenant, mine, ended('sent'))).toBe(true)
      expect(await claim(tenant, NOON + 10 * LEASE)).toBeNull()
    })

    test('keeps the news of one alert in order, also while the first is tried again', async () => {
      const { tenant } = await withChannel()
      const [a, b] = [alertOf('a'), alertOf('b')]
      await put(tenant, [newsOf(a, 'raised'), newsOf(a, 'graver'), newsOf(b, 'raised')])
      await fan(tenant)
      const first = await claim(tenant)
      expect(told(first)).toEqual([`${a.id}.raised`])
      await finish(tenant, first, ended('waiting', { due: NOON + 5_000 }))
      const second = await claim(tenant)
      expect(told(second)).toEqual([`${b.id}.raised`])
      await finish(tenant, second, ended('sent'))
      expect(await claim(tenant)).toBeNull()
      const again = await claim(tenant, NOON + 5_000)
      expect(again?.deliveries[0]).toMatchObject({ key: `${a.id}.raised`, attempts: 1 })
      await finish(tenant, again, ended('sent'))
      expect(told(await claim(tenant))).toEqual([`${a.id}.graver`])
    })

    test('leaves a channel alone until it is ready, and one that is switched off', async () => {
      const { tenant, channel } = await withChannel()
      await put(tenant, [newsOf(alertOf('a'), 'raised'), newsOf(alertOf('b'), 'raised')])
      await fan(tenant)
      const health = { ...UNTRIED, failures: 3, last_error: 'down' }
      await finish(
        tenant,
        await claim(tenant),
        ended('waiting', { readyAt: NOON + 60_000, health }),
      )
      expect(await claim(tenant, NOON + 59_999)).toBeNull()
      expect(await storage.outbox.due(NOON + 59_999)).not.toContain(tenant)
      expect(await storage.outbox.due(NOON + 60_000)).toContain(tenant)
      expect((await storage.outbox.channels(tenant))[0]?.health).toEqual(health)
      const gone = await claim(tenant, NOON + 60_000)
      await finish(tenant, gone, ended('waiting', { enabled: false }))
      expect(await claim(tenant, NOON + 9e9)).toBeNull()
      expect(await storage.outbox.counts(tenant)).toEqual(
        new Map([[channel.id, { waiting: 2, dead: 0 }]]),
      )
      await storage.outbox.changeChannel(tenant, channel.id, { enabled: true })
      expect(await claim(tenant, NOON)).not.toBeNull()
    })

    test('a channel that works again makes due what waits for another attempt', async () => {
      const { tenant } = await withChannel()
      await put(tenant, [newsOf(alertOf('a'), 'raised'), newsOf(alertOf('b'), 'raised')])
      await fan(tenant)
      const later = ended('waiting', { due: NOON + 9e6 })
      await finish(tenant, await claim(tenant), later)
      await finish(tenant, await claim(tenant), ended('sent', { hurry: true }))
      expect(told(await claim(tenant))).toEqual([`${alertOf('a').id}.raised`])
    })

    test('what was given up is kept, and goes again when asked for', async () => {
      const { tenant, channel } = await withChannel()
      await put(tenant, [newsOf(alertOf('a'), 'raised')])
      await fan(tenant)
      const notice: Notice = {
        about: 'channel',
        key: 'k',
        time: NOON,
        channel: 'x',
        text: 'gave up',
      }
      await finish(tenant, await claim(tenant), ended('dead', { notices: [notice] }))
      const dead = await storage.outbox.deliveries(tenant, channel.id, { state: 'dead', limit: 9 })
      expect(dead).toMatchObject([{ state: 'dead', attempts: 1, error: 'it answered 500' }])
      expect(
        await storage.outbox.deliveries(tenant, channel.id, { state: 'sent', limit: 9 }),
      ).toEqual([])
      expect(await storage.outbox.counts(tenant)).toEqual(
        new Map([[channel.id, { waiting: 0, dead: 1 }]]),
      )
      expect(await storage.outbox.due(NOON), 'what the end brought is told').toContain(tenant)
      expect(await storage.outbox.retryDead(tenant, channel.id, NOON + 1)).toBe(1)
      expect(await claim(tenant, NOON + 1)).not.toBeNull()
    })

    test('a digest is what came in its time, and stays that when it is tried again', async () => {
      const { tenant } = await withChannel()
      const digest = (due: number) => () => ({ due, digest: due, escalates: false })
      await put(tenant, [newsOf(alertOf('a'), 'raised'), newsOf(alertOf('b'), 'raised')])
      await fan(tenant, digest(NOON + 60_000))
      await put(tenant, [newsOf(alertOf('c'), 'raised')])
      await fan(tenant, digest(NOON + 120_000))
      expect(await claim(tenant)).toBeNull()
      const keys = [`${alertOf('a').id}.raised`, `${alertOf('b').id}.raised`]
      const first = await claim(tenant, NOON + 60_000)
      expect([told(first), first?.digest]).toEqual([keys, NOON + 60_000])
      await finish(tenant, first, ended('waiting', { due: NOON + 180_000 }))
      const second = await claim(tenant, NOON + 120_000)
      expect(told(second)).toEqual([`${alertOf('c').id}.raised`])
      await finish(tenant, second, ended('sent'))
      expect(told(await claim(tenant, NOON + 180_000))).toEqual(keys)
    })

    test('an end is told only to who heard the beginning', async () => {
      const { tenant, channel } = await withChannel()
      const alert = alertOf('a')
      await put(tenant, [newsOf(alert, 'closed')])
      await fan(tenant)
      expect(await claim(tenant)).toBeNull()
      const [spared] = await storage.outbox.deliveries(tenant, channel.id, { limit: 1 })
      expect(spared).toMatchObject({ state: 'spared', attempts: 0 })
      const other = alertOf('b')
      await put(tenant, [newsOf(other, 'raised'), newsOf(other, 'closed')])
      await fan(tenant)
      await finish(tenant, await claim(tenant), ended('sent'))
      expect(told(await claim(tenant))).toEqual([`${other.id}.closed`])
    })

    test('an escalation is spared where the alert was closed meanwhile', async () => {
      const { tenant, channel } = await withChannel()
      const judged = ['a', 'b'].map((group) => sampleJudged({ uid: group, group }))
      const alerts = await storage.store.transact(tenant, async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        await batch.claim(judged.map(({ arriving }) => arriving))
        await batch.writeEvents(judged)
        const raised = await batch.raise(judged)
        await batch.notify(raised.map(({ alert }) => newsOf(alert, 'raised')))
        return raised.map(({ alert }) => alert)
      })
      await fan(tenant, () => ({ due: NOON + 60_000, digest: null, escalates: true }))
      const [first, second] = alerts
      if (first === undefined || second === undefined) throw new Error('two were raised')
      await storage.store.transact(tenant, (batch) =>
        batch.settle(first.id, { verdict: 'safe', by: 'me', time: NOON }, new Map(), null),
      )
      expect(told(await claim(tenant, NOON + 60_000))).toEqual([`${second.id}.raised`])
      const [, spared] = await storage.outbox.deliveries(tenant, channel.id, { limit: 2 })
      expect(spared).toMatchObject({ state: 'spared' })
    })

    test('what is over is forgotten after 30 days, what waits is not', async () => {
      const { tenant, channel } = await withChannel()
      await put(tenant, [newsOf(alertOf('a'), 'raised'), newsOf(alertOf('b'), 'raised')])
      await fan(tenant)
      await finish(tenant, await claim(tenant), ended('sent'))
      await put(tenant, [newsOf(alertOf('c'), 'raised')])
      await storage.outbox.fanOut(tenant, NOON + DELIVERIES_KEPT_MS + 1, 10, soon)
      const left = await storage.outbox.deliveries(tenant, channel.id, { limit: 9 })
      expect(left.map(({ state }) => state)).toEqual(['waiting', 'waiting'])
    })

    test('erasing an identity takes its news out, and its name out of those of others', async () => {
      const { tenant, channel } = await withChannel()
      const own = alertOf('a', 'eve@example.com')
      const other = { ...alertOf('b', 'bob@example.com'), title: 'With eve@example.com' }
      const fill = () =>
        put(
          tenant,
          [own, other].map((alert) => newsOf(alert, 'raised')),
        )
      await fill()
      await fan(tenant)
      await put(
        tenant,
        [own, other].map((alert) => newsOf(alert, 'graver')),
      )
      const entity = 'user:eve@example.com'
      await storage.store.transact(tenant, async (batch) => {
        await batch.lock(new Map([[entity, 0]]))
        const note = { time: NOON, by: 'me', action: 'erase_entity', subject: 's' } as const
        await batch.erase(entity, note)
      })
      await fan(tenant)
      const left = await storage.outbox.deliveries(tenant, channel.id, { limit: 9 })
      expect(left).toHaveLength(2)
      expect(JSON.stringify(left)).not.toContain('eve@')
      expect(JSON.stringify(left)).toContain('With [erased]')
    })
  })
}
