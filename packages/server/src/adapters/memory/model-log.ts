import type { ModelLog } from '../../ports/model-log.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Ledger } from './ledger.ts'

/** The newest fitted models of each tenant in memory. */
export function memoryModelLog(ledger: Ledger): ModelLog {
  const fitting = new Set<TenantId>()
  return {
    async newest(tenant) {
      return ledger.of(tenant).models
    },
    async train(tenant, fit) {
      if (fitting.has(tenant)) return null
      fitting.add(tenant)
      try {
        const own = ledger.of(tenant)
        const fitted = await fit(own.models)
        if (fitted === null || fitted.version <= (own.models?.version ?? 0)) return null
        own.models = { version: fitted.version, body: Uint8Array.from(fitted.body) }
        return fitted
      } finally {
        fitting.delete(tenant)
      }
    },
  }
}
