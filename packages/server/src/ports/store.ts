import type { AccessEvent, Alert, Context, Entity, Verdict } from '@gatewatch/schema'
import type { AlertDraft, PopulationDelta } from '@gatewatch/engine'

/** A tenant's number. Everything stored belongs to one. */
export type TenantId = number

/** Names an event for good: the first 128 bits of SHA-256(source, 0, uid), as 32 hex digits. */
export type EventKey = string

/** An event on its way into the store. `content` is the first 128 bits (hex) of SHA-256 over the normalised content, without observed_time. */
export interface ArrivingEvent {
  readonly key: EventKey
  readonly content: string
  readonly event: AccessEvent
  readonly context: Context
  readonly entity: Entity
  /** The record as it came; absent where it equals the canonical event. */
  readonly raw?: Uint8Array
  /** A backfill teaches and stores, and raises no alerts. */
  readonly backfill: boolean
}

/** What the ledger already knows of an arriving event. */
export type Claim = 'new' | 'duplicate' | 'revision'

/** A profile row as locked. `body` is null where the caller's cached revision is current, or where there is no row yet (revision 0). */
export interface LockedProfile {
  readonly entity: string
  readonly revision: number
  readonly body: Uint8Array | null
}

/** A judged event to be written. */
export interface JudgedEvent {
  readonly arriving: ArrivingEvent
  readonly verdict: Verdict
  /** Weight 0-1 with which it was learned; needed to unlearn it. */
  readonly learned: number
  readonly alert: AlertDraft | null
  /** The case file of an alert: profile before the event, so that habits can be drawn and the verdict replayed. */
  readonly profileBefore: Uint8Array | null
}

/** One open transaction of one tenant. Every method must be called in the order given here. */
export interface Batch {
  /** Locks (creating where missing) the profiles, in key order; `cached` gives the revision the caller holds, 0 for none. */
  lock(cached: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, LockedProfile>>
  /** Which events are new, duplicates or revisions. After `lock`, so that a second worker sees the first one's commit. */
  claim(events: readonly ArrivingEvent[]): Promise<readonly Claim[]>
  /** Writes events with verdicts; a revision amends the stored event. Rejects the whole batch if a new event exists after all. */
  writeEvents(events: readonly JudgedEvent[], claims: readonly Claim[]): Promise<void>
  /** Writes profiles with revision + 1. */
  writeProfiles(
    profiles: readonly { entity: Entity; revision: number; body: Uint8Array; lastTime: number }[],
  ): Promise<void>
  /** Appends the batch's population delta. */
  appendDelta(delta: PopulationDelta): Promise<void>
  /** Raises alerts or attaches to open ones of the same group within 24 h. Returns what changed. */
  raise(events: readonly JudgedEvent[]): Promise<readonly { alert: Alert; isNew: boolean }[]>
}

/** The one transactional store. `transact` commits when `work` resolves and rolls back when it rejects. */
export interface Store {
  transact<T>(tenant: TenantId, work: (batch: Batch) => Promise<T>): Promise<T>
}
