import {
  decodeModels,
  defaultModels,
  driftInSteps,
  type Models,
  type Policy,
} from '@gatewatch/engine'
import type { OptionalMember } from '@gatewatch/engine/lab'
import type { DriftReport, ModelVersion, Outcomes } from '@gatewatch/schema'
import { type ModelChange, type ModelLog, SHIPPED, type StoredModels } from '../ports/model-log.ts'
import type { TenantId } from '../ports/store.ts'
import { fitThread } from './fit-thread.ts'
import { inSteps } from './in-steps.ts'
import { isChangeDue, type LifeParts, nextChange } from './next-change.ts'
import type { Populations } from './populations.ts'
import { type Cleared, NOTHING_CLEARED } from './suspicion.ts'

/** How often (ms) tenants are looked through for something to change, and for what others changed. */
const EVERY_MS = 3_000
/** Looks after which the registry is read anew: another process may have begun what this one has to end. */
const LOOKS = 10
/** Looks between two reports of drift. */
const DRIFT_LOOKS = 40
/** Fits take at most this share of a core over time: under load events come faster than they change what is usual. */
const MOST_OF_A_CORE = 0.05

/** The models that a tenant's events are judged with. */
export interface Trainer {
  /**
   * The active version as known here; read from the registry at the first call. Whoever judges a batch asks once, so that a version
   * takes effect between two batches.
   */
  of(tenant: TenantId): Promise<Models>
  /** The models of one version; those that ship where it is not kept or of another build. */
  at(tenant: TenantId, version: number): Promise<Models>
  /** Notes what became of sign-ins that a version judged. */
  note(tenant: TenantId, version: number, outcomes: Outcomes): void
  /** Makes the change that is due, if any, and takes up what others changed; what the timer does by itself. */
  train(tenant: TenantId): Promise<void>
  /** Makes a change that somebody asked for, and takes it up. False where another process is changing the registry. */
  change(
    tenant: TenantId,
    work: (current: readonly ModelVersion[]) => Promise<ModelChange | null>,
  ): Promise<boolean>
  /** How far what comes now is from what the active version was fitted on. */
  drift(tenant: TenantId): Promise<DriftReport>
  /** The newest reports of the tenants that this process works for, two minutes old at most. */
  reports(): readonly DriftReport[]
  /** Changes that this process made, by kind. */
  changes(): ReadonlyMap<ModelChange['kind'], number>
  /** Stops the timer, once a fit that runs is done. */
  close(): Promise<void>
}

interface Held {
  /** The active version as the registry has it; the models may be those that ship in its place. */
  version: number
  models: Models
  current: readonly ModelVersion[]
  looks: number
  cleared: Cleared
  report: DriftReport | null
}

/**
 * Leads models through their life, off the way of an event, one process at a time for each tenant: fits them on what the tenant
 * shows (members of the ensemble, those of `optional` too, in a thread of their own, every few thousand events and after people's verdicts; the head, where
 * `head` is fitted, in steps of a millisecond or so), lets each version run in shadow, promotes or refuses it, and rolls it back where
 * it does not hold. Each version is named by the number of events it follows (one more than the last where there were none), is
 * fitted with that number as its seed, and is stored before it is used. `onError` hears of what failed; it is tried again.
 */
