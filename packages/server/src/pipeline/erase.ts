import { createHmac } from 'node:crypto'
import {
  createDelta,
  encodeDelta,
  profileLastTime,
  withdraw,
  withdrawRehearsals,
} from '@gatewatch/engine'
import type { AuditNote, Entity, Erasure } from '@gatewatch/schema'
import type { Accounts } from '../ports/accounts.ts'
import type { TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import { type BatchParts, lockProfiles } from './batch.ts'

const TRIES = 8

/** What erasing needs besides what a batch does. */
export interface EraseParts extends BatchParts {
  readonly accounts: Pick<Accounts, 'tenant'>
}

/**
 * Erases an identity in one transaction under its profile's lock, so that no event of it is judged meanwhile; what it
 * contributed to the organisation is taken back, and the models are due to be fitted without it. `by`: who asked for it. Null where
 * nothing was stored of it; that it was asked for is noted all the same. Its next event begins anew.
 */
export async function eraseEntity(
  parts: EraseParts,
  tenant: TenantId,
  key: string,
  by: string,
): Promise<Erasure | null> {
  const owner = await parts.accounts.tenant(tenant)
  if (owner === null) throw new Error(`there is no tenant ${tenant}`)
  const time = parts.clock()
  const subject = subjectOf(key, owner.hashKey)
  const note: AuditNote = { time, by, action: 'erase_entity', subject }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { erasure, wasKnown } = await eraseOnce(parts, tenant, key, note)
      await parts.populations.rewrite(tenant)
      return wasKnown || Object.values(erasure).some((count) => count > 0) ? erasure : null
    } catch (error) {
      if (failureKind(error) !== 'conflict' || attempt === TRIES) throw error
    }
  }
}

/** The same for the same identity of the same tenant, and nothing that leads back to it without the tenant's secret. */
function subjectOf(key: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(`audit\0${key}`).digest('hex').slice(0, 32)
}

async function eraseOnce(
  parts: EraseParts,
  tenant: TenantId,
  key: string,
  note: AuditNote,
): Promise<{ readonly erasure: Erasure; readonly wasKnown: boolean }> {
  const population = await parts.populations.of(tenant)
  const delta = createDelta()
  const entity: Entity = { key, name: key, class: 'human' }
  const done = await parts.store.transact(tenant, async (batch) => {
    const own = (await lockProfiles(parts.profiles, batch, tenant, [entity])).get(key)
    if (own === undefined) throw new Error(`profile ${key} was not locked`)
    withdraw(own.profile, delta)
    const until = Math.max(note.time, profileLastTime(own.profile))
    withdrawRehearsals(key, until, population, delta)
    const erasure = await batch.erase(key, note)
    const wasKnown = own.revision > 0
    return { erasure, wasKnown, mark: await batch.appendDelta(encodeDelta(delta)) }
  })
  parts.profiles.delete(tenant, key)
  parts.populations.committed(tenant, done.mark, delta)
  return done
}
