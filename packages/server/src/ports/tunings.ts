import { defaultPolicy } from '@gatewatch/engine'
import type { AuditNote, SuppressionHits, TuningVersion } from '@gatewatch/schema'
import type { TenantId } from './store.ts'

/** What is tuned where nobody has changed anything: version 0. */
export const SHIPPED_TUNING: TuningVersion = {
  version: 0,
  time: 0,
  by: 'gatewatch',
  change: 'as it ships',
  why: '',
  tuning: {
    policy: {
      challenge_at: defaultPolicy.challengeAt,
      deny_at: defaultPolicy.denyAt,
      alert_at: defaultPolicy.alertAt,
      groups: [],
    },
    suppressions: [],
    networks: [],
    rejected: [],
  },
}

/** What people have tuned, every version of it, and how often what they suppressed was met. */
export interface Tunings {
  /** Number of the newest version; 0 where nobody has changed anything. */
  newest(tenant: TenantId): Promise<number>
  /** A version with everything in it; null where it is not there. 0 always is. */
  at(tenant: TenantId, version: number): Promise<TuningVersion | null>
  /** Newest first, what ships left out. */
  history(tenant: TenantId, limit: number): Promise<readonly Omit<TuningVersion, 'tuning'>[]>
  /** Adds the version after the newest, with a note of it; false where another has taken its number. */
  add(tenant: TenantId, version: TuningVersion, note: AuditNote): Promise<boolean>
  /** By id of the suppression; one that hid nothing is left out. */
  hits(tenant: TenantId): Promise<ReadonlyMap<string, SuppressionHits>>
}
