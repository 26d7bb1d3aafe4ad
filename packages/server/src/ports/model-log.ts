import type { Comparison, ModelCard, ModelNote, ModelVersion, Outcomes } from '@gatewatch/schema'
import type { TenantId } from './store.ts'

/** Fitted models as stored. `version` is the number of the tenant's events that had been judged when they were fitted. */
export interface StoredModels {
  readonly version: number
  readonly body: Uint8Array
}

/** What ships before anything is fitted; it is in no registry. */
export const SHIPPED = 1

/** Who decided, and why: for the record. */
interface Decided {
  readonly version: number
  readonly by: string
  readonly reason: string
}

/** A change of the registry. Each leaves a note. */
export type ModelChange =
  /** A version that was just fitted begins in shadow; one that is in shadow already is retired. `parent`: the active one. */
  | (Decided & {
      readonly kind: 'shadow'
      readonly body: Uint8Array
      readonly card: ModelCard
      readonly parent: number
    })
  /** Makes a version the active one in place of the one that was; its outcomes are counted anew. */
  | (Decided & { readonly kind: 'promote'; readonly comparison: Comparison })
  | (Decided & { readonly kind: 'refuse'; readonly comparison: Comparison | null })
  /**
   * Refuses the active version and makes the one it replaced active again (what ships, where it replaced none that is kept).
   * Nothing rolls back to it from then on, so that rollbacks end.
   */
  | (Decided & { readonly kind: 'roll_back' })

/**
 * The registry of fitted models of tenants. The newest hundred stay, those that an alert was judged with, the active one and the
 * one it replaced; a thousand notes.
 */
export interface ModelLog {
  /** The active version; null while what ships is active. */
  active(tenant: TenantId): Promise<StoredModels | null>
  /** Number of the active version, 1 for what ships. */
  activeVersion(tenant: TenantId): Promise<number>
  /** One version; null where it is not kept (any more). */
  at(tenant: TenantId, version: number): Promise<StoredModels | null>
  /** Of versions the newest, the active one and those in shadow, the newest first: what the next change depends on. */
  current(tenant: TenantId): Promise<readonly ModelVersion[]>
  /** All versions, the newest first. At most one is active. */
  versions(tenant: TenantId): Promise<readonly ModelVersion[]>
  /** What happened to versions, the newest first. */
  notes(tenant: TenantId, limit: number): Promise<readonly ModelNote[]>
  /**
   * Runs `work` on what is current while no other process changes this tenant's registry, and stores the change it gives. False where it gives none or
   * another process is at it. Work that rejects stores nothing.
   * @throws Error for a version that is not in the registry, or is there already.
   */
  change(
    tenant: TenantId,
    work: (current: readonly ModelVersion[]) => Promise<ModelChange | null>,
  ): Promise<boolean>
  /** Adds to the outcomes of a version; of one that is not kept nothing is counted. */
  count(tenant: TenantId, version: number, outcomes: Outcomes): Promise<void>
}

/** Of versions, the newest first, those that are current. */
export function currentOf(versions: readonly ModelVersion[]): readonly ModelVersion[] {
  return versions.filter(({ state }, n) => n === 0 || state === 'active' || state === 'shadow')
}

/** The note that a change leaves; `time` in ms, UTC. */
export function noteOf({ kind, version, by, reason }: ModelChange, time: number): ModelNote {
  const change = {
    shadow: 'fitted',
    promote: 'promoted',
    refuse: 'refused',
    roll_back: 'rolled_back',
  } as const
  return { time, version, change: change[kind], by, reason }
}
