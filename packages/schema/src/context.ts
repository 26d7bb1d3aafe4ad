import { z } from 'zod'

/** Where an event took place, as best known, with the radius (km) within which the true place lies. */
export const Place = z.object({
  country: z.string().length(2).optional(),
  region: z.string().optional(),
  city: z.string().optional(),
  lat: z.number().optional(),
  long: z.number().optional(),
  radius_km: z.number().min(0).optional(),
  provider: z.enum(['vendor', 'geoip']),
})
export type Place = z.infer<typeof Place>

/** What sort of network an address belongs to. `unknown` is not `residential`. */
export const NETWORK_CLASSES = [
  'residential',
  'carrier',
  'corporate',
  'hosting',
  'vpn',
  'proxy',
  'tor',
  'satellite',
  'unknown',
] as const
export const NetworkClass = z.enum(NETWORK_CLASSES)
export type NetworkClass = z.infer<typeof NetworkClass>

/** The network of a public address. `prefix` is the IPv4 /24 or IPv6 /64. */
export const Network = z.object({
  prefix: z.string(),
  asn: z.number().int().optional(),
  as_name: z.string().optional(),
  class: NetworkClass,
  own: z.enum(['office', 'vpn']).optional().describe('the organisation says that it is its own'),
  listed: z
    .array(z.object({ list: z.string(), age_days: z.number() }))
    .optional()
    .describe('reputation lists that name this address, with their age'),
})
export type Network = z.infer<typeof Network>

/** The client program, read from the user agent or the vendor's device fields. */
export const Client = z.object({
  os: z.string().optional(),
  os_version: z.string().optional(),
  browser: z.string().optional(),
  browser_version: z.string().optional(),
  kind: z.enum(['browser', 'app', 'library', 'cli', 'bot', 'service', 'unknown']),
})
export type Client = z.infer<typeof Client>

/** Why some evidence could not be judged. A verdict lists these: absent is not normal. */
export const NOT_ASSESSED_CODES = [
  'no_history',
  'short_history',
  'no_location',
  'no_network',
  'no_device',
  'no_user_agent',
  'service_address',
  'private_address',
  'invalid_address',
  'hidden_address',
  'proxy_address',
  'late',
  'future_time',
  'unmapped',
  'no_calibration',
  'population_young',
  'store_unavailable',
  'deadline_passed',
  'opaque_address',
] as const
export const NotAssessedCode = z.enum(NOT_ASSESSED_CODES)
export type NotAssessedCode = z.infer<typeof NotAssessedCode>

/** Everything that was found out about an event from outside it: place, network, client, and what could not be found. */
export const Context = z.object({
  place: Place.optional(),
  network: Network.optional(),
  client: Client,
  missing: z.array(NotAssessedCode),
})
export type Context = z.infer<typeof Context>

/** Whose behaviour an event belongs to. `class` separates people from machines: they are calibrated apart. */
export const Entity = z.object({
  key: z.string().describe('lower case, e.g. user:ada@example.com or role:111122223333/deploy'),
  name: z.string(),
  class: z.enum(['human', 'service']),
})
export type Entity = z.infer<typeof Entity>

/** What the engine judges: the event, its context, and the entity it belongs to. */
export interface EnrichedEvent {
  readonly event: import('./access-event.ts').AccessEvent
  readonly context: Context
  readonly entity: Entity
}
