import type { DeadLetters } from '../../ports/dead-letters.ts'
import type { Ledger } from './ledger.ts'

/** Dead letters in memory. */
export function memoryDeadLetters(ledger: Ledger, clock: () => number): DeadLetters {
  return {
    async add(tenant, letters) {
      const { deadLetters } = ledger.of(tenant)
      for (const { source, line, reason, raw } of letters) {
        deadLetters.push({
          id: String(Number(deadLetters.at(-1)?.id ?? 0) + 1),
          received: clock(),
          source,
          line,
          reason,
          raw: new TextDecoder().decode(raw),
        })
      }
    },
    async count(tenant) {
      return ledger.of(tenant).deadLetters.length
    },
    async list(tenant, limit) {
      return ledger.of(tenant).deadLetters.slice(-limit).reverse()
    },
  }
}
