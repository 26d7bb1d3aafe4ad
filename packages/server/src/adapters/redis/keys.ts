import type { TenantId } from '../../ports/store.ts'

/** How many streams there are: never more workers than these are of use, and the number never changes. */
const COUNT = 16

/** Numbers of the streams. */
export const STREAMS: readonly number[] = Array.from({ length: COUNT }, (_, number) => number)
/** The consumer group; all workers are one consumer of it, for a lease says whose turn it is. */
export const GROUP = 'gatewatch'
/** Field of an entry that holds the record. */
export const FIELD = 'e'
/** Sorted set of workers, by when (ms of Redis' clock) they count as gone. */
export const WORKERS = 'gatewatch:{stream}:workers'

/** Key of a stream. The part in braces keeps all keys in one slot of a Redis cluster. */
export function keyOf(stream: number): string {
  return `gatewatch:{stream}:${stream}`
}

/** Key of the lease of a stream: it names the worker that reads it. */
export function leaseOf(stream: number): string {
  return `${keyOf(stream)}:lease`
}

/** The stream of an identity: always the same one. FNV-1a, 32 bits, over tenant and identity. */
export function streamOf(tenant: TenantId, entity: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(`${tenant}:${entity}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  return (hash >>> 0) % COUNT
}
