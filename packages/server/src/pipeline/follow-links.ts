import type { EnrichedEvent, Entity } from '@gatewatch/schema'
import type { Link, LinkRef } from '../ports/links.ts'
import { refsOf } from './links-of.ts'

/** Most links from an event to whoever is behind it: roles taken on from roles. */
export const MOST_LINKS = 8
/** How much (ms) the clocks of a vendor's services may differ. */
const SKEW_MS = 60_000

/** What is known of a ref: its link, null where there is none, undefined where that would have to be asked for. */
export type Known = (ref: LinkRef) => Link | null | undefined

/** Who is behind an event, or which ref has to be asked for to say. */
export type Followed = { readonly entity: Entity } | { readonly ask: LinkRef }

/**
 * Whose the event is once links are followed, from its credential or session through the credentials by which each role
 * was taken on, 8 links at most. As it was where that does not end at a person: roles that services and machines take on
 * stay what they are. A link counts from a minute before it was made until it ended.
 */
export function followLinks(input: EnrichedEvent, known: Known): Followed {
  for (const ref of refsOf(input)) {
    const link = known(ref)
    if (link === undefined) return { ask: ref }
    if (link !== null && holds(link, input.event.time)) return followFrom(link, input.entity, known)
  }
  return { entity: input.entity }
}

function followFrom(start: Link, own: Entity, known: Known): Followed {
  let link = start
  for (let count = 1; ; count += 1) {
    if (link.entity === null) return { entity: own }
    if (link.through === null) break
    const before = known(link.through)
    if (before === undefined) return { ask: link.through }
    if (before === null || isEmpty(before) || !holds(before, link.from)) break
    // A chain this long was made to be one; where it would lead is anybody's guess.
    if (count === MOST_LINKS) return { entity: own }
    link = before
  }
  return { entity: link.entity.class === 'human' ? link.entity : own }
}

/** All that is known is that it was deleted. */
function isEmpty({ entity, contested }: Link): boolean {
  return entity === null && !contested
}

function holds({ from, until, ended }: Link, time: number): boolean {
  return time >= from - SKEW_MS && time <= (ended ?? until)
}
