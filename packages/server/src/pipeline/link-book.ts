import type { EnrichedEvent } from '@gatewatch/schema'
import { createLinkTable, type Link } from '../ports/links.ts'
import { followLinks } from './follow-links.ts'
import { linksOf } from './links-of.ts'

/** After so many links learned those that are over are dropped. */
const SWEEP_EVERY = 50_000

/** Links in memory for one organisation whose events come in order of time. */
export interface LinkBook {
  /** Learns what an event says of links and gives it with the entity behind it. */
  follow(input: EnrichedEvent): EnrichedEvent
  /** What is known, to be gone on from. */
  all(): readonly Link[]
}

/** A book that begins with these links. */
export function createLinkBook(known: readonly Link[] = []): LinkBook {
  const table = createLinkTable(known)
  let learned = 0
  return {
    follow(input) {
      for (const link of linksOf(input)) {
        table.learn(link)
        learned += 1
        if (learned % SWEEP_EVERY === 0) table.drop((one) => (one.ended ?? one.until) < link.from)
      }
      const followed = followLinks(input, table.find)
      if ('ask' in followed || followed.entity === input.entity) return input
      return { ...input, entity: followed.entity }
    },
    all: table.all,
  }
}
