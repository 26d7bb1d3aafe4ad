import type { TenantId } from '../../ports/store.ts'
import { SHIPPED_TUNING, type Tunings } from '../../ports/tunings.ts'
import { compileTuning, type Tuned } from './compile.ts'

/** How often (ms) it is asked whether another process changed something. */
const EVERY_MS = 1_000

/** What is tuned, as this process has it. */
export interface TuningBook {
  /** In effect for a tenant; read from the store at the first call, at most a second behind other processes after that. */
  of(tenant: TenantId): Promise<Tuned>
  /** Takes up what has changed, now. */
  refresh(tenant: TenantId): Promise<Tuned>
  /** Reads it anew at the next call: somebody was taken out of it. */
  forget(tenant: TenantId): void
  close(): Promise<void>
}

/**
 * Keeps the newest version of each tenant that is worked for, made ready. `onLook` is called for each of them every second, when
 * what is newest was taken up; `onError` hears of what failed, and it is tried again.
 */
export function createTuningBook(parts: {
  readonly tunings: Pick<Tunings, 'newest' | 'at'>
  readonly alertsPerDay: number
  readonly onLook: (tenant: TenantId, tuned: Tuned) => Promise<void>
  readonly onError: (error: unknown) => void
}): TuningBook {
  const { tunings, alertsPerDay, onLook, onError } = parts
  const held = new Map<TenantId, Promise<Tuned>>()
  let closed = false
  let looking: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function schedule(): void {
    if (closed) return
    timer = setTimeout(() => {
      looking = lookAtAll().finally(schedule)
    }, EVERY_MS)
    timer.unref()
  }
  schedule()

  async function lookAtAll(): Promise<void> {
    for (const tenant of held.keys()) {
      if (closed) return
      try {
        await onLook(tenant, await refresh(tenant))
      } catch (error) {
        onError(error)
      }
    }
  }

  async function read(tenant: TenantId, version: number): Promise<Tuned> {
    const found = (await tunings.at(tenant, version)) ?? SHIPPED_TUNING
    return compileTuning(found, alertsPerDay)
  }

  async function refresh(tenant: TenantId): Promise<Tuned> {
    const [version, known] = [await tunings.newest(tenant), await held.get(tenant)]
    // an older one may come back where another call was faster
    if (known !== undefined && known.version >= version) return known
    const fresh = await read(tenant, version)
    held.set(tenant, Promise.resolve(fresh))
    return fresh
  }

  return {
    of(tenant) {
      let known = held.get(tenant)
      if (known === undefined) {
        known = tunings.newest(tenant).then((version) => read(tenant, version))
        held.set(tenant, known)
        // a failed load must not answer for ever
        known.catch(() => held.delete(tenant))
      }
      return known
    },
    refresh,
    forget: (tenant) => held.delete(tenant),
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
    },
  }
}

/** A book in which nothing ever changes. */
export function fixedTuning(tuned: Tuned): Pick<TuningBook, 'of'> {
  const known = Promise.resolve(tuned)
  return { of: () => known }
}
