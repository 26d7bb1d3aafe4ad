import type { Profile } from '@gatewatch/engine'
import { lru } from 'tiny-lru'
import type { TenantId } from '../ports/store.ts'

/** A profile as last committed by this process. Never changed in place: a batch works on copies. */
export interface CachedProfile {
  readonly life: number
  readonly revision: number
  readonly profile: Profile
}

/** The profiles that this process saw last. Being stale costs a read and nothing else: the revision tells. */
export interface ProfileCache {
  get(tenant: TenantId, entity: string): CachedProfile | undefined
  set(tenant: TenantId, entity: string, cached: CachedProfile): void
  delete(tenant: TenantId, entity: string): void
}

/** A cache of at most `size` profiles (about 2 KB each); the ones used longest ago go first. */
export function createProfileCache(size: number): ProfileCache {
  const profiles = lru<CachedProfile>(size)
  return {
    get: (tenant, entity) => profiles.get(`${tenant} ${entity}`),
    set: (tenant, entity, cached) => {
      profiles.set(`${tenant} ${entity}`, cached)
    },
    delete: (tenant, entity) => {
      profiles.delete(`${tenant} ${entity}`)
    },
  }
}
