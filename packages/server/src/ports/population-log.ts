import type { TenantId } from './store.ts'

/** Names one delta: who wrote it and the how-manieth of that writer it is (from 1, without gaps). */
export interface DeltaMark {
  readonly writer: string
  readonly number: number
}

/** Which deltas somebody holds: the highest number of each writer. */
export type Marks = ReadonlyMap<string, number>

/** A delta as appended by a batch. */
export interface StoredDelta extends DeltaMark {
  readonly body: Uint8Array
}

/** A population with the deltas it holds. */
export interface PopulationSnapshot {
  readonly body: Uint8Array
  readonly marks: Marks
}

/** The committed additions to what a tenant knows together: appended by batches, tailed by every process, folded now and then. */
export interface PopulationLog {
  /** The newest snapshot; null before the first. */
  snapshot(tenant: TenantId): Promise<PopulationSnapshot | null>
  /** Deltas beyond `marks`, each writer's in order; null where some of them are gone, so that the caller starts from the snapshot. */
  since(tenant: TenantId, marks: Marks): Promise<readonly StoredDelta[] | null>
  /**
   * Replaces the snapshot by one that holds more, and drops deltas it holds that are older than `keepMs`. Says false and
   * changes nothing where the stored one holds something that this one does not, or another process is at it.
   */
  save(tenant: TenantId, snapshot: PopulationSnapshot, keepMs: number): Promise<boolean>
}
