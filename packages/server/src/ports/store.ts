import type { AlertDraft } from '@gatewatch/engine'
import type {
  AccessEvent,
  AlertSummary,
  AuditNote,
  Context,
  EnrichedEvent,
  Entity,
  Erasure,
  Feedback,
  FeedbackVerdict,
  Notice,
  NoticeChange,
  Verdict,
} from '@gatewatch/schema'
import type { DeltaMark } from './population-log.ts'

/** A tenant's number. Everything stored belongs to one. */
export type TenantId = number

/** Names an event for good: the first 128 bits of SHA-256(source, 0, uid), as 32 hex digits. */
export type EventKey = string

/** An event on its way into the store. `content` is the first 128 bits (hex) of SHA-256 over the normalised content, without observed_time. */
export interface ArrivingEvent {
  readonly key: EventKey
  readonly content: string
  readonly event: AccessEvent
  /** The event as JSON, where whoever read it has written it already. */
  readonly json?: string
  readonly context: Context
  readonly entity: Entity
  /** The record as it came; absent where it equals the canonical event. */
  readonly raw?: Uint8Array
  /** A backfill teaches and stores, and raises no alerts. */
  readonly backfill: boolean
}

/** What the ledger already knows of an arriving event. */
export type Claim = 'new' | 'duplicate' | 'revision'

/** A claim with the verdict that was given before: null where the event is new. */
export interface Claimed {
  readonly kind: Claim
  readonly verdict: Verdict | null
}

/**
 * How far (ms) the time of a record may move between two revisions for them to be known as one event. Events live in
 * partitions by time, and asking all of them for every key would cost more than the judgement.
 */
export const REVISION_WINDOW_MS = 3 * 86_400_000

/**
 * A profile row as locked. `body` is null where the caller's cached revision is current, or where there is no row yet (revision 0).
 * `life` is a number drawn when the row was made: of two lives of one identity, before and after it was erased, revisions
 * say nothing to one another.
 */
export interface LockedProfile {
  readonly entity: string
  readonly life: number
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
  /** Where there is an alert: the profile before the event, so that habits can be drawn and the verdict replayed. */
  readonly profileBefore: Uint8Array | null
  /** Where there is an alert: what else the event was judged with. */
  readonly caseFile: CaseFile | null
  /** The suppression that hides the alert, unless other events of it are told. */
  readonly suppressed?: NonNullable<AlertSummary['suppressed']>
  /** The group whose policy decided. */
  readonly policyGroup?: string
}

/** What an alerted event was judged with; `models` is the version of the models in their log. */
export interface CaseFile {
  readonly body: Uint8Array
  readonly models: number
}

/**
 * An alert as a batch changed it. `isNew`: it is told for the first time; `tell`: what people are to be told of it, once it was
 * gathered into its incident.
 */
export interface RaisedAlert {
  readonly alert: AlertSummary
  readonly isNew: boolean
  readonly tell?: NoticeChange
}

/** A stored event with the weight it taught. */
export interface LearnedEvent {
  readonly key: EventKey
  readonly input: EnrichedEvent
  readonly learned: number
}

/** A stored event with how it was judged, and what a person said of an alert that it belongs to (null: nothing). */
export interface SaidEvent extends LearnedEvent {
  readonly verdict: Verdict
  readonly said: FeedbackVerdict | null
}

/** A stored alert by its strangest event, with the identity's profile before that; null where none was kept. */
export interface KnownAlert {
  readonly alert: AlertSummary
  readonly group: string
  readonly input: EnrichedEvent
  readonly verdict: Verdict
  readonly profileBefore: Uint8Array | null
}

/** An identity's profile as it was: it holds what was learned of all its events up to `time` (ms), and of none after. */
export interface Checkpoint {
  readonly time: number
  readonly body: Uint8Array
}

/** How late (ms) an event may come to be put at its place among the others; later it teaches the long memory only. */
export const LATE_MS = 15 * 60_000

/** A stored event with how it was judged. `group`: of the alert it belongs to, null without one; `settled`: a person has closed it. */
export interface KnownEvent extends LearnedEvent {
  readonly content: string
  readonly verdict: Verdict
  readonly group: string | null
  readonly settled: boolean
}

/**
 * One open transaction of one tenant. Methods must be called in the order given here; what is not needed is left out. A
 * call need not wait for the answer to the one before: they take effect in the order of the calls.
 */
