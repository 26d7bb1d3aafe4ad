/**
 * Why a store refused: `data` (a record it cannot hold), `conflict` (another worker was faster; the same batch may be
 * tried again), `unavailable` (it cannot be reached, or what became of the commit is unknown).
 */
export type StoreFailureKind = 'data' | 'conflict' | 'unavailable'

/** An error of a store, by kind. */
export interface StoreFailure extends Error {
  readonly failure: StoreFailureKind
}

/** Makes a store's error from what its driver threw. */
export function storeFailure(failure: StoreFailureKind, cause: unknown): StoreFailure {
  const message = cause instanceof Error ? cause.message : String(cause)
  return Object.assign(new Error(message, { cause }), { failure })
}

/** The kind of a store's error; null for anything else. */
export function failureKind(error: unknown): StoreFailureKind | null {
  if (!(error instanceof Error) || !('failure' in error)) return null
  const { failure } = error
  return failure === 'data' || failure === 'conflict' || failure === 'unavailable' ? failure : null
}
