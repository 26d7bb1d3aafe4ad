import type { TenantId } from './store.ts'

/** Fitted models as stored. `version` is the number of the tenant's events that had been judged when they were fitted. */
export interface StoredModels {
  readonly version: number
  readonly body: Uint8Array
}

/** The fitted models of tenants, version by version; the newest hundred stay, and those that an alert was judged with. */
export interface ModelLog {
  /** The newest version; null before the first. */
  newest(tenant: TenantId): Promise<StoredModels | null>
  /** One version; null where it is not kept (any more). */
  at(tenant: TenantId, version: number): Promise<StoredModels | null>
  /**
   * Runs `fit` with the newest version while no other process runs one for this tenant, and stores what it gives. Null
   * where it gives nothing, another process is at it, or a version as new is stored already. A fit that rejects stores nothing.
   */
  train(
    tenant: TenantId,
    fit: (newest: StoredModels | null) => Promise<StoredModels | null>,
  ): Promise<StoredModels | null>
}
