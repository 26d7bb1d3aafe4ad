import type { Entity } from '@gatewatch/schema'
import type { TenantId } from './store.ts'

/** Names a credential or a session for links: 32 hex digits, so that no credential is stored as it is. */
export type LinkRef = string

/** `until` of what does not expire by itself: the end of the year 9999 (ms). */
export const FOREVER = 253402300799999

/** Whose a credential or a session is. Times in ms, UTC. */
export interface Link {
  readonly ref: LinkRef
  /** Who is behind it; null where no record has said so yet, or where records disagree. */
  readonly entity: Entity | null
  /** Did records name different entities? Then it leads nowhere, for good. */
  readonly contested: boolean
  /** The credential with which that entity itself acted: the chain goes on there. */
  readonly through: LinkRef | null
  /** Key of the entity that had it made for another one. */
  readonly maker: string | null
  readonly from: number
  readonly until: number
  /** When it was deleted; null while it was not. */
  readonly ended: number | null
}

/** Who is behind credentials and sessions; erasing an entity (`Batch.erase`) takes its links out. What is known in the end does not depend on the order in which it is learned. */
export interface Links {
  /**
   * Adds what these say to what is known of the same refs (see `mergeLinks`) and gives the links as they are then, in any
   * order. Resolves when they are stored. Links that are over, and were last learned more than a week ago, are dropped.
   */
  learn(tenant: TenantId, links: readonly Link[]): Promise<readonly Link[]>
  /** The links of those refs that have one. */
  find(tenant: TenantId, refs: readonly LinkRef[]): Promise<ReadonlyMap<LinkRef, Link>>
}

/** How long (ms) a link is kept after its end and after it was last learned: records of its time may still come. */
export const LINK_KEPT_MS = 7 * 86_400_000

/**
 * What two records say together of one ref. Where they name different entities it leads nowhere from then on: a wrong
 * join is worse than none. Commutative, associative, idempotent.
 */
export function mergeLinks(a: Link, b: Link): Link {
  const span = {
    ref: a.ref,
    from: Math.min(a.from, b.from),
    until: Math.max(a.until, b.until),
    ended: least(a.ended, b.ended, (one, other) => one < other),
  }
  const disagree = a.entity !== null && b.entity !== null && a.entity.key !== b.entity.key
  if (a.contested || b.contested || disagree) {
    return { ...span, contested: true, entity: null, through: null, maker: null }
  }
  return {
    ...span,
    contested: false,
    entity: least(a.entity, b.entity, (one, other) => stamp(one) < stamp(other)),
    through: least(a.through, b.through, (one, other) => one < other),
    maker: least(a.maker, b.maker, (one, other) => one < other),
  }
}

/** Human and service of one key differ only by mistake; then it is human, as nobody behind a person is overlooked. */
function stamp(entity: Entity): string {
  return `${entity.class} ${entity.name}`
}

function least<T>(a: T | null, b: T | null, isLess: (a: T, b: T) => boolean): T | null {
  if (a === null || b === null) return a ?? b
  return isLess(b, a) ? b : a
}

/** Links in memory, each ref's records merged. */
export interface LinkTable {
  /** Gives the link as it is then. */
  learn(link: Link): Link
  find(ref: LinkRef): Link | null
  all(): readonly Link[]
  /** Drops the links that are so. */
  drop(isSo: (link: Link) => boolean): void
  /** Drops what leads to an entity, and its name where it made a credential for another. */
  forget(entity: string): void
}

/** A table that begins with these links. */
export function createLinkTable(known: readonly Link[] = []): LinkTable {
  const links = new Map(known.map((link) => [link.ref, link]))
  return {
    learn(link) {
      const before = links.get(link.ref)
      const merged = before === undefined ? link : mergeLinks(before, link)
      links.set(link.ref, merged)
      return merged
    },
    find: (ref) => links.get(ref) ?? null,
    all: () => [...links.values()],
    drop(isSo) {
      for (const link of links.values()) if (isSo(link)) links.delete(link.ref)
    },
    forget(entity) {
      for (const link of links.values()) {
        if (link.entity?.key === entity) links.delete(link.ref)
        else if (link.maker === entity) links.set(link.ref, { ...link, maker: null })
      }
    },
  }
}
