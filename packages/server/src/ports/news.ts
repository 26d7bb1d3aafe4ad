import type { TenantId } from './store.ts'

/** What commits of another process brought. */
export interface Bulletin {
  readonly tenant: TenantId
  /** Some of the new events, by uid. */
  readonly uids: readonly string[]
  /** How many others there were. */
  readonly more: number
  readonly alerts: readonly { readonly id: string; readonly isNew: boolean }[]
}

/** Tells processes on one database of one another's commits. For screens alone: what is not told is lost, and nothing may rely on it. */
export interface News {
  /** Tells all other processes. */
  tell(bulletin: Bulletin): Promise<void>
  /** Hears what others tell, now and after every interruption. Returns how to stop. */
  hear(listener: (bulletin: Bulletin) => void): () => Promise<void>
}
