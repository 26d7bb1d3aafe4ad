import { CHANNEL_SECRETS, ChannelSettings } from '@gatewatch/schema'
import type { StoredChannel } from '../ports/outbox.ts'
import type { Vault } from '../ports/vault.ts'

/** Settings as they are stored: what may be shown, and the secrets, sealed for the channel of this id. */
export function sealed(
  vault: Vault,
  id: string,
  settings: ChannelSettings,
): Pick<StoredChannel, 'settings' | 'sealed'> {
  const secrets = CHANNEL_SECRETS[settings.kind]
  const isSecret = ([field]: readonly [string, unknown]) => secrets.includes(field)
  const fields = Object.entries(settings)
  const shown = Object.fromEntries(fields.filter((field) => !isSecret(field)))
  const hidden = Object.fromEntries(fields.filter(isSecret))
  return {
    settings: { ...shown, kind: settings.kind },
    sealed: vault.seal(JSON.stringify(hidden), nameOf(id)),
  }
}

/** A channel's settings with their secrets; throws where they cannot be opened. */
export function unsealed(
  vault: Vault,
  { id, settings, sealed: hidden }: Pick<StoredChannel, 'id' | 'settings' | 'sealed'>,
): ChannelSettings {
  return ChannelSettings.parse({ ...settings, ...JSON.parse(vault.open(hidden, nameOf(id))) })
}

function nameOf(id: string): string {
  return `channel ${id}`
}
