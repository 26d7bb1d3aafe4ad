import type { NetworkClass, Place } from '@gatewatch/schema'
import { hash, type Random, randomOf, unit } from '../random.ts'
import { TOWNS, type Town } from './earth.ts'

/** Who runs a network. */
export interface Carrier {
  readonly asn: number
  readonly name: string
  readonly class: NetworkClass
}

/** A /24 or an IPv6 /48: whose it is, and where databases believe it to be, which is not always where it is. */
export interface Block {
  readonly key: string
  readonly cidr: string
  readonly carrier: Carrier
  readonly seen: Place
}

/** An address in use. */
export interface Line {
  readonly ip: string
  readonly block: Block
}

/** What one carrier has in one town. */
interface Pool {
  readonly town: Town
  readonly carrier: Carrier
  readonly old: readonly Block[]
  readonly six: readonly Block[]
  /** Share of connections over IPv6, 0-1. */
  readonly lean: number
}

/** All networks of a world. `blocks` by the first three bytes, or the first three groups, of their addresses. */
export interface Wires {
  readonly seed: number
  readonly blocks: ReadonlyMap<string, Block>
  readonly fixed: ReadonlyMap<string, readonly Pool[]>
  readonly mobile: ReadonlyMap<string, readonly Pool[]>
  /** Zero-trust exits by town, VPN exits and data centres. */
  readonly trust: readonly Pool[]
  readonly vpn: readonly (readonly Pool[])[]
  readonly hosting: readonly (readonly Pool[])[]
  /** Adds a network of an organisation's own (or a line of its landlord's) in a town. */
  site(name: string, town: Town): Pool
  /** Adds the exits of one more vendor of gateways. */
  gateways(name: string): readonly Pool[]
}
export type { Pool }

const FIXED = ['Copper & Glass', 'Homeline', 'Citynet']
const MOBILE = ['Wave Mobile', 'Signal Mobile']
const DATA_CENTRES = ['Basalt Compute', 'Nimbus Racks', 'Harbour Servers']
const TUNNELS = ['Veil', 'Burrow', 'Passage']
/** First bytes of which blocks are cut; each carrier gets one /16 of them. */
const LEADS = [5, 23, 31, 37, 46, 62, 64, 77, 78, 81, 82, 84, 86, 88, 89, 90, 94, 95, 109, 151]
const HOMES = ['GB', 'NL', 'ES', 'US']

