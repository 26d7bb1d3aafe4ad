import { decodeModels, defaultModels, type Models } from '@gatewatch/engine'
import type { ModelLog } from '../../ports/model-log.ts'
import type { TenantId } from '../../ports/store.ts'

/** The models of a registry, for whoever has no trainer: what ships where a version is not kept or of another build. */
export function storedModels(
  log: Pick<ModelLog, 'at' | 'activeVersion'>,
  head: 'shipped' | 'fitted',
): {
  of(tenant: TenantId): Promise<Models>
  at(tenant: TenantId, version: number): Promise<Models>
} {
  async function at(tenant: TenantId, version: number): Promise<Models> {
    const stored = version === defaultModels.version ? null : await log.at(tenant, version)
    if (stored === null) return defaultModels
    try {
      const models = decodeModels(stored.body, stored.version)
      return head === 'fitted' ? models : { ...models, head: defaultModels.head }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return defaultModels
    }
  }
  return { at, of: async (tenant) => at(tenant, await log.activeVersion(tenant)) }
}
