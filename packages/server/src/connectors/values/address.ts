import type { Endpoint, IpKind } from '@gatewatch/schema'
import ipaddr from 'ipaddr.js'
import { lru } from 'tiny-lru'
import { cleanText, isNullWord } from './text.ts'

/** The part of an endpoint that an address gives. */
export type Address = Readonly<Pick<Endpoint, 'ip' | 'ip_raw' | 'ip_kind' | 'port' | 'hostname'>>

const missing: Address = Object.freeze({ ip_kind: 'missing' })
const recent = lru<Address>(20_000)

/**
 * Reads an address as logs write it: IPv4, IPv6 in any spelling, with port, brackets or zone, mapped IPv4, names of
 * cloud services, host names, placeholders. `ip` is canonical; `ip_raw` is kept where it differs from `ip`.
 */
export function readAddress(value: unknown): Address {
  if (typeof value !== 'string') return missing
  if (value.length > 255) return { ip_raw: cleanText(value, 255), ip_kind: 'invalid' }
  const known = recent.get(value)
  if (known !== undefined) return known
  const address = Object.freeze(parse(cleanText(value, 255)))
  recent.set(value, address)
  return address
}

function parse(text: string): Address {
  if (isNullWord(text)) return missing
  const { host, port } = splitPort(text)
  const parsed = parseIp(host)
  if (parsed === undefined) return named(text, host, port)
  const ip = parsed.toString()
  return {
    ip,
    ...(ip === text ? {} : { ip_raw: text }),
    ip_kind: kindOf(parsed),
    ...(port === undefined ? {} : { port }),
  }
}

function splitPort(text: string): { host: string; port?: number } {
  const match = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]*):(\d{1,5})$/.exec(text)
  const host = match?.[1]
  if (host === undefined) return { host: text }
  const port = Number(match?.[2])
  return port >= 0 && port <= 65_535 ? { host, port } : { host }
}

function parseIp(host: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return ipaddr.IPv4.parse(host)
  if (!host.includes(':')) return undefined
  const zone = host.indexOf('%')
  const bare = zone === -1 ? host : host.slice(0, zone)
  if (!ipaddr.IPv6.isValid(bare)) return undefined
  const v6 = ipaddr.IPv6.parse(bare)
  return v6.isIPv4MappedAddress() ? v6.toIPv4Address() : v6
}

const kinds: Readonly<Record<string, IpKind>> = {
  unicast: 'public',
  // Teredo, 6to4 and NAT64 addresses are public to whoever sees them.
  teredo: 'public',
  '6to4': 'public',
  rfc6052: 'public',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'private',
  loopback: 'loopback',
  linkLocal: 'link_local',
}

const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map(
  (range) => ipaddr.parseCIDR(range),
)

/** Addresses reserved for documentation stand for public ones: examples and demonstrations use them so. */
function kindOf(ip: ipaddr.IPv4 | ipaddr.IPv6): IpKind {
  const kind = kinds[ip.range()]
  if (kind !== undefined) return kind
  const isExample = documentation.some(
    ([net, bits]) => net.kind() === ip.kind() && ip.match(net, bits),
  )
  return isExample ? 'public' : 'reserved'
}

const serviceName =
  /^(aws internal|[a-z0-9.*-]+\.amazonaws\.com(\.cn)?|amazonaws\.com|gce-internal-ip)$/i
const hostName =
  /^(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\.?$/i

function named(text: string, host: string, port: number | undefined): Address {
  if (serviceName.test(host)) return { ip_raw: text, ip_kind: 'service' }
  if (/^private$/i.test(host)) return { ip_raw: text, ip_kind: 'private' }
  if (/^localhost$/i.test(host)) return { ip_raw: text, ip_kind: 'loopback' }
  if (!hostName.test(host)) return { ip_raw: text, ip_kind: 'invalid' }
  const hostname = host.toLowerCase().replace(/\.$/, '')
  return { ip_raw: text, ip_kind: 'hostname', hostname, ...(port === undefined ? {} : { port }) }
}
