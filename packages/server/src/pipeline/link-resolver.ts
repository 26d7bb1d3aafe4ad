import type { EnrichedEvent } from '@gatewatch/schema'
import { type LRU, lru } from 'tiny-lru'
import type { Link, LinkRef, Links } from '../ports/links.ts'
import type { TenantId } from '../ports/store.ts'
import { followLinks } from './follow-links.ts'
import { linksOf } from './links-of.ts'

/** Links held in memory for each tenant, about 300 bytes each; also that there is none. */
const CACHED_LINKS = 20_000
/** How long (ms) another process's news may go unheard: of a link that was not there, and of one that changed. */
const ABSENT_MS = 5_000
const KNOWN_MS = 60_000

/** Finds who is behind events, and learns it from them. */
export interface LinkResolver {
  /**
   * The events with the entity behind each. What they themselves say of links is stored first, so that it counts for all
   * of them, in whatever order they stand. Answers at once where nothing has to be stored or asked for; calls of a tenant
   * are answered in their order. Rejects where the links cannot be reached.
   */
  resolve<T extends EnrichedEvent>(
    tenant: TenantId,
    events: readonly T[],
  ): readonly T[] | Promise<readonly T[]>
  /** The event with the entity behind it, by links that are stored already; learns none. Rejects where they cannot be reached. */
  follow<T extends EnrichedEvent>(tenant: TenantId, event: T): Promise<T>
  /** Remembers no link of a tenant any more; what is stored counts. */
  forget(tenant: TenantId): void
  /** Events that wait for an answer. */
  load(): number
  /** Resolves when none waits any more. */
  drained(): Promise<void>
}

interface Held {
  readonly links: LRU<Cached>
  tail: Promise<unknown> | null
}

interface Cached {
  readonly link: Link | null
  readonly until: number
}

/** A resolver over a place for links. `clock` gives ms since 1970. */
export function createLinkResolver(links: Links, clock: () => number): LinkResolver {
  const tenants = new Map<TenantId, Held>()
  let waiting = 0

  function heldOf(tenant: TenantId): Held {
    let held = tenants.get(tenant)
    if (held === undefined) {
      held = { links: lru(CACHED_LINKS), tail: null }
      tenants.set(tenant, held)
    }
    return held
  }

  function recall(held: Held, ref: LinkRef): Link | null | undefined {
    const cached = held.links.get(ref)
    return cached === undefined || cached.until < clock() ? undefined : cached.link
  }

  function remember(held: Held, ref: LinkRef, link: Link | null): void {
    const until = clock() + (link === null ? ABSENT_MS : KNOWN_MS)
    held.links.set(ref, { link, until })
  }

  async function learnAndFollow<T extends EnrichedEvent>(
    tenant: TenantId,
    held: Held,
    taught: readonly Link[],
    events: readonly T[],
  ): Promise<readonly T[]> {
    // What was asked for is kept here too: more may be asked for than is held.
    const answers = new Map<LinkRef, Link | null>()
    const known = (ref: LinkRef) => answers.get(ref) ?? recall(held, ref) ?? absent(answers, ref)
    if (taught.length > 0) {
      for (const link of await links.learn(tenant, taught)) {
        answers.set(link.ref, link)
        remember(held, link.ref, link)
      }
    }
    for (;;) {
      const { resolved, asked } = follow(events, known)
      if (asked.size === 0) return resolved
      const found = await links.find(tenant, [...asked])
      for (const ref of asked) {
        answers.set(ref, found.get(ref) ?? null)
        remember(held, ref, found.get(ref) ?? null)
      }
    }
  }

  return {
    forget: (tenant) => tenants.get(tenant)?.links.clear(),
    load: () => waiting,
    async follow(tenant, event) {
      const [followed] = await learnAndFollow(tenant, heldOf(tenant), [], [event])
      return followed ?? event
    },
    async drained() {
      for (const { tail } of tenants.values()) await tail?.catch(() => {})
    },
    resolve(tenant, events) {
      const held = heldOf(tenant)
      const taught: Link[] = []
      for (const event of events) {
        for (const link of linksOf(event)) {
          if (!isKnown(recall(held, link.ref), link)) taught.push(link)
        }
      }
      if (held.tail === null && taught.length === 0) {
        const { resolved, asked } = follow(events, (ref) => recall(held, ref))
        if (asked.size === 0) return resolved
      }
      waiting += events.length
      const before = held.tail ?? Promise.resolve()
      const work = () => learnAndFollow(tenant, held, taught, events)
      const mine = before.then(work, work)
      held.tail = mine
      const done = () => {
        waiting -= events.length
        if (held.tail === mine) held.tail = null
      }
      mine.then(done, done)
      return mine
    },
  }
}

function absent(answers: ReadonlyMap<LinkRef, Link | null>, ref: LinkRef): null | undefined {
  return answers.has(ref) ? null : undefined
}

function follow<T extends EnrichedEvent>(
  events: readonly T[],
  known: (ref: LinkRef) => Link | null | undefined,
): { readonly resolved: readonly T[]; readonly asked: ReadonlySet<LinkRef> } {
  const asked = new Set<LinkRef>()
  const resolved = events.map((event) => {
    const followed = followLinks(event, known)
    if ('ask' in followed) asked.add(followed.ask)
    else if (followed.entity !== event.entity) return { ...event, entity: followed.entity }
    return event
  })
  return { resolved, asked }
}

/** Would learning it change nothing of weight? An identity provider's session is renewed by every sign-in. */
function isKnown(known: Link | null | undefined, link: Link): boolean {
  if (known === undefined || known === null) return false
  if (known.contested) return true
  return (
    known.entity !== null &&
    known.entity.key === link.entity?.key &&
    known.through === link.through &&
    known.maker === link.maker &&
    known.from <= link.from &&
    known.until >= link.until - 12 * 3_600_000 &&
    link.ended === null
  )
}
