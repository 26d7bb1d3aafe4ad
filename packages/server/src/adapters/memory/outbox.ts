import { fault } from '../../errors.ts'
import {
  DELIVERIES_KEPT_MS,
  type Finished,
  isEnding,
  type Outbox,
  type StoredChannel,
  subjectOf,
} from '../../ports/outbox.ts'
import type { Ledger, OutboxRows } from './ledger.ts'

/** A delivery in memory. */
export type DeliveryRow = OutboxRows['deliveries'][number]

/** The outbox in memory. */
export function memoryOutbox(ledger: Ledger): Outbox {
  const rowsOf = (tenant: number) => ledger.of(tenant).outbox

  return {
    channels: async (tenant) => [...rowsOf(tenant).channels.values()].map(({ channel }) => channel),
    async addChannel(tenant, channel) {
      refuseTaken(rowsOf(tenant), channel)
      rowsOf(tenant).channels.set(channel.id, { channel, readyAt: 0, lease: 0 })
    },
    async changeChannel(tenant, id, patch) {
      const row = rowsOf(tenant).channels.get(id)
      if (row === undefined) return null
      const channel = { ...row.channel, ...patch }
      refuseTaken(rowsOf(tenant), channel)
      rowsOf(tenant).channels.set(id, { ...row, channel, readyAt: readyNow(row) })
      return channel
    },
    async removeChannel(tenant, id) {
      const own = rowsOf(tenant)
      own.deliveries = own.deliveries.filter(({ channel }) => channel !== id)
      return own.channels.delete(id)
    },
    async due(now) {
      return [...ledger.tenants.keys()].filter((tenant) => {
        const { notices, channels, deliveries } = rowsOf(tenant)
        const isReady = ({ channel, readyAt }: { channel: StoredChannel; readyAt: number }) =>
          channel.enabled &&
          readyAt <= now &&
          deliveries.some((one) => one.channel === channel.id && isWaiting(one) && one.due <= now)
        return notices.size > 0 || [...channels.values()].some(isReady)
      })
    },
    async fanOut(tenant, now, limit, plan) {
      const own = rowsOf(tenant)
      const taken = [...own.notices.values()].slice(0, limit)
      for (const notice of taken) {
        own.notices.delete(notice.key)
        for (const { channel } of own.channels.values()) {
          const planned = plan(notice, channel)
          const isKnown = own.deliveries.some(
            (one) => one.channel === channel.id && one.notice.key === notice.key,
          )
          if (planned === null || isKnown) continue
          const delivery = {
            id: (own.deliveries.at(-1)?.id ?? 0) + 1,
            channel: channel.id,
            notice,
            state: 'waiting' as const,
            created: now,
            attempts: 0,
            error: null,
            ...planned,
          }
          own.deliveries = [...own.deliveries, delivery]
        }
      }
      if (taken.length > 0) {
        const isKept = (one: DeliveryRow) =>
          isWaiting(one) || one.created >= now - DELIVERIES_KEPT_MS
        own.deliveries = own.deliveries.filter(isKept)
      }
      return taken.length
    },
    async claim(tenant, now, leaseMs) {
      const own = rowsOf(tenant)
      const { incidents, alerts } = ledger.of(tenant)
      const isOpen = (id: string) => {
        const { alert } = alerts.get(id) ?? {}
        const isAlone = alert?.incident === undefined && alert?.status === 'open'
        return incidents.get(id)?.incident.status === 'open' || isAlone
      }
      const inOrder = [...own.channels.values()].sort((a, b) => a.readyAt - b.readyAt)
      for (const row of inOrder) {
        const { channel, readyAt } = row
        if (!channel.enabled || readyAt > now) continue
        for (;;) {
          const next = nextDue(own, channel.id, now)
          if (next === undefined) break
          const { digest } = next
          const together = digest === null ? [next] : digestOf(own, channel.id, digest)
          const needed = together.filter((one) => isNeeded(own, one, isOpen))
          for (const one of together)
            if (!needed.includes(one)) replace(own, one, { state: 'spared' })
          const [first, ...others] = needed.map((one) => ({ ...one, key: one.notice.key }))
          if (first === undefined) continue
          const lease = row.lease + 1
          own.channels.set(channel.id, { channel, readyAt: now + leaseMs, lease })
          return { channel, lease, digest, deliveries: [first, ...others] }
        }
      }
      return null
    },
    async finish(tenant, { channel: { id }, lease, deliveries }, now, done) {
      const own = rowsOf(tenant)
      const row = own.channels.get(id)
      if (row === undefined || row.lease !== lease || row.readyAt === 0) return false
      own.channels.set(id, {
        ...row,
        readyAt: done.readyAt,
        channel: afterwards(row.channel, done),
      })
      const ids = new Set(deliveries.map((one) => one.id))
      for (const one of own.deliveries.filter((delivery) => ids.has(delivery.id))) {
        const { state, due, error } = done
        replace(own, one, { state, due, error, attempts: one.attempts + 1 })
      }
      for (const one of own.deliveries) {
        const waits = one.channel === id && isWaiting(one) && one.attempts > 0
        if (done.hurry && waits) replace(own, one, { due: now })
      }
      for (const notice of done.notices) own.notices.set(notice.key, notice)
      return true
    },
    async deliveries(tenant, channel, { state, limit }) {
      return rowsOf(tenant)
        .deliveries.filter((one) => one.channel === channel && (state ?? one.state) === one.state)
        .toReversed()
        .slice(0, limit)
        .map(({ id, notice, state, created, due, attempts, error }) => {
          return { id, notice, state, created, due, attempts, error }
        })
    },
    async counts(tenant) {
      const counts = new Map<string, { waiting: number; dead: number }>()
      for (const { channel, state } of rowsOf(tenant).deliveries) {
        if (state !== 'waiting' && state !== 'dead') continue
        const { waiting, dead } = counts.get(channel) ?? { waiting: 0, dead: 0 }
        const isDead = state === 'dead'
        counts.set(channel, { waiting: waiting + Number(!isDead), dead: dead + Number(isDead) })
      }
      return counts
    },
    async retryDead(tenant, id, now) {
      const own = rowsOf(tenant)
      const dead = own.deliveries.filter(({ channel, state }) => channel === id && state === 'dead')
      for (const one of dead) {
        replace(own, one, { state: 'waiting', attempts: 0, due: now, created: now })
      }
      const row = own.channels.get(id)
      if (row !== undefined) own.channels.set(id, { ...row, readyAt: readyNow(row) })
      return dead.length
    },
  }
}

