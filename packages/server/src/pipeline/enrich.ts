import type {
  AccessEvent,
  Context,
  EnrichedEvent,
  Entity,
  Network,
  NotAssessedCode,
  Place,
} from '@gatewatch/schema'
import ipaddr from 'ipaddr.js'
import { lru } from 'tiny-lru'
import type { AliasLookup, NetworkLookup, PlaceLookup } from '../ports/lookup.ts'
import { readClient } from './client.ts'
import { entityOf } from './identity.ts'

/** What is known of addresses and aliases. `places` is null where the operator gave no database. */
export interface Lookups {
  readonly places: PlaceLookup | null
  readonly networks: NetworkLookup
  /** Absent: everybody is who the record says. */
  readonly aliases?: AliasLookup
}

/** Default radius of uncertainty (km) of a place known by its city, by a carrier's gateway, by its region. */
const RADIUS = { city: 50, carrier: 300, region: 200 } as const

/**
 * The event with whose it is and what is known of it from outside: the place (the vendor's own statement first, then the
 * lookup), the network, the client program, and codes for what could not be found out. Only public addresses are
 * looked up. Never fails.
 */
export function enrich(event: AccessEvent, lookups: Lookups): EnrichedEvent {
  const { src } = event
  const ip = src.ip_kind === 'public' ? src.ip : undefined
  const found = ip === undefined ? null : (lookups.places?.find(ip) ?? null)
  const network = networkOf(src, found, lookups.networks)
  const place = placeOf(src, found?.place, network)
  const client = readClient(event)
  const context: Context = { client, missing: missingOf(event, place, network, client) }
  if (place !== undefined) context.place = place
  if (network !== undefined) context.network = network
  return { event, context, entity: resolved(entityOf(event), lookups.aliases) }
}

/** An alias is resolved here, before anything is kept under a key. */
function resolved(entity: Entity, aliases: AliasLookup | undefined): Entity {
  const key = aliases?.find(entity.key)
  return key === undefined ? entity : { ...entity, key, name: key.slice(key.indexOf(':') + 1) }
}

type Found = ReturnType<PlaceLookup['find']>

function networkOf(
  src: AccessEvent['src'],
  found: Found,
  networks: NetworkLookup,
): Network | undefined {
  const { ip } = src
  const own = src.autonomous_system
  // A private address in a network with a public number stands for a public one, as in anonymised data.
  if (ip === undefined || (src.ip_kind !== 'public' && own?.number === undefined)) return undefined
  const asn = own?.number ?? found?.asn
  const name = own?.name ?? found?.as_name
  const known = networks.find(ip, asn)
  const network: Network = { prefix: prefixOf(ip), class: said(src) ?? known.class }
  if (asn !== undefined) network.asn = asn
  if (name !== undefined) network.as_name = name
  if (known.listed !== undefined && known.listed.length > 0) network.listed = known.listed
  return network
}

/** What the source itself says the address is. */
function said(src: AccessEvent['src']): Network['class'] | undefined {
  if (src.is_tor) return 'tor'
  if (src.is_vpn) return 'vpn'
  if (src.is_proxy) return 'proxy'
  return src.is_hosting ? 'hosting' : undefined
}

const prefixes = lru<string>(20_000)

/** The IPv4 /24 or IPv6 /64 that a canonical address lies in. */
export function prefixOf(ip: string): string {
  if (!ip.includes(':')) return `${ip.slice(0, ip.lastIndexOf('.'))}.0/24`
  const known = prefixes.get(ip)
  if (known !== undefined) return known
  const prefix = `${ipaddr.IPv6.networkAddressFromCIDR(`${ip}/64`).toString()}/64`
  prefixes.set(ip, prefix)
  return prefix
}

function placeOf(
  src: AccessEvent['src'],
  looked: Place | undefined,
  network: Network | undefined,
): Place | undefined {
  const vendor = src.ip_kind === 'service' ? undefined : src.location
  if (vendor === undefined) return looked === undefined ? undefined : withRadius(looked, network)
  const place: Place = { ...vendor }
  // The vendor names the country; coordinates may come from the lookup where both agree on it.
  if (
    place.lat === undefined &&
    looked?.country !== undefined &&
    looked.country === place.country
  ) {
    const { city, lat, long, radius_km } = looked
    if (place.city === undefined || place.city === city) {
      Object.assign(place, defined({ city, lat, long, radius_km }))
    }
  }
  return withRadius(place, network)
}

function withRadius(place: Place, network: Network | undefined): Place {
  if (place.lat === undefined) return place
  const kind = network?.class
  // Where a data centre stands says nothing about where the person is.
  if (kind === 'hosting' || kind === 'vpn' || kind === 'tor' || kind === 'proxy') return place
  const known = place.radius_km ?? (place.city === undefined ? RADIUS.region : RADIUS.city)
  return { ...place, radius_km: kind === 'carrier' ? Math.max(known, RADIUS.carrier) : known }
}

function defined<T extends object>(fields: T): Partial<T> {
  const kept: Partial<T> = {}
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key]
  return kept
}

const addressCodes: Partial<Record<AccessEvent['src']['ip_kind'], NotAssessedCode>> = {
  service: 'service_address',
  private: 'private_address',
  loopback: 'private_address',
  link_local: 'private_address',
  reserved: 'invalid_address',
  invalid: 'invalid_address',
  missing: 'hidden_address',
}

function missingOf(
  event: AccessEvent,
  place: Place | undefined,
  network: Network | undefined,
  client: Context['client'],
): NotAssessedCode[] {
  const codes: NotAssessedCode[] = []
  const { src, device } = event
  const opaque = src.ip_kind === 'invalid' && src.ip_raw?.startsWith('ip_encoded:') === true
  const unusable = opaque ? 'opaque_address' : addressCodes[src.ip_kind]
  // An anonymised address whose network the source names can be judged after all.
  const address = network === undefined ? unusable : undefined
  if (address !== undefined) codes.push(address)
  if (place === undefined && address === undefined) codes.push('no_location')
  const blank = network === undefined || (network.asn === undefined && network.class === 'unknown')
  if (blank && address === undefined) codes.push('no_network')
  if (event.class_uid === 3002 && device?.uid === undefined) codes.push('no_device')
  if (event.user_agent === undefined && client.browser === undefined && client.os === undefined) {
    codes.push('no_user_agent')
  }
  if (event.class_uid === 0) codes.push('unmapped')
  return codes
}
