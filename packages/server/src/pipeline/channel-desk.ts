import { randomBytes, randomUUID } from 'node:crypto'
import {
  CHANNEL_SECRETS,
  type Channel,
  type ChannelChange,
  type ChannelRequest,
  ChannelSettings,
  type ChannelTest,
  type DeliveryList,
  type DeliveryState,
} from '@gatewatch/schema'
import { fault } from '../errors.ts'
import type { Courier } from '../ports/courier.ts'
import { type Outbox, type StoredChannel, UNTRIED } from '../ports/outbox.ts'
import type { TenantId } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import { sealed, unsealed } from './channel-settings.ts'

/** Most channels of a tenant. */
const MOST_CHANNELS = 100

/** What people may do about channels. What names none is a fault. */
export interface ChannelDesk {
  list(tenant: TenantId): Promise<readonly Channel[]>
  /** The channel, and the secret that was made for it, if any. */
  add(
    tenant: TenantId,
    request: ChannelRequest,
  ): Promise<{ readonly channel: Channel; readonly secret: string | undefined }>
  /** Enabling one clears why it was switched off. */
  change(tenant: TenantId, id: string, change: ChannelChange): Promise<Channel>
  remove(tenant: TenantId, id: string): Promise<void>
  /** Sends a message that says it is a test, now, beside whatever waits. */
  test(tenant: TenantId, id: string, by: string): Promise<ChannelTest>
  deliveries(
    tenant: TenantId,
    id: string,
    query: { readonly state?: DeliveryState; readonly limit: number },
  ): Promise<DeliveryList['deliveries']>
  /** Puts what was given up on its way again; gives how many. */
  retry(tenant: TenantId, id: string): Promise<number>
}

/** What the desk needs; `clock` in ms, UTC. */
export interface DeskParts {
  readonly outbox: Outbox
  readonly vault: Vault
  readonly courier: Courier
  readonly tenantName: (tenant: TenantId) => Promise<string>
  readonly clock: () => number
}

/** The desk over these parts. */
export function createChannelDesk(parts: DeskParts): ChannelDesk {
  const { outbox, vault, courier, tenantName, clock } = parts

  async function one(tenant: TenantId, id: string): Promise<StoredChannel> {
    const found = (await outbox.channels(tenant)).find((channel) => channel.id === id)
    if (found === undefined) throw unknown(id)
    return found
  }

  return {
    async list(tenant) {
      const [channels, counts] = await Promise.all([outbox.channels(tenant), outbox.counts(tenant)])
      return channels.map((channel) => shown(channel, counts.get(channel.id)))
    },
    async add(tenant, { name, settings, route, enabled }) {
      if ((await outbox.channels(tenant)).length >= MOST_CHANNELS) {
        throw fault('invalid_request', `There are ${MOST_CHANNELS} channels already; remove one.`)
      }
      const secret = secretFor(settings)
      const id = randomUUID()
      const whole = secret === undefined ? settings : { ...settings, secret }
      const channel: StoredChannel = {
        id,
        name,
        ...sealed(vault, id, whole),
        route,
        enabled,
        created: clock(),
        health: UNTRIED,
      }
      await outbox.addChannel(tenant, channel)
      return { channel: shown(channel), secret }
    },
    async change(tenant, id, { name, settings, route, enabled }) {
      const before = await one(tenant, id)
      const resealed =
        settings === undefined ? {} : sealed(vault, id, withSecrets(before, settings))
      const health = enabled === true && !before.enabled ? { health: UNTRIED } : {}
      const changed = await outbox.changeChannel(tenant, id, {
        ...(name === undefined ? {} : { name }),
        ...(route === undefined ? {} : { route }),
        ...(enabled === undefined ? {} : { enabled }),
        ...resealed,
        ...health,
      })
      if (changed === null) throw unknown(id)
      return shown(changed, (await outbox.counts(tenant)).get(id))
    },
    async remove(tenant, id) {
      if (!(await outbox.removeChannel(tenant, id))) throw unknown(id)
    },
    async test(tenant, id, by) {
      const channel = await one(tenant, id)
      const time = clock()
      const key = `test.${randomUUID()}`
      const sent = await courier(unsealed(vault, channel), {
        key,
        tenant: await tenantName(tenant),
        tenantId: tenant,
        time,
        notices: [{ about: 'test', key, time, by }],
      })
      return { delivered: sent.kind === 'sent', why: sent.kind === 'sent' ? null : sent.why }
    },
    async deliveries(tenant, id, query) {
      await one(tenant, id)
      return [...(await outbox.deliveries(tenant, id, query))]
    },
    async retry(tenant, id) {
      await one(tenant, id)
      return outbox.retryDead(tenant, id, clock())
    },
  }

  /** Secrets that were left out stay, where the channel leads to the same place: nobody gets one to see by leading it to himself. */
  function withSecrets(before: StoredChannel, settings: ChannelSettings): ChannelSettings {
    if (before.settings.kind !== settings.kind) return settings
    const old: Readonly<Record<string, unknown>> = unsealed(vault, before)
    const kept = CHANNEL_SECRETS[settings.kind].filter(
      (field) => !Object.hasOwn(settings, field) && old[field] !== undefined,
    )
    // A webhook's secret signs what is sent, and is never sent itself.
    const isElsewhere = settings.kind !== 'webhook' && placeOf(old) !== placeOf(settings)
    if (isElsewhere && kept.length > 0) {
      throw fault(
        'invalid_request',
        `settings: the channel leads elsewhere; give ${kept.join(', ')} again.`,
      )
    }
    const secrets = Object.fromEntries(kept.map((field) => [field, old[field]]))
    return ChannelSettings.parse({ ...settings, ...secrets })
  }
}

/** Who gets to see what a channel of these settings sends. */
function placeOf(settings: Readonly<Record<string, unknown>>): string {
  const { url, endpoint, region, host, port, tls, ca } = settings
  return JSON.stringify([url, endpoint, region, host, port, tls, ca])
}

function secretFor(settings: ChannelSettings): string | undefined {
  if (settings.kind !== 'webhook' || settings.secret !== undefined) return undefined
  return `whsec_${randomBytes(32).toString('base64')}`
}

function shown(
  { sealed: _, ...channel }: StoredChannel,
  { waiting, dead } = { waiting: 0, dead: 0 },
): Channel {
  return { ...channel, waiting, dead }
}

function unknown(id: string) {
  return fault('not_found', `There is no channel ${id}. GET /v1/channels lists them.`)
}
