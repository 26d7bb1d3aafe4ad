import {
  applyDelta,
  createPopulation,
  decodeDelta,
  decodePopulation,
  encodePopulation,
  type Population,
  type PopulationDelta,
} from '@gatewatch/engine'
import type { Accounts } from '../ports/accounts.ts'
import type { DeltaMark, PopulationLog } from '../ports/population-log.ts'
import type { TenantId } from '../ports/store.ts'

/** How often (ms) other writers' deltas are read, so that no process is more than 500 ms behind. */
const TAIL_MS = 250
/** How often (ms) what was added up is written down as a snapshot. */
const SNAPSHOT_MS = 60_000
/** How long (ms) deltas stay after a snapshot holds them: a process that pauses longer starts again from the snapshot. */
const KEEP_MS = 600_000

/** The populations of the tenants this process works for, kept up with all writers. */
export interface Populations {
  /** The tenant's population as known here; read from the store at the first call. */
  of(tenant: TenantId): Promise<Population>
  /** Adds a delta that this process has just committed. */
  committed(tenant: TenantId, mark: DeltaMark, delta: PopulationDelta): void
  /** Reads what others have committed since; what the timer does by itself. */
  refresh(tenant: TenantId): Promise<void>
  /** Writes a snapshot now, and drops the deltas in it: what was taken out must not lie about in them. */
  rewrite(tenant: TenantId): Promise<void>
  /** Stops the timers and leaves a snapshot, so that the next start is quick. */
  close(): Promise<void>
}

/** How often a snapshot is tried that another process was faster at. */
const REWRITES = 5

interface Held {
  population: Population
  marks: Map<string, number>
  unsaved: number
  savedAt: number
}

/** Keeps populations from a log of deltas. `onError` hears of a tail that failed; it is tried again. */
export function createPopulations(parts: {
  readonly log: PopulationLog
  readonly accounts: Pick<Accounts, 'tenant'>
  readonly clock: () => number
  readonly onError: (error: unknown) => void
}): Populations {
  const { log, accounts, clock, onError } = parts
  const loading = new Map<TenantId, Promise<Held>>()
  const held = new Map<TenantId, Held>()
  let closed = false
  let tailing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function schedule(): void {
    if (closed) return
    timer = setTimeout(() => {
      tailing = tailAll().finally(schedule)
    }, TAIL_MS)
    timer.unref()
  }
  schedule()

  async function tailAll(): Promise<void> {
    for (const tenant of held.keys()) {
      try {
        await refresh(tenant)
        await saveWhenDue(tenant)
      } catch (error) {
        onError(error)
      }
    }
  }

  async function load(tenant: TenantId): Promise<Held> {
    const owner = await accounts.tenant(tenant)
    if (owner === null) throw new Error(`there is no tenant ${tenant}`)
    const snapshot = await log.snapshot(tenant)
    const fresh: Held = {
      population:
        snapshot === null
          ? createPopulation(owner.hashKey)
          : decodePopulation(snapshot.body, owner.hashKey),
      marks: new Map(snapshot?.marks),
      unsaved: 0,
      savedAt: clock(),
    }
    await catchUp(tenant, fresh)
    held.set(tenant, fresh)
    return fresh
  }

  async function catchUp(tenant: TenantId, into: Held): Promise<boolean> {
    const deltas = await log.since(tenant, into.marks)
    if (deltas === null) return false
    for (const delta of deltas) add(into, delta, decodeDelta(delta.body))
    return true
  }

  /** A delta comes twice to the process that wrote it, at its commit and from the tail: the mark lets one through. */
  function add(into: Held, mark: DeltaMark, delta: PopulationDelta): void {
    if (mark.number !== (into.marks.get(mark.writer) ?? 0) + 1) return
    applyDelta(into.population, delta)
    into.marks.set(mark.writer, mark.number)
    into.unsaved += 1
  }

  async function refresh(tenant: TenantId): Promise<void> {
    const current = held.get(tenant)
    if (current === undefined || (await catchUp(tenant, current))) return
    loading.set(tenant, load(tenant))
    await loading.get(tenant)
  }

  async function saveWhenDue(tenant: TenantId, age = SNAPSHOT_MS): Promise<void> {
    const current = held.get(tenant)
    if (current === undefined || current.unsaved === 0 || clock() - current.savedAt < age) return
    await save(tenant, current, KEEP_MS)
  }

  async function save(tenant: TenantId, current: Held, keepMs: number): Promise<boolean> {
    current.savedAt = clock()
    current.unsaved = 0
    const body = encodePopulation(current.population)
    return log.save(tenant, { body, marks: new Map(current.marks) }, keepMs)
  }

  return {
    async of(tenant) {
      const current = held.get(tenant)
      if (current !== undefined) return current.population
      let promise = loading.get(tenant)
      if (promise === undefined) {
        promise = load(tenant)
        loading.set(tenant, promise)
        // A failed load must not answer for ever.
        promise.catch(() => loading.delete(tenant))
      }
      return (await promise).population
    },
    committed(tenant, mark, delta) {
      const current = held.get(tenant)
      if (current !== undefined) add(current, mark, delta)
    },
    refresh,
    async rewrite(tenant) {
      for (let attempt = 1; attempt <= REWRITES; attempt += 1) {
        await refresh(tenant)
        const current = held.get(tenant)
        if (current === undefined || (await save(tenant, current, 0))) return
      }
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await tailing
      for (const tenant of held.keys()) await saveWhenDue(tenant, 0).catch(onError)
    },
  }
}
