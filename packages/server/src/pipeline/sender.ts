import type { ChannelHealth, ChannelKind, Notice } from '@gatewatch/schema'
import type { Courier, Message, Sent } from '../ports/courier.ts'
import type { ClaimedChannel, Finished, Outbox, StoredChannel } from '../ports/outbox.ts'
import type { TenantId } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import { unsealed } from './channel-settings.ts'
import { planDelivery } from './plan-delivery.ts'

/** How often (ms) the outbox is looked into without a wake. */
const EVERY_MS = 1_000
/** How long (ms) a channel is one process's: longer than any courier takes. */
const LEASE_MS = 120_000
/** Channels that are sent to at a time. */
const AT_A_TIME = 8
/** Notices that are taken out of the outbox in one transaction. */
const NOTICES = 100

/** Waits (ms) between the attempts at one message, a fifth more or less; after the last it is given up. */
const RETRIES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map(
  (seconds) => seconds * 1_000,
)
/** Oldest (ms) a message gets, however often its receiver asked for patience. */
const OLDEST_MS = 5 * 86_400_000
/** Failed attempts after which a channel is left alone for a while: a minute, then twice as long each time, to a quarter of an hour. */
const BREAKS_AFTER = 3
const BREAK_MS = 60_000
const LONGEST_BREAK_MS = 15 * 60_000

/** Shortest time (ms) between two messages to one channel, so that none is shut out for sending too fast. */
const PAUSE_MS: Readonly<Record<ChannelKind, number>> = {
  webhook: 50,
  email: 200,
  slack: 1_100,
  teams: 1_100,
  pagerduty: 600,
  sns: 100,
  syslog: 20,
  ocsf: 20,
}

/** How many messages each kind of channel was sent, and what came of them, in this process. */
export type DeliveryCounts = ReadonlyMap<`${ChannelKind} ${Sent['kind']}`, number>

/** Carries what is in the outbox to channels. */
export interface Sender {
  /** Looks into the outbox soon: something was put there. */
  wake(): void
  /** One look; resolves when what was due has been sent, or has failed. */
  run(): Promise<void>
  counts(): DeliveryCounts
  /** Ends once what is being sent is done. */
  close(): Promise<void>
}

/** What a sender needs; `tenantName` is told to receivers, `dice` gives 0 to 1 for the jitter, `clock` ms UTC. */
export interface SenderParts {
  readonly outbox: Outbox
  readonly courier: Courier
  readonly vault: Vault
  readonly tenantName: (tenant: TenantId) => Promise<string>
  readonly clock: () => number
  readonly dice: () => number
  /** Hears of what failed inside, and of channels in trouble. */
  readonly onError: (error: unknown) => void
}

