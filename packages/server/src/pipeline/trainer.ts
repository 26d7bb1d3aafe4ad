import { setImmediate } from 'node:timers/promises'
import {
  decodeModels,
  defaultModels,
  encodeModels,
  type Models,
  refitInSteps,
} from '@gatewatch/engine'
import type { ModelLog, StoredModels } from '../ports/model-log.ts'
import type { TenantId } from '../ports/store.ts'
import type { Populations } from './populations.ts'

/** How often (ms) tenants are looked through for something to refit, and for versions that others published. */
const EVERY_MS = 3_000
/** Judged events after which models are fitted anew. */
const REFIT_AFTER = 1_000

/** The models that a tenant's events are judged with. */
export interface Trainer {
  /**
   * The newest version known here; read from the log at the first call. Whoever judges a batch asks once, so that a version
   * takes effect between two batches.
   */
  of(tenant: TenantId): Promise<Models>
  /** Refits a tenant's models if enough happened since the last version; what the timer does by itself. */
  train(tenant: TenantId): Promise<void>
  /** Stops the timer, once a fit that runs is done. */
  close(): Promise<void>
}

/** What ships, for everybody and for good. */
export const shippedModels: Trainer = {
  of: async () => defaultModels,
  train: async () => {},
  close: async () => {},
}

/**
 * Refits models on what tenants show, off the way of an event: one process at a time for each tenant, pausing between steps
 * of a millisecond or so, in which everything else goes on. Each version is named by the number of events it follows, is
 * fitted with that number as its seed, and is stored before it is used. `onError` hears of what failed; it is tried again.
 */
export function createTrainer(parts: {
  readonly log: ModelLog
  readonly populations: Pick<Populations, 'of'>
  readonly onError: (error: unknown) => void
}): Trainer {
  const { log, populations, onError } = parts
  const held = new Map<TenantId, Promise<Models>>()
  let closed = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function schedule(): void {
    if (closed) return
    timer = setTimeout(() => {
      running = trainAll().finally(schedule)
    }, EVERY_MS)
    timer.unref()
  }
  schedule()

  async function trainAll(): Promise<void> {
    for (const tenant of held.keys()) {
      if (closed) return
      await train(tenant).catch(onError)
    }
  }

  function read(stored: StoredModels | null): Models {
    if (stored === null) return defaultModels
    try {
      return decodeModels(stored.body, stored.version)
    } catch (error) {
      // What another build fitted is no reason to judge nothing: until the next fit, what ships.
      onError(error)
      return defaultModels
    }
  }

  function of(tenant: TenantId): Promise<Models> {
    const known = held.get(tenant)
    if (known !== undefined) return known
    const loading = log.newest(tenant).then(read)
    held.set(tenant, loading)
    // A failed load must not answer for ever.
    loading.catch(() => held.delete(tenant))
    return loading
  }

  async function train(tenant: TenantId): Promise<void> {
    const { version } = await of(tenant)
    const population = await populations.of(tenant)
    const due = (since: number) => population.events >= since + REFIT_AFTER
    const fitted = due(version)
      ? await log.train(tenant, async (newest) => {
          const { events } = population
          return due(newest?.version ?? 0) ? await fit(population, events) : null
        })
      : null
    const newest = fitted ?? (await log.newest(tenant))
    if (newest !== null && newest.version > version) {
      held.set(tenant, Promise.resolve(read(newest)))
    }
  }

  return {
    of,
    train,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

async function fit(
  population: Awaited<ReturnType<Populations['of']>>,
  version: number,
): Promise<StoredModels> {
  const steps = refitInSteps(population, version, version)
  for (;;) {
    const step = steps.next()
    if (step.done) return { version, body: encodeModels(step.value) }
    await setImmediate()
  }
}
