import { createCourier } from './adapters/channels/couriers.ts'
import { createHostGuard } from './adapters/channels/guard.ts'
import type { Database } from './app-database.ts'
import type { Config } from './config.ts'
import type { DeskParts } from './pipeline/channel-desk.ts'

/** What the desk of channels and the sender need, as configured; `clock` in ms, UTC. Throws where an allowed network is none. */
export function channelParts(
  { allowHosts = '', publicUrl }: Pick<Config, 'allowHosts' | 'publicUrl'>,
  { storage, vault }: Pick<Database, 'storage' | 'vault'>,
  clock: () => number,
): DeskParts {
  const allowed = allowHosts.split(',').flatMap((one) => one.trim() || [])
  const guard = createHostGuard(allowed)
  return {
    outbox: storage.outbox,
    vault,
    courier: createCourier({ guard, source: publicUrl ?? 'urn:gatewatch', clock }),
    tenantName: async (tenant) => (await storage.accounts.tenant(tenant))?.name ?? '',
    clock,
  }
}