export interface Batch {
  /** Locks (creating where missing) the profiles, in key order; `cached` gives the revision the caller holds, 0 for none. */
  lock(cached: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, LockedProfile>>
  /** Which events are new, duplicates or revisions, in order. After `lock`, so that a second worker sees the first one's commit. Keys must differ. */
  claim(events: readonly ArrivingEvent[]): Promise<readonly Claimed[]>
  /** Writes new events with their verdicts. Rejects with a conflict if one exists after all. */
  writeEvents(events: readonly JudgedEvent[]): Promise<void>
  /** Replaces the content of stored events that were revised; their verdicts, entities and times stay. */
  amend(events: readonly ArrivingEvent[]): Promise<void>
  /** Writes locked profiles: `revision` is the one locked, the row gets revision + 1. */
  writeProfiles(
    profiles: readonly { entity: Entity; revision: number; body: Uint8Array; lastTime: number }[],
  ): Promise<void>
  /** Appends the batch's encoded population delta and says under which number. */
  appendDelta(delta: Uint8Array): Promise<DeltaMark>
  /**
   * Raises an alert for each event that has a draft, or attaches it to the one of its group within 24 h that is not closed.
   * Beyond a day's quota (alert-quota.ts; `perDay` of a tenant, 100 if not given, `ofGroups` of groups) alerts are kept back, by rank.
   * One whose events are all suppressed is hidden, and what hid it counts them.
   */
  raise(
    events: readonly JudgedEvent[],
    perDay?: number,
    ofGroups?: ReadonlyMap<string, number>,
  ): Promise<readonly RaisedAlert[]>
  /**
   * Tells of alerts seen since a time (ms) that a suppression hid which is not among those `inEffect` (ids), by rank as `raise` does.
   */
  unhide(
    inEffect: readonly string[],
    since: number,
    perDay?: number,
    ofGroups?: ReadonlyMap<string, number>,
  ): Promise<readonly RaisedAlert[]>
  /**
   * Puts changed alerts into their incidents: those of one campaign, or of one identity within a day of each other; makes these where
   * missing, and brings them and their history up to date. `drafts` are the events that were raised. After `raise`, `rejudge` and `settle`.
   */
  gather(
    alerts: readonly RaisedAlert[],
    drafts: readonly JudgedEvent[],
  ): Promise<readonly RaisedAlert[]>
  /** Writes what people are to be told of it; what is there under the same key stays. After `raise`, `rejudge` and `settle`. */
  notify(notices: readonly Notice[]): Promise<void>
  /** The checkpoints of an identity, oldest first. After `lock`. */
  checkpointsOf(entity: string): Promise<readonly Checkpoint[]>
  /** Adds checkpoints and drops those of the same identities that an event 15 minutes late would no longer need. */
  addCheckpoints(added: readonly (Checkpoint & { readonly entity: string })[]): Promise<void>
  /** Puts these in place of all checkpoints of an identity. */
  replaceCheckpoints(entity: string, checkpoints: readonly Checkpoint[]): Promise<void>
  /** The stored events of an identity after a time (ms), oldest first, at most `limit`. After `lock`. */
  eventsAfter(entity: string, time: number, limit: number): Promise<readonly KnownEvent[]>
  /**
   * Stores verdicts and weights of stored events that were judged anew. An open alert follows its events: one that raises
   * nothing any more, or an alert of another group, leaves it, and one that is left without any is withdrawn. What
   * raises another alert than the one it belongs to is left to `raise`.
   */
  rejudge(events: readonly JudgedEvent[]): Promise<readonly AlertSummary[]>
  /**
   * The events of an alert with what they taught, oldest first; null where there is no such alert. Asked before `lock`
   * it says which profiles to lock; asked after it, the weights are final.
   */
  learnedOf(alertId: string): Promise<readonly SaidEvent[] | null>
  /** The newest stored event of a uid; null where there is none. Asked before `lock` and after it, as `learnedOf`. */
  eventOf(uid: string): Promise<SaidEvent | null>
  /** Stores the verdict and the weight that an event now has. Its alert stays as it is. */
  settleEvent(event: Pick<SaidEvent, 'key' | 'input' | 'verdict' | 'learned'>): Promise<void>
  /** What the verdict on an alert changed, as `settle` was given it; null without any. After `lock` it is final. */
  undoOf(alertId: string): Promise<string | null>
  /**
   * Stored alerts of these identities by their strangest event, newest first, at most `limit`: those last seen since a time (ms) that
   * were not withdrawn.
   */
  alertsAbout(
    entities: readonly string[],
    since: number,
    limit: number,
  ): Promise<readonly KnownAlert[]>
  /** Closes alerts that nobody has judged, with why; null opens those again that were closed so. Gives those that changed. */
  withdraw(
    alertIds: readonly string[],
    withdrawn: AlertSummary['withdrawn'] | null,
  ): Promise<readonly AlertSummary[]>
  /**
   * Stores a person's verdict and closes the alert; null takes what was said back and opens it. Records the weights its events now
   * have, and `undo`, what takes the verdict back. What is safe raises its identity's risk no more; what is compromised does for good.
   */
  settle(
    alertId: string,
    feedback: Feedback | null,
    learned: ReadonlyMap<EventKey, number>,
    undo: string | null,
  ): Promise<AlertSummary>
  /**
   * Takes a locked identity out of everything stored under or about it: profile, checkpoints, events, risk, alerts, and its part in
   * those of others; dead letters that name it; its names (erasure.ts) in what is stored of others. Hourly counts stay, for
   * nobody is in them. Notes that it was done. Nothing else may follow but `appendDelta`.
   */
  erase(entity: string, note: AuditNote): Promise<Erasure>
}

/**
 * The one transactional store. `transact` commits when `work` resolves and rolls back when it rejects. It rejects
 * with what `work` threw, or with a StoreFailure (store-failure.ts).
 */
export interface Store {
  transact<T>(tenant: TenantId, work: (batch: Batch) => Promise<T>): Promise<T>
  /** When each record without a time of its own was first received (ms): `now` for those never seen, the first answer ever after. */
  firstReceived(
    tenant: TenantId,
    keys: readonly EventKey[],
    now: number,
  ): Promise<ReadonlyMap<EventKey, number>>
}
