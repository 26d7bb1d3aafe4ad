import { z } from 'zod'
import type { NewSource } from '../../ports/sources.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Vault } from '../../ports/vault.ts'
import { LiveSource } from '../live-source.ts'

/** How often a source is asked, how far back its first reading begins, and what it is. */
export const PolledSource = z.strictObject({
  every_seconds: z.number().int().min(5).max(86_400).default(60),
  first_days: z.number().min(0).max(180).default(1),
  source: LiveSource,
})
export type PolledSource = z.infer<typeof PolledSource>

const text = z.string().min(1)

/** A push subscription of Google Cloud: who may send, which their signed token says, and what. */
const PubSub = z.strictObject({
  kind: z.literal('pubsub'),
  audience: text.describe('of the token, as the subscription sets it'),
  email: text.describe('service account that the subscription sends as'),
  // Nothing opens an envelope around records that are written for Gatewatch.
  format: text
    .refine((name) => name !== 'canonical' && name !== 'predict', {
      error: 'a subscription carries records of a vendor; send your own to /v1/events',
    })
    .default('gcp_audit'),
  keys_url: z
    .url({ protocol: /^https?$/ })
    .default('https://www.googleapis.com/oauth2/v3/certs')
    .describe('where the keys are that sign tokens'),
})
export type PubSub = z.infer<typeof PubSub>

const Pushed = z.strictObject({ source: PubSub })

/** The settings of a source that `serve` reads or listens to. */
export type SourceSettings = PolledSource | z.infer<typeof Pushed>

/** Is it listened to, rather than asked? */
export function isPushed(settings: SourceSettings): settings is z.infer<typeof Pushed> {
  return settings.source.kind === 'pubsub'
}

/** The settings in a parsed file, or what is wrong with them, a line each. */
export function readSettings(
  given: unknown,
): { readonly settings: SourceSettings } | { readonly faults: readonly string[] } {
  const isPush = z.object({ source: z.object({ kind: z.literal('pubsub') }) }).safeParse(given)
  const parsed = isPush.success ? Pushed.safeParse(given) : PolledSource.safeParse(given)
  if (parsed.success) return { settings: parsed.data }
  return {
    faults: parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'settings'}: ${message}`,
    ),
  }
}

const belongsTo = (tenant: TenantId, name: string) => `source ${tenant}/${name}`

/** The source as it is stored: everything but its name and kind sealed. `now` in ms UTC. */
export function sealSettings(
  vault: Vault,
  tenant: TenantId,
  name: string,
  settings: SourceSettings,
  now: number,
): NewSource {
  const sealed = vault.seal(JSON.stringify(settings), belongsTo(tenant, name))
  return { name, kind: settings.source.kind, sealed, added: now }
}

/** The settings of a stored source. Throws where they were sealed with another key. */
export function openSettings(
  vault: Vault,
  tenant: TenantId,
  { name, sealed }: Pick<NewSource, 'name' | 'sealed'>,
): SourceSettings {
  const read = readSettings(JSON.parse(vault.open(sealed, belongsTo(tenant, name))))
  if ('settings' in read) return read.settings
  throw new Error(`The settings of the source ${name} are of another version; add it again.`)
}
