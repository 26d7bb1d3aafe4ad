import type { Fault } from '../errors.ts'
import type { TenantId } from '../ports/store.ts'
import type { Published } from '../ports/stream.ts'
import type { BatchItem } from './batch.ts'

/** An event that waits in a lane, and whom to tell. */
export interface Waiting extends BatchItem {
  settle(published: Published): void
  fail(error: Fault): void
}

/** One writer: takes what queued while its last batch committed, and commits it. Keeps the order of what it is given. */
export interface Lane {
  enqueue(tenant: TenantId, waiting: Waiting): void
  /** Events that wait or are being committed. */
  load(): number
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>
}

/** A lane whose batches hold one tenant and at most `batchSize` events; `commit` settles what it is given, and never rejects. */
export function createLane(
  batchSize: number,
  commit: (tenant: TenantId, batch: readonly Waiting[]) => Promise<void>,
): Lane {
  const queues = new Map<TenantId, Waiting[]>()
  let load = 0
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    // One turn of the event loop, so that what arrives together is committed together.
    await new Promise((resolve) => setImmediate(resolve))
    for (const tenant of turns(queues)) {
      const batch = takeBatch(queues, tenant, batchSize)
      await commit(tenant, batch)
      load -= batch.length
    }
    running = null
  }

  return {
    enqueue(tenant, waiting) {
      const queue = queues.get(tenant)
      if (queue === undefined) queues.set(tenant, [waiting])
      else queue.push(waiting)
      load += 1
      running ??= run()
    },
    load: () => load,
    drained: async () => {
      while (running !== null) await running
    },
  }
}

/** Tenants in turn while anything waits, so that none waits for another one's backlog. */
function* turns(queues: ReadonlyMap<TenantId, readonly Waiting[]>): Generator<TenantId> {
  while (queues.size > 0) yield* [...queues.keys()]
}

/** The head of the tenant's queue, up to a key that comes again with other content: a revision needs the first one's commit. */
function takeBatch(queues: Map<TenantId, Waiting[]>, tenant: TenantId, size: number): Waiting[] {
  const queue = queues.get(tenant) ?? []
  const contents = new Map<string, string>()
  let end = 0
  for (const { arriving } of queue) {
    if (end === size || (contents.get(arriving.key) ?? arriving.content) !== arriving.content) break
    contents.set(arriving.key, arriving.content)
    end += 1
  }
  const batch = queue.splice(0, end)
  if (queue.length === 0) queues.delete(tenant)
  return batch
}
