/** What became of one record: an event, something that is no event (and why), or something that cannot be understood (and why). */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'skip'; readonly why: string }
  | { readonly kind: 'reject'; readonly why: string }

/** The record became this. */
export function ok<T>(value: T): Outcome<T> {
  return { kind: 'ok', value }
}

/** The record is understood and is no event, e.g. a heartbeat: counted, not kept. */
export function skip(why: string): Outcome<never> {
  return { kind: 'skip', why }
}

/** The record cannot be used: it goes, with this reason, where dead letters are kept. */
export function reject(why: string): Outcome<never> {
  return { kind: 'reject', why }
}
