import type {
  ChannelHealth,
  ChannelKind,
  ChannelRoute,
  Delivery,
  DeliveryState,
  Notice,
} from '@gatewatch/schema'
import type { TenantId } from './store.ts'

/** A channel as stored: settings without their secrets, and these sealed. */
export interface StoredChannel {
  readonly id: string
  readonly name: string
  readonly settings: { readonly kind: ChannelKind } & Readonly<Record<string, unknown>>
  readonly sealed: Uint8Array
  readonly route: ChannelRoute
  readonly enabled: boolean
  readonly created: number
  readonly health: ChannelHealth
}

/** What of a channel may be changed. */
export type ChannelPatch = Partial<
  Pick<StoredChannel, 'name' | 'settings' | 'sealed' | 'route' | 'enabled' | 'health'>
>

/** How one channel is told of a notice: from when on (ms), in which digest, and only if nobody has taken it up by then. */
export interface Plan {
  readonly due: number
  /** End of the time (ms) that the digest gathers; null: a message of its own. */
  readonly digest: number | null
  readonly escalates: boolean
}

/** A message's part on its way to one channel. */
export interface DueDelivery {
  readonly id: number
  readonly key: string
  readonly notice: Notice
  readonly created: number
  readonly attempts: number
}

/** A channel that is this process's to send to until its lease ends, with what makes its next message. */
export interface ClaimedChannel {
  readonly channel: StoredChannel
  readonly lease: number
  readonly digest: number | null
  readonly deliveries: readonly [DueDelivery, ...DueDelivery[]]
}

/** What became of the deliveries of a message. */
export interface Finished {
  readonly state: DeliveryState
  /** When (ms) they are tried again, where they are `waiting`. */
  readonly due: number
  readonly error: string | null
  readonly health: ChannelHealth
  readonly enabled: boolean
  /** From when on (ms) the channel may be used again. */
  readonly readyAt: number
  /** Makes everything due that waits for another attempt: the channel works again. */
  readonly hurry: boolean
  /** What others are to be told of it. */
  readonly notices: readonly Notice[]
}

/** How long (ms) what was sent, spared or given up is kept. */
export const DELIVERIES_KEPT_MS = 30 * 86_400_000

/** Channels of tenants, what is to be told (written with the batch that caused it), and what is on its way to whom. */
export interface Outbox {
  channels(tenant: TenantId): Promise<readonly StoredChannel[]>
  /** Rejects with a fault where the name is taken. */
  addChannel(tenant: TenantId, channel: StoredChannel): Promise<void>
  /** Ends its pause, if it failed. Null where there is no such channel. */
  changeChannel(tenant: TenantId, id: string, patch: ChannelPatch): Promise<StoredChannel | null>
  /** With everything on its way to it; false where there is no such channel. */
  removeChannel(tenant: TenantId, id: string): Promise<boolean>
  /** Tenants that have something to be told at `now` (ms). */
  due(now: number): Promise<readonly TenantId[]>
  /**
   * Takes up to `limit` notices out, oldest first, and puts a delivery on its way to each channel that `plan` gives one for.
   * A channel gets each key once. One process at a time; gives how many it took.
   */
  fanOut(
    tenant: TenantId,
    now: number,
    limit: number,
    plan: (notice: Notice, channel: StoredChannel) => Plan | null,
  ): Promise<number>
  /**
   * Takes hold of a channel that is enabled, ready and has something due, for `leaseMs`: nobody else sends to it meanwhile. News of
   * one alert go in order. What is not needed any more is spared: an escalation of what somebody took up, and the end of what
   * the channel was never told. Null where nothing is due.
   */
  claim(tenant: TenantId, now: number, leaseMs: number): Promise<ClaimedChannel | null>
  /** Ends the lease with what came of it; false, and nothing is changed, where it had been lost. */
  finish(tenant: TenantId, claimed: ClaimedChannel, now: number, done: Finished): Promise<boolean>
  /** Newest first. */
  deliveries(
    tenant: TenantId,
    channel: string,
    query: { readonly state?: DeliveryState; readonly limit: number },
  ): Promise<readonly Delivery[]>
  /** How many wait and are given up, by channel; channels without either are left out. */
  counts(
    tenant: TenantId,
  ): Promise<ReadonlyMap<string, { readonly waiting: number; readonly dead: number }>>
  /** Puts what was given up on its way again, and ends the channel's pause, if it failed; gives how many. */
  retryDead(tenant: TenantId, channel: string, now: number): Promise<number>
}

/** What news are ordered by: the incident of their alert, or the alert without one; of anything else nothing. */
export function subjectOf(notice: Notice): string {
  return notice.about === 'alert' ? (notice.alert.incident ?? notice.alert.id) : notice.key
}

/** Does this notice go on with what others began: to be told only to those who heard the beginning? */
export function isEnding(notice: Notice): boolean {
  const sequels: readonly string[] = ['acknowledged', 'closed', 'withdrawn']
  return notice.about === 'alert' && sequels.includes(notice.change)
}

/** A channel's health before its first message. */
export const UNTRIED: ChannelHealth = {
  failures: 0,
  failing_since: null,
  last_sent: null,
  last_error: null,
  disabled_why: null,
}
