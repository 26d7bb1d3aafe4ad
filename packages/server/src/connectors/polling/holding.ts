import type { Sources } from '../../ports/sources.ts'
import type { TenantId } from '../../ports/store.ts'

/** How long (ms) a process that says nothing more still holds a source, and how often it says so. */
const HOLD_MS = 60_000
const SAY_MS = 20_000

/** Whose source is held, by whom. */
export interface Holding {
  readonly sources: Sources
  readonly tenant: TenantId
  readonly name: string
  readonly me: string
  /** ms UTC. */
  now(): number
  readonly signal: AbortSignal
}

/**
 * Holds a source while `work` is done, whose signal also tells that another process has it now. Resolves with false, and nothing was done, where
 * another holds it.
 */
export async function holding(
  { sources, tenant, name, me, now, signal: outer }: Holding,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const hold = (until: number) => sources.hold(tenant, name, me, now(), until)
  if (!(await hold(now() + HOLD_MS))) return false
  const stopping = new AbortController()
  const timer = setInterval(() => {
    hold(now() + HOLD_MS)
      .then((isHeld) => isHeld || stopping.abort())
      .catch(() => {})
  }, SAY_MS)
  try {
    await work(AbortSignal.any([outer, stopping.signal]))
  } finally {
    clearInterval(timer)
    if (!stopping.signal.aborted) await hold(now())
  }
  return true
}