export function createTrainer(parts: {
  readonly log: ModelLog
  readonly populations: Pick<Populations, 'of'>
  readonly policy: Policy
  readonly head: 'shipped' | 'fitted'
  readonly optional: readonly OptionalMember[]
  readonly onError: (error: unknown) => void
}): Trainer {
  const { log, populations, policy, head, optional, onError } = parts
  const thread = fitThread()
  const held = new Map<TenantId, Promise<Held>>()
  const known = new Map<TenantId, Held>()
  const outcomes = new Map<TenantId, Map<number, Outcomes>>()
  const changes = new Map<ModelChange['kind'], number>()
  const turns = new Map<TenantId, Promise<void>>()
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
    return following(stored === null ? defaultModels : decoded(stored))
  }

  /** Actions are followed before there is a model of them: it is fitted on what is kept of them. */
  function following(models: Models): Models {
    return optional.includes('lstm') ? { ...models, followsActions: true } : models
  }

  function decoded(stored: StoredModels): Models {
    try {
      const models = decodeModels(stored.body, stored.version)
      return head === 'fitted' ? models : { ...models, head: defaultModels.head }
    } catch (error) {
      // What another build fitted is no reason to judge nothing: until the next fit, what ships.
      onError(error)
      return defaultModels
    }
  }

  async function at(tenant: TenantId, version: number): Promise<Models> {
    return read(await log.at(tenant, version))
  }

  function heldOf(tenant: TenantId): Promise<Held> {
    const loaded = held.get(tenant)
    if (loaded !== undefined) return loaded
    const loading = load(tenant)
    held.set(tenant, loading)
    // A failed load must not answer for ever.
    loading.catch(() => held.delete(tenant))
    return loading
  }

  async function of(tenant: TenantId): Promise<Models> {
    return (known.get(tenant) ?? (await heldOf(tenant))).models
  }

  async function load(tenant: TenantId): Promise<Held> {
    const stored = await log.active(tenant)
    const fresh: Held = {
      version: stored?.version ?? SHIPPED,
      models: read(stored),
      current: await log.current(tenant),
      looks: 0,
      cleared: NOTHING_CLEARED,
      report: null,
    }
    known.set(tenant, fresh)
    return fresh
  }

  async function takeUp(tenant: TenantId, own: Held): Promise<void> {
    own.current = await log.current(tenant)
    const active = own.current.find(({ state }) => state === 'active')?.version ?? SHIPPED
    if (active === own.version) return
    own.models = active === SHIPPED ? read(null) : await at(tenant, active)
    own.version = active
    own.cleared = NOTHING_CLEARED
    own.report = null
  }

  async function tellOutcomes(tenant: TenantId, own: Held): Promise<void> {
    const counted = outcomes.get(tenant)
    if (counted === undefined) return
    outcomes.delete(tenant)
    for (const [version, some] of counted) {
      try {
        await log.count(tenant, version, some)
      } catch (error) {
        note(tenant, version, some)
        throw error
      }
      own.current = own.current.map((one) =>
        one.version === version ? { ...one, outcomes: sum(one.outcomes, some) } : one,
      )
    }
  }

  function note(tenant: TenantId, version: number, some: Outcomes): void {
    let counted = outcomes.get(tenant)
    if (counted === undefined) {
      counted = new Map()
      outcomes.set(tenant, counted)
    }
    counted.set(version, sum(counted.get(version), some))
  }

  function train(tenant: TenantId): Promise<void> {
    const before = turns.get(tenant) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(() => (closed ? undefined : look(tenant)))
    turns.set(tenant, turn)
    return turn
  }

  async function look(tenant: TenantId): Promise<void> {
    const own = await heldOf(tenant)
    await tellOutcomes(tenant, own)
    const isStale = own.looks++ % LOOKS === 0
    if (isStale || (await log.activeVersion(tenant)) !== own.version) await takeUp(tenant, own)
    const population = await populations.of(tenant)
    if (closed) return
    const life: LifeParts = {
      population,
      policy,
      head,
      optional,
      thread,
      active: own.models,
      modelsOf: (version) => at(tenant, version),
      cleared: own.cleared,
      onCleared: (cleared) => {
        own.cleared = cleared
      },
    }
    if (isChangeDue(life, own.current)) await change(tenant, (current) => nextChange(life, current))
    if (own.report === null || own.looks % DRIFT_LOOKS === 0) own.report = await drift(tenant)
  }

  async function change(
    tenant: TenantId,
    work: (current: readonly ModelVersion[]) => Promise<ModelChange | null>,
  ): Promise<boolean> {
    const own = await heldOf(tenant)
    let kind: ModelChange['kind'] | undefined
    const isDone = await log.change(tenant, async (current) => {
      const made = await work(current)
      kind = made?.kind
      return made
    })
    if (isDone && kind !== undefined) changes.set(kind, (changes.get(kind) ?? 0) + 1)
    await takeUp(tenant, own)
    return isDone
  }

  async function drift(tenant: TenantId): Promise<DriftReport> {
    const own = await heldOf(tenant)
    const population = await populations.of(tenant)
    const { models, current, version } = own
    const row = current.find((one) => one.version === version)
    return inSteps(
      driftInSteps(population, models, policy, row?.card ?? null, row?.outcomes ?? null),
    )
  }

  return {
    of,
    at,
    note,
    train,
    change,
    drift,
    reports: () => [...known.values()].flatMap(({ report }) => report ?? []),
    changes: () => changes,
    async close() {
      closed = true
      clearTimeout(timer)
      // what runs is given up: the thread's end rejects it
      await Promise.all([thread.close(), running])
      await Promise.allSettled(turns.values())
      for (const [tenant, own] of known) await tellOutcomes(tenant, own).catch(onError)
    },
  }
}

function sum(a: Outcomes | undefined, b: Outcomes): Outcomes {
  return {
    judged: (a?.judged ?? 0) + b.judged,
    challenged: (a?.challenged ?? 0) + b.challenged,
    alerted: (a?.alerted ?? 0) + b.alerted,
  }
}
