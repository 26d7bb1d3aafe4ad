import type { ModelLog } from '../../ports/model-log.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Ledger } from './ledger.ts'

/** Every version of fitted models in memory. */
export function memoryModelLog(ledger: Ledger): ModelLog {
  const fitting = new Set<TenantId>()
  return {
    async newest(tenant) {
      return ledger.of(tenant).models.at(-1) ?? null
    },
    async at(tenant, version) {
      return ledger.of(tenant).models.find((one) => one.version === version) ?? null
    },
    async train(tenant, fit) {
      if (fitting.has(tenant)) return null
      fitting.add(tenant)
      try {
        const own = ledger.of(tenant)
        const newest = own.models.at(-1) ?? null
        const fitted = await fit(newest)
        if (fitted === null || fitted.version <= (newest?.version ?? 0)) return null
        own.models.push({ version: fitted.version, body: Uint8Array.from(fitted.body) })
        return fitted
      } finally {
        fitting.delete(tenant)
      }
    },
  }
}
