import { LINK_KEPT_MS, type Links } from '../../ports/links.ts'
import type { Ledger } from './ledger.ts'

/** Links in memory. `clock` gives ms since 1970. */
export function memoryLinks(ledger: Ledger, clock: () => number): Links {
  return {
    async learn(tenant, links) {
      const { links: table, linksLearned } = ledger.of(tenant)
      const over = clock() - LINK_KEPT_MS
      table.drop(({ ref, until, ended }) => {
        return (ended ?? until) < over && (linksLearned.get(ref) ?? 0) < over
      })
      return links.map((link) => {
        linksLearned.set(link.ref, clock())
        return table.learn(link)
      })
    },
    async find(tenant, refs) {
      const { links: table } = ledger.of(tenant)
      return new Map(
        refs.flatMap((ref) => {
          const link = table.find(ref)
          return link === null ? [] : [[ref, link] as const]
        }),
      )
    },
  }
}