/** A sender; it looks into the outbox by itself once it was woken first. */
export function createSender(parts: SenderParts): Sender {
  const { outbox, clock, onError } = parts
  const counts = new Map<`${ChannelKind} ${Sent['kind']}`, number>()
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false

  function schedule(ms: number): void {
    if (closed) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      start().finally(() => schedule(again ? 0 : EVERY_MS))
    }, ms)
    timer.unref()
  }

  function start(): Promise<void> {
    again = false
    running ??= look()
      .catch(onError)
      .finally(() => {
        running = null
      })
    return running
  }

  async function look(): Promise<void> {
    const tenants = await outbox.due(clock())
    for (const tenant of tenants) {
      const plan = (notice: Notice, channel: StoredChannel) =>
        planDelivery(notice, channel, clock())
      while (!closed && (await outbox.fanOut(tenant, clock(), NOTICES, plan)) > 0);
    }
    const free = Array.from({ length: AT_A_TIME }, async () => {
      for (const tenant of tenants) while (!closed && (await sendNext(tenant)));
    })
    await Promise.all(free)
  }

  /** False where nothing was due. */
  async function sendNext(tenant: TenantId): Promise<boolean> {
    const claimed = await outbox.claim(tenant, clock(), LEASE_MS)
    if (claimed === null) return false
    const { channel } = claimed
    const sent = await carry(tenant, claimed)
    const counted = `${channel.settings.kind} ${sent.kind}` as const
    counts.set(counted, (counts.get(counted) ?? 0) + 1)
    const done = outcomeOf(claimed, sent, clock(), parts.dice())
    for (const { about, key } of done.notices) {
      onError(new Error(`${about} ${key}: ${done.error}`))
    }
    await outbox.finish(tenant, claimed, clock(), done)
    return true
  }

  async function carry(tenant: TenantId, claimed: ClaimedChannel): Promise<Sent> {
    try {
      const settings = unsealed(parts.vault, claimed.channel)
      return await parts.courier(
        settings,
        messageOf(tenant, await parts.tenantName(tenant), claimed),
      )
    } catch (error) {
      return { kind: 'failed', why: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    wake() {
      again = true
      if (running === null) schedule(0)
    },
    run: start,
    counts: () => counts,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

function messageOf(
  tenantId: TenantId,
  tenant: string,
  { channel, digest, deliveries }: ClaimedChannel,
): Message {
  const [first, ...others] = deliveries
  const key = digest === null ? first.key : `digest.${channel.id}.${digest}`
  const time = digest ?? first.notice.time
  return {
    key,
    tenantId,
    tenant,
    time,
    notices: [first.notice, ...others.map(({ notice }) => notice)],
  }
}

/** What a channel and its message are from now on, by what came of sending; `dice` 0 to 1. */
function outcomeOf(
  { channel, deliveries }: ClaimedChannel,
  sent: Sent,
  now: number,
  dice: number,
): Finished {
  const [{ attempts, created }] = deliveries
  const pause = now + PAUSE_MS[channel.settings.kind]
  const was = channel.health
  const plain = { due: now, enabled: true, readyAt: pause, hurry: false, notices: [] }
  if (sent.kind === 'sent') {
    const health = { ...was, failures: 0, failing_since: null, last_sent: now, last_error: null }
    const hurry = was.failures >= BREAKS_AFTER
    return { ...plain, state: 'sent', error: null, health, hurry }
  }
  const { why } = sent
  if (sent.kind === 'refused') {
    const health: ChannelHealth = { ...was, last_error: why }
    const notices = [
      troubleOf(channel, `dead.${deliveries[0].id}`, now, `gave a message up: ${why}`),
    ]
    return { ...plain, state: 'dead', error: why, health, notices }
  }
  const failures = was.failures + 1
  const health = { ...was, failures, failing_since: was.failing_since ?? now, last_error: why }
  if (sent.kind === 'gone') {
    const text = `was switched off: ${why}`
    const notices = [troubleOf(channel, `gone.${now}`, now, text)]
    const off = { ...health, disabled_why: why }
    return { ...plain, state: 'waiting', error: why, health: off, enabled: false, notices }
  }
  const asked = sent.retryAfterMs
  const wait = (RETRIES[attempts] ?? 0) * (0.8 + 0.4 * dice)
  const isOver = asked === undefined ? attempts >= RETRIES.length : now - created > OLDEST_MS
  const since = new Date(health.failing_since).toISOString()
  const notices = [
    ...(failures === BREAKS_AFTER
      ? [troubleOf(channel, `failing.${health.failing_since}`, now, `fails since ${since}: ${why}`)]
      : []),
    ...(isOver
      ? [troubleOf(channel, `dead.${deliveries[0].id}`, now, `gave a message up: ${why}`)]
      : []),
  ]
  return {
    state: isOver ? 'dead' : 'waiting',
    due: now + (asked ?? wait),
    error: why,
    health,
    enabled: true,
    readyAt: Math.max(pause, now + (asked ?? 0), now + breakOf(failures)),
    hurry: false,
    notices,
  }
}

function breakOf(failures: number): number {
  if (failures < BREAKS_AFTER) return 0
  return Math.min(LONGEST_BREAK_MS, BREAK_MS * 2 ** (failures - BREAKS_AFTER))
}

function troubleOf({ id, name }: StoredChannel, step: string, time: number, what: string): Notice {
  return {
    about: 'channel',
    key: `${id}.${step}`,
    channel: id,
    time,
    text: `The channel ${name} ${what}`,
  }
}