function refuseTaken({ channels }: OutboxRows, { id, name }: StoredChannel): void {
  if (![...channels.values()].some(({ channel }) => channel.name === name && channel.id !== id)) {
    return
  }
  throw fault('invalid_request', `There is a channel named ${name} already; choose another name.`)
}

function afterwards(channel: StoredChannel, { health, enabled }: Finished): StoredChannel {
  return { ...channel, health, enabled: channel.enabled && enabled }
}

/** Ends a pause after failures, and no lease of whom nothing went wrong with. */
function readyNow(row: { readonly channel: StoredChannel; readonly readyAt: number }): number {
  return row.channel.health.failures > 0 ? 0 : row.readyAt
}

function isWaiting({ state }: DeliveryRow): boolean {
  return state === 'waiting'
}

function replace(own: OutboxRows, row: DeliveryRow, change: Partial<DeliveryRow>): void {
  own.deliveries = own.deliveries.map((one) => (one.id === row.id ? { ...one, ...change } : one))
}

/** The first that is due and has nothing of the same alert waiting before it. */
function nextDue(own: OutboxRows, channel: string, now: number): DeliveryRow | undefined {
  const waiting = own.deliveries.filter((one) => one.channel === channel && isWaiting(one))
  return waiting
    .filter(({ due }) => due <= now)
    .filter(
      ({ id, notice }) =>
        !waiting.some((one) => one.id < id && subjectOf(one.notice) === subjectOf(notice)),
    )
    .sort((a, b) => a.due - b.due || a.id - b.id)[0]
}

function digestOf(own: OutboxRows, channel: string, digest: number): readonly DeliveryRow[] {
  return own.deliveries.filter(
    (one) => one.channel === channel && isWaiting(one) && one.digest === digest,
  )
}

function isNeeded(
  { deliveries }: OutboxRows,
  { id, channel, notice, escalates, digest }: DeliveryRow,
  isOpen: (alert: string) => boolean,
): boolean {
  if (escalates) return isOpen(subjectOf(notice))
  if (!isEnding(notice)) return true
  return deliveries.some(
    (one) =>
      one.channel === channel &&
      one.id < id &&
      subjectOf(one.notice) === subjectOf(notice) &&
      !isEnding(one.notice) &&
      (one.state === 'sent' || (isWaiting(one) && digest !== null && one.digest === digest)),
  )
}
