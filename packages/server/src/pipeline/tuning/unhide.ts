import { ALERT_ATTACH_MS } from '../../ports/alert-growth.ts'
import type { RaisedAlert, Store, TenantId } from '../../ports/store.ts'
import { tell } from '../batch.ts'
import type { Tuned } from './compile.ts'

/** Tells of what a suppression hid, once that has ended or was lifted. */
export type Unhide = (
  tenant: TenantId,
  tuned: Tuned,
  now: number,
) => Promise<readonly RaisedAlert[]>

/**
 * Brings alerts of the last day back whose suppression has ended, in one transaction; older ones stay listed as hidden. Asks the
 * store only where one has ended since it was asked last of what is tuned now.
 */
export function createUnhide(store: Store): Unhide {
  const asked = new Map<TenantId, { readonly tuned: Tuned; readonly at: number }>()
  return async (tenant, tuned, now) => {
    const before = asked.get(tenant)
    const hasEnded = ({ expires }: { expires: number }) =>
      before !== undefined && expires <= now && expires > before.at
    const isSame = before?.tuned === tuned
    if (isSame && !tuned.tuning.suppressions.some(hasEnded)) return []
    const { perDay, ofGroups } = tuned
    const since = now - ALERT_ATTACH_MS
    const alerts = await store.transact(tenant, async (batch) => {
      return tell(batch, await batch.unhide(tuned.inEffect(now), since, perDay, ofGroups), [])
    })
    asked.set(tenant, { tuned, at: now })
    return alerts
  }
}
