import { SHIPPED_TUNING, type Tunings } from '../../ports/tunings.ts'
import type { Ledger } from './ledger.ts'

/** What is tuned, in memory. */
export function memoryTunings(ledger: Ledger): Tunings {
  return {
    async newest(tenant) {
      return ledger.of(tenant).tunings.length
    },
    async at(tenant, version) {
      if (version === SHIPPED_TUNING.version) return SHIPPED_TUNING
      return structuredClone(ledger.of(tenant).tunings[version - 1] ?? null)
    },
    async history(tenant, limit) {
      const newestFirst = ledger.of(tenant).tunings.toReversed().slice(0, limit)
      return newestFirst.map(({ tuning: _, ...version }) => version)
    },
    async add(tenant, version, note) {
      const { tunings, audit } = ledger.of(tenant)
      if (version.version !== tunings.length + 1) return false
      tunings.push(structuredClone(version))
      audit.push(note)
      return true
    },
    async hits(tenant) {
      return new Map(ledger.of(tenant).suppressionHits)
    },
  }
}
