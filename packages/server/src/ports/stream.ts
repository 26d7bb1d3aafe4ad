import type { Verdict } from '@gatewatch/schema'
import type { Fault } from '../errors.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { ArrivingEvent, Claim, TenantId } from './store.ts'

/**
 * What became of one published event. `queued`: it is durable in the stream and judged in a moment, by whoever works it
 * off. `rejected`: it is in the dead-letter table, with this reason.
 */
export type Published =
  | { readonly kind: Claim; readonly verdict: Verdict | null }
  | { readonly kind: 'queued' }
  | { readonly kind: 'rejected'; readonly reason: string }

/** What became of one event that was taken off a stream. `failed`: nothing was done, and it may be tried again. */
export type Taken = Published | { readonly kind: 'failed'; readonly error: Fault }

/** Works off what a stream hands out. */
export interface Taker {
  /** Each event with what became of it, in order, once all of them are settled. Never rejects. */
  take(tenant: TenantId, events: readonly ArrivingEvent[]): Promise<readonly Taken[]>
  /** Puts aside what cannot be read or judged; `tenant` null: it does not say whose it is. */
  bury(tenant: TenantId | null, letter: DeadLetter): Promise<void>
}

/** A worker that takes events off a stream. */
export interface Working {
  /** Takes nothing new, waits for what was taken, and tells the stream of it, so that nobody is handed it again. */
  stop(): Promise<void>
}

/**
 * Takes events so that they can no longer be lost, and hands them to workers: each at least once, those of one identity in
 * the order in which they were published. An event that could not be taken is handed out again, and stops no other for good:
 * what fails alone, again and again, goes to the dead letters.
 */
export interface Stream {
  /**
   * Resolves, in order, when every event is durable. Rejects with code `overloaded` where too many wait, `store_unavailable` where
   * the stream cannot be reached; some may have been taken then, and publishing them again is safe.
   */
  publish(tenant: TenantId, events: readonly ArrivingEvent[]): Promise<readonly Published[]>
  /** Begins to hand events to `taker`, now and after every interruption, a bounded number at a time. */
  work(taker: Taker): Working
  /** Events that were published and are not worked off yet, by anybody. */
  lag(): Promise<number>
  /** Lets go of connections. A worker that was not stopped before is as good as dead: what it was given is handed to others. */
  close(): Promise<void>
}
