import { setImmediate } from 'node:timers/promises'
import {
  decodeModels,
  defaultModels,
  encodeModels,
  encodeTraining,
  fittedOn,
  type Models,
  membersAreDue,
  type Population,
  refitHeadInSteps,
  withMembers,
} from '@gatewatch/engine'
import type { ModelLog, StoredModels } from '../ports/model-log.ts'
import type { TenantId } from '../ports/store.ts'
import { fitThread } from './fit-thread.ts'
import type { Populations } from './populations.ts'

/** How often (ms) tenants are looked through for something to refit, and for versions that others published. */
const EVERY_MS = 3_000
/** Fits take at most this share of a core over time: under load events come faster than they change what is usual. */
const MOST_OF_A_CORE = 0.05
/** Judged events after which the head is fitted anew. */
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

/**
 * Refits models on what tenants show, off the way of an event, one process at a time for each tenant: members of the
 * ensemble in a thread of their own, every few thousand events and after people's verdicts; the head, where `head` is
 * fitted, in steps of a millisecond or so. Each version is named by the number of events it follows (one more than the last
 * where there were none), is fitted with that number as its seed, and is stored before it is used. `onError` hears of what
 * failed; it is tried again.
 */
export function createTrainer(parts: {
  readonly log: ModelLog
  readonly populations: Pick<Populations, 'of'>
  readonly head: 'shipped' | 'fitted'
  readonly onError: (error: unknown) => void
}): Trainer {
  const { log, populations, head, onError } = parts
  const thread = fitThread()
  const held = new Map<TenantId, Promise<Models>>()
  let closed = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function schedule(pause: number): void {
    if (closed) return
    timer = setTimeout(() => {
      const start = performance.now()
      running = trainAll().finally(() => {
        schedule(Math.max(EVERY_MS, (performance.now() - start) / MOST_OF_A_CORE))
      })
    }, pause)
    timer.unref()
  }
  schedule(EVERY_MS)

  async function trainAll(): Promise<void> {
    for (const tenant of held.keys()) {
      if (closed) return
      await train(tenant).catch((error: unknown) => {
        // a fit that was given up at the end is nobody's trouble
        if (!closed) onError(error)
      })
    }
  }

  function read(stored: StoredModels | null): Models {
    if (stored === null) return defaultModels
    try {
      const models = decodeModels(stored.body, stored.version)
      return head === 'fitted' ? models : { ...models, head: defaultModels.head }
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
    const known = await of(tenant)
    const population = await populations.of(tenant)
    if (closed) return
    const headIsDue = ({ version }: Models) =>
      head === 'fitted' && population.events >= version + REFIT_AFTER
    const due = (models: Models) => headIsDue(models) || membersAreDue(population, models)
    const fitted = due(known)
      ? await log.train(tenant, async (newest) => {
          const models = read(newest)
          return due(models) ? await fit(population, models, headIsDue(models)) : null
        })
      : null
    const newest = fitted ?? (await log.newest(tenant))
    if (newest !== null && newest.version > known.version) {
      held.set(tenant, Promise.resolve(read(newest)))
    }
  }

  async function fit(
    population: Population,
    before: Models,
    withHead: boolean,
  ): Promise<StoredModels> {
    const version = Math.max(population.events, before.version + 1)
    let models: Models = { ...before, version }
    if (membersAreDue(population, before)) {
      const fitted = fittedOn(population)
      const training = encodeTraining(population)
      models = withMembers(models, await thread.fit(training, version), version, fitted)
    }
    if (withHead) models = await inSteps(refitHeadInSteps(population, models, version, version))
    return { version, body: encodeModels(models) }
  }

  return {
    of,
    train,
    async close() {
      closed = true
      clearTimeout(timer)
      // what runs is given up: the thread's end rejects it
      await Promise.all([thread.close(), running])
    },
  }
}

async function inSteps(steps: Generator<void, Models, void>): Promise<Models> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await setImmediate()
  }
}
