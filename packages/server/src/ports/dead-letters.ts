import type { TenantId } from './store.ts'

/** A record that could not be taken, as handed over. `line` counts from 1 where the record came in a file or body. */
export interface DeadLetter {
  readonly source: string
  readonly line: number | null
  readonly reason: string
  readonly raw: Uint8Array
}

/** A dead letter as listed: `raw` read as UTF-8, with U+FFFD for what is none. */
export interface StoredDeadLetter {
  readonly id: string
  readonly received: number
  readonly source: string
  readonly line: number | null
  readonly reason: string
  readonly raw: string
}

/** Where records go that could not be understood: raw bytes, reason, count; never lost. */
export interface DeadLetters {
  add(tenant: TenantId, letters: readonly DeadLetter[]): Promise<void>
  count(tenant: TenantId): Promise<number>
  /** Newest first. */
  list(tenant: TenantId, limit: number): Promise<readonly StoredDeadLetter[]>
}
