import { FeedSettings } from '@gatewatch/schema'
import { z } from 'zod'
import type { NewSource } from '../../ports/sources.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Vault } from '../../ports/vault.ts'
import { LiveSource } from '../live-source.ts'

const alert_on_history = z
  .boolean()
  .default(false)
  .describe('events from before it was added raise alerts too, instead of teaching alone')

/** How often a source is asked, how far back its first reading begins, and what it is. */
export const PolledSource = z.strictObject({
  every_seconds: z.number().int().min(5).max(86_400).default(60),
  first_days: z.number().min(0).max(180).default(1),
  alert_on_history,
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

/** Requests of whoever can send them, and how these prove who they are. */
const Webhook = z
  .strictObject({
    kind: z.literal('webhook'),
    proof: z
      .enum(['header', 'signature', 'standard'])
      .describe(
        'header: it holds the secret; signature: it holds the HMAC-SHA256 of the body, hex or base64; standard: Standard Webhooks',
      ),
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,100}$/, 'is the name of a header')
      .optional(),
    secret: z.string().min(16, 'is too easily guessed; use 16 characters or more').max(1_000),
    format: text.default('auto'),
  })
  .refine((one) => one.proof === 'standard' || one.header !== undefined, {
    error: 'name the header',
    path: ['header'],
  })
  .refine((one) => one.proof !== 'standard' || /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(one.secret), {
    error: 'is whsec_ and base64',
    path: ['secret'],
  })
export type Webhook = z.infer<typeof Webhook>

const Pushed = z.strictObject({
  alert_on_history,
  source: z.discriminatedUnion('kind', [PubSub, Webhook]),
})
type Pushed = z.infer<typeof Pushed>

/** A source that is followed all the time, and how far back its first reading begins. */
const Followed = z.strictObject({
  first_days: z.number().min(0).max(3_650).default(1),
  alert_on_history,
  source: FeedSettings,
})
export type Followed = z.infer<typeof Followed>

/** The settings of a source that `serve` asks, is sent or follows. */
export type SourceSettings = PolledSource | Pushed | Followed

const isOneOf = (schema: {
  readonly options: readonly { readonly shape: { readonly kind: z.ZodLiteral } }[]
}) => {
  const kinds = new Set(schema.options.map(({ shape }) => shape.kind.value))
  return (kind: unknown) => kinds.has(String(kind))
}
const isPushedKind = isOneOf(Pushed.shape.source)
const isFeedKind = isOneOf(FeedSettings)

/** Is it sent to an address of ours, rather than asked? */
export function isPushed(settings: SourceSettings): settings is Pushed {
  return isPushedKind(settings.source.kind)
}

/** Is it followed all the time? */
export function isFollowed(settings: SourceSettings): settings is Followed {
  return isFeedKind(settings.source.kind)
}

/** Is it asked again and again? */
export function isPolled(settings: SourceSettings): settings is PolledSource {
  return !isPushed(settings) && !isFollowed(settings)
}

/** The settings in a parsed file, or what is wrong with them, a line each. */
export function readSettings(
  given: unknown,
): { readonly settings: SourceSettings } | { readonly faults: readonly string[] } {
  const named = z.object({ source: z.object({ kind: z.string() }) }).safeParse(given)
  const kind = named.data?.source.kind
  const parsed = (
    isPushedKind(kind) ? Pushed : isFeedKind(kind) ? Followed : PolledSource
  ).safeParse(given)
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
