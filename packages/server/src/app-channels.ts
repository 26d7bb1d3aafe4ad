import { join, resolve } from 'node:path'
import type { NoticeChange } from '@gatewatch/schema'
import { createCourier } from './adapters/channels/couriers.ts'
import { createHostGuard, type HostGuard } from './adapters/channels/guard.ts'
import type { Database } from './app-database.ts'
import type { Config } from './config.ts'
import { type FindingActivity, toOcsfFinding } from './connectors/ocsf/write-finding.ts'
import type { DeskParts } from './pipeline/channel-desk.ts'

const ACTIVITIES = {
  raised: 'create',
  joined: 'create',
  graver: 'update',
  acknowledged: 'update',
  closed: 'close',
  withdrawn: 'close',
} as const satisfies Record<NoticeChange, FindingActivity>

/** Which hosts may be reached, as configured. Throws where an allowed network is none. */
export function hostGuardOf({ allowHosts = '' }: Pick<Config, 'allowHosts'>): HostGuard {
  return createHostGuard(allowHosts.split(',').flatMap((one) => one.trim() || []))
}

/** What the desk of channels and the sender need, as configured; `clock` in ms, UTC. Throws where an allowed network is none. */
export function channelParts(
  config: Pick<Config, 'allowHosts' | 'publicUrl' | 'dataDir'>,
  { storage, vault }: Pick<Database, 'storage' | 'vault'>,
  clock: () => number,
): DeskParts {
  const { publicUrl, dataDir } = config
  const guard = hostGuardOf(config)
  return {
    outbox: storage.outbox,
    vault,
    courier: createCourier({
      guard,
      source: publicUrl ?? 'urn:gatewatch',
      clock,
      folder: join(resolve(dataDir), 'findings'),
      async findingOf(tenant, { change, alert: { id } }) {
        const found = await storage.reader.alert(tenant, id)
        return found === null ? null : toOcsfFinding(found.alert, ACTIVITIES[change])
      },
    }),
    tenantName: async (tenant) => (await storage.accounts.tenant(tenant))?.name ?? '',
    clock,
  }
}
