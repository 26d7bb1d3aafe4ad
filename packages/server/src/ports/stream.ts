import type { Verdict } from '@gatewatch/schema'
import type { ArrivingEvent, Claim, TenantId } from './store.ts'

/** What became of one published event. `rejected`: it is in the dead-letter table, with this reason. */
export type Published =
  | { readonly kind: Claim; readonly verdict: Verdict | null }
  | { readonly kind: 'rejected'; readonly reason: string }

/**
 * Takes events so that they can no longer be lost. `publish` resolves, in order, when every event is durable;
 * it rejects with code `overloaded` where the bounded queue is full. The order of one identity's events is kept.
 */
export interface Stream {
  publish(tenant: TenantId, events: readonly ArrivingEvent[]): Promise<readonly Published[]>
  /** Waits for what is queued, then stops. */
  close(): Promise<void>
}
