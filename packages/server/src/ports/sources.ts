import type { TenantId } from './store.ts'

/** Where reading one log of a source has got to: what is asked for next begins at `from`, or at the page `next`; times in ms, UTC. */
export interface SourcePosition {
  readonly from: number
  readonly next?: string | undefined
  readonly newest: number
}

/** A source as it is added: its settings, credentials among them, sealed. */
export interface NewSource {
  readonly name: string
  readonly kind: string
  readonly sealed: Uint8Array
  /** ms, UTC. */
  readonly added: number
}

/** A source with what became of it. Times in ms, UTC. */
export interface StoredSource extends NewSource {
  /** By the name of the log. */
  readonly positions: Readonly<Record<string, SourcePosition>>
  /** Somebody reads it until then, unless they say again that they do. */
  readonly held_until: number
  /** When it was last read to its end. */
  readonly last_read: number | null
  readonly last_event: number | null
  readonly events: number
  readonly unmapped: number
  readonly refused: number
  readonly error: string | null
}

/** What a reading gave; counts are added to those before. */
export interface SourceNote {
  readonly last_read?: number
  readonly last_event?: number
  readonly events?: number
  readonly unmapped?: number
  readonly refused?: number
  /** Null: it goes well again. */
  readonly error?: string | null
}

/** The sources that are read or listened to by `serve`. One process at a time reads a source: who holds it. */
export interface Sources {
  /** Tenants that have sources. */
  tenants(): Promise<readonly TenantId[]>
  /** False: the tenant has one of this name. */
  add(tenant: TenantId, source: NewSource): Promise<boolean>
  remove(tenant: TenantId, name: string): Promise<boolean>
  /** By name. */
  list(tenant: TenantId): Promise<readonly StoredSource[]>
  find(tenant: TenantId, name: string): Promise<StoredSource | null>
  /** Holds it, or goes on holding it, until a moment; false where another does, or it is gone. */
  hold(tenant: TenantId, name: string, by: string, now: number, until: number): Promise<boolean>
  /** Keeps a position; false where it is not held by this one any more, and nothing was kept. */
  keep(
    tenant: TenantId,
    name: string,
    by: string,
    log: string,
    position: SourcePosition,
  ): Promise<boolean>
  note(tenant: TenantId, name: string, note: SourceNote): Promise<void>
}