/** Makes a world's networks. The more `people`, the more blocks each carrier has in a town. */
export function layWires(seed: number, people: number): Wires {
  const random = randomOf(seed, 101)
  const blocks = new Map<string, Block>()
  const taken = new Set<number>()
  // Private use (RFC 6996): no real network has these numbers.
  let asn = 4_200_100_000 + random.int(5_000)
  const towns = [...TOWNS.values()].flat()
  const believed = (town: Town): Place => {
    const roll = random.next()
    const siblings = TOWNS.get(town.country) ?? [town]
    // Commercial databases place about one block in eight in another town, one in eighty abroad.
    const at =
      roll < 0.0125
        ? random.pick(TOWNS.get(random.pick(HOMES)) ?? [town])
        : roll < 0.125
          ? random.pick(siblings)
          : town
    return {
      country: at.country,
      region: at.region,
      city: at.name,
      lat: at.lat,
      long: at.long,
      provider: 'geoip',
    }
  }
  const range = (): number => {
    for (;;) {
      const lead = random.int(LEADS.length) * 256 + random.int(256)
      if (taken.has(lead)) continue
      taken.add(lead)
      return lead
    }
  }
  const create = (name: string, kind: NetworkClass) => {
    const carrier: Carrier = { asn: asn++, name, class: kind }
    const lead = range()
    let next = random.int(200)
    let groups = 0x1000 + random.int(0x4000)
    const high = (0x2a00 + random.int(64)).toString(16)
    const middle = (0x1000 + random.int(0xe000)).toString(16)
    const cut = (town: Town, old: number, six: number, lean: number): Pool => {
      const place = { old: [] as Block[], six: [] as Block[] }
      for (let i = 0; i < old; i++) {
        const key = `${LEADS[lead >> 8]}.${lead & 255}.${next++ & 255}`
        place.old.push({ key, cidr: `${key}.0/24`, carrier, seen: believed(town) })
      }
      for (let i = 0; i < six; i++) {
        const key = `${high}:${middle}:${(groups++).toString(16)}`
        place.six.push({ key, cidr: `${key}::/48`, carrier, seen: believed(town) })
      }
      for (const block of [...place.old, ...place.six]) blocks.set(block.key, block)
      return { town, carrier, ...place, lean }
    }
    return cut
  }
  const fixed = new Map<string, Pool[]>()
  const mobile = new Map<string, Pool[]>()
  for (const [country, places] of TOWNS) {
    const scale = HOMES.includes(country) ? people / 900 : people / 6000
    for (const [rank, brand] of FIXED.entries()) {
      const cut = create(`${brand} ${country}`, 'residential')
      const lean = random.chance(0.5) ? random.next() * 0.7 : 0
      for (const town of places) {
        const count = Math.min(30, 1 + Math.round((scale * Math.sqrt(town.size)) / (rank + 1)))
        push(fixed, town.name, cut(town, count, lean > 0 ? 1 : 0, lean))
      }
    }
    for (const brand of MOBILE) {
      const cut = create(`${brand} ${country}`, 'carrier')
      const lean = 0.35 + random.next() * 0.6
      // Phones of a whole country come out at one or two gateways.
      const gates = places.slice(0, 2).map((town) => cut(town, 2, 2, lean))
      for (const gate of gates) push(mobile, country, gate)
    }
  }
  const gateways = (name: string) => {
    const gate = create(name, 'proxy')
    return towns.filter(({ size }) => size > 1).map((town) => gate(town, 2, 1, 0.2))
  }
  const trust = gateways('Perimeter Edge')
  const tunnel = TUNNELS.map((name) => {
    const cut = create(`${name} Tunnels`, 'vpn')
    return towns.filter(() => random.chance(0.4)).map((town) => cut(town, 1, 0, 0))
  })
  const hosting = DATA_CENTRES.map((name) => {
    const cut = create(name, 'hosting')
    return ['IE', 'NL', 'US', 'IN'].map((country) =>
      cut((TOWNS.get(country) ?? towns)[0] as Town, 2, 1, 0.1),
    )
  })
  return {
    seed,
    blocks,
    fixed,
    mobile,
    trust,
    vpn: tunnel.filter((exits) => exits.length > 0),
    hosting,
    site: (name, town) => create(name, 'corporate')(town, 1, 0, 0),
    gateways,
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** The block of an address; undefined outside the world. */
export function blockAt(wires: Wires, ip: string): Block | undefined {
  const key = ip.includes(':')
    ? ip.split(':').slice(0, 3).join(':')
    : /^\d+\.\d+\.\d+\.\d+$/.test(ip)
      ? ip.slice(0, ip.lastIndexOf('.'))
      : ''
  return wires.blocks.get(key)
}

/**
 * The address that one subscriber of a pool has. `lease` tells the periods apart in which it stays the same; `end` the
 * ends behind one subscription (privacy extensions give each its own half of an IPv6 address); `pick` chooses the family.
 */
export function lineOf(
  pool: Pool,
  subscriber: number,
  lease: number,
  end: number,
  pick: number,
): Line {
  const isNew = pool.old.length === 0 || (pool.six.length > 0 && pick < pool.lean)
  const among = isNew ? pool.six : pool.old
  // Leases of one subscriber mostly stay within one block: it is the same street cabinet.
  const home =
    unit(subscriber, 7) + (unit(subscriber, lease, 8) < 0.3 ? unit(subscriber, lease) : 0)
  const block = among[Math.floor((home % 1) * among.length)] as Block
  const at = hash(subscriber, lease, 9)
  if (!isNew) return { ip: `${block.key}.${1 + (at % 254)}`, block }
  const group = (salt: number) => (1 + (hash(end, salt) % 65_535)).toString(16)
  const net = (1 + (at % 65_535)).toString(16)
  return { ip: `${block.key}:${net}:${[1, 2, 3, 4].map(group).join(':')}`, block }
}

/** A subscriber's address that nobody needs to find again: guests' networks, proxies. */
export function anyLine(pool: Pool, random: Random): Line {
  return lineOf(pool, random.int(2 ** 31), 0, random.int(2 ** 31), random.next())
}
