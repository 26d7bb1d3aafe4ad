import type { NetworkClass, Place } from '@gatewatch/schema'
import { CITIES, type City, COUNTRIES, citiesOf } from './geography.ts'
import { hash, type Random, randomOf, unit, weighted, zipf } from './random.ts'

/** One provider's network, as a routing registry names it. */
export interface Provider {
  readonly asn: number
  readonly name: string
  readonly class: NetworkClass
  readonly country: string
  /** Its /24 blocks by city index; carriers and hosters hold all of theirs under the city of the gateway. */
  readonly blocks: Map<number, Block[]>
}

/** A /24: the unit that people of one neighbourhood share. `place` is what an IP database says, right or wrong. */
export interface Block {
  /** The address without its last byte, as a number below 2^24. */
  readonly base: number
  readonly prefix: string
  readonly provider: Provider
  readonly city: City
  readonly place: Place
  readonly location: {
    readonly country: string
    readonly region: string
    readonly city: string
    readonly lat: number
    readonly long: number
    readonly provider: 'vendor'
  }
  readonly system: { readonly number: number; readonly name: string }
}

/** An address somebody connects from. */
export interface Address {
  readonly ip: string
  readonly block: Block
}

/** One made-up internet, the same for every world: only who uses it depends on the seed. */
export interface Internet {
  readonly blocks: ReadonlyMap<number, Block>
  readonly residential: ReadonlyMap<string, readonly Provider[]>
  readonly carriers: ReadonlyMap<string, readonly Provider[]>
  readonly hosting: readonly Provider[]
  readonly vpns: readonly Provider[]
  readonly clouds: readonly Provider[]
  /** A provider of a city, popular ones more often. */
  pickProvider(city: City, random: Random): Provider
  /** A carrier of a country, popular ones more often. */
  pickCarrier(country: string, random: Random): Provider
  /** Gives an organisation its own /24 at a city. Idempotent per name. */
  office(name: string, city: City): Block
}

const FIRST_OCTETS = { from: 31, to: 95 }
const VPN_NAMES = ['Harbor', 'Lantern', 'Northway', 'Veil', 'Quietnet', 'Passage']
const HOSTING_NAMES = ['Basalt', 'Copperfield', 'Drift', 'Ember', 'Fathom', 'Granite', 'Hollow']
const CLOUD_NAMES = ['Cumulus Compute', 'Stratus Cloud', 'Nimbus Platform']
const HOME_NAMES = ['Broadband', 'Fibernet', 'Telecom', 'Cable', 'Kabelnett', 'Homeline']
const MOBILE_NAMES = ['Mobile', 'Cellular', 'Wireless']

/** Share of blocks that IP databases put into another city of the same country, and into another country (order of magnitude of published accuracy pages). */
const WRONG_CITY = 0.06
const WRONG_COUNTRY = 0.004

/** Builds the internet: about 6,000 blocks in 300 networks. Deterministic. */
export function buildInternet(): Internet {
  const blocks = new Map<number, Block>()
  let nextNetwork = 0
  let nextAsn = 64_700
  const provider = (name: string, type: NetworkClass, country: string): Provider => ({
    asn: nextAsn++,
    name,
    class: type,
    country,
    blocks: new Map(),
  })
  const claim = (owner: Provider, city: City, count: number, network: number, from: number) => {
    const list = owner.blocks.get(city.index) ?? []
    for (let i = 0; i < count; i++) {
      const base = network * 256 + ((from + i) & 255)
      const block = makeBlock(base, owner, city)
      blocks.set(base, block)
      list.push(block)
    }
    owner.blocks.set(city.index, list)
  }
  const used = new Set<number>()
  const freshNetwork = (): number => {
    for (;;) {
      const index = nextNetwork++
      const first = FIRST_OCTETS.from + (index % (FIRST_OCTETS.to - FIRST_OCTETS.from))
      const network = first * 256 + (hash(index, 7) & 255)
      if (used.has(network)) continue
      used.add(network)
      return network
    }
  }

  const residential = new Map<string, Provider[]>()
  const carriers = new Map<string, Provider[]>()
  for (const country of COUNTRIES) {
    const cities = citiesOf(country)
    const random = randomOf(hash(1, ...[...country].map((letter) => letter.charCodeAt(0))))
    const homes: Provider[] = []
    const homeCount = 3 + random.int(3)
    for (let i = 0; i < homeCount; i++) {
      const owner = provider(`${country} ${HOME_NAMES[i]}`, 'residential', country)
      const network = freshNetwork()
      let from = 0
      for (const city of cities) {
        const count = Math.max(2, Math.round((14 * Math.sqrt(city.weight)) / (i + 1) / 2))
        claim(owner, city, Math.min(count, Math.floor(250 / cities.length)), network, from)
        from += count
      }
      homes.push(owner)
    }
    residential.set(country, homes)
    const mobiles: Provider[] = []
    for (let i = 0; i < 2 + random.int(2); i++) {
      const owner = provider(`${country} ${MOBILE_NAMES[i]}`, 'carrier', country)
      const gateway = cities[random.chance(0.7) ? 0 : random.int(cities.length)]
      if (gateway !== undefined) claim(owner, gateway, 8 + random.int(25), freshNetwork(), 0)
      mobiles.push(owner)
    }
    carriers.set(country, mobiles)
  }
  const spread = (names: readonly string[], type: NetworkClass, share: number, count: number) =>
    names.map((name, index) => {
      const owner = provider(`${name} ${type === 'vpn' ? 'VPN' : 'Hosting'}`, type, 'US')
      const network = freshNetwork()
      const random = randomOf(2, index, share * 100)
      let from = 0
      for (const city of CITIES) {
        if (from > 245 || !random.chance(share)) continue
        claim(owner, city, count, network, from)
        from += count
      }
      return owner
    })
  const vpns = spread(VPN_NAMES, 'vpn', 0.6, 2)
  const hosting = spread(HOSTING_NAMES, 'hosting', 0.25, 3)
  const clouds = spread(CLOUD_NAMES, 'hosting', 0.3, 4)

  const offices = new Map<string, Block>()
  const office = (name: string, city: City): Block => {
    const known = offices.get(name)
    if (known !== undefined) return known
    const owner = provider(`${name} network`, 'corporate', city.country)
    claim(owner, city, 1, freshNetwork(), 0)
    const [block] = owner.blocks.get(city.index) ?? []
    if (block === undefined) throw new Error(`no block for ${name}`)
    offices.set(name, block)
    return block
  }

  const pickHome = new Map<string, (random: Random) => Provider>()
  for (const city of CITIES) {
    const here = (residential.get(city.country) ?? []).filter((one) => one.blocks.has(city.index))
    const order = [...here].sort((a, b) => unit(city.index, a.asn) - unit(city.index, b.asn))
    pickHome.set(city.name, zipf(order, 1.1))
  }
  const pickMobile = new Map(COUNTRIES.map((name) => [name, zipf(carriers.get(name) ?? [], 0.8)]))
  const need = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`no provider at ${what}`)
    return value
  }
  return {
    blocks,
    residential,
    carriers,
    hosting,
    vpns,
    clouds,
    pickProvider: (city, random) => need(pickHome.get(city.name), city.name)(random),
    pickCarrier: (country, random) => need(pickMobile.get(country), country)(random),
    office,
  }
}

function makeBlock(base: number, provider: Provider, city: City): Block {
  const claimed = claimedCity(base, provider, city)
  // A database centres a block somewhere in the city, not on its town hall.
  const lat = round(claimed.lat + (unit(base, 31) - 0.5) * 0.2)
  const long = round(claimed.long + (unit(base, 32) - 0.5) * 0.2)
  const { country, region, name } = claimed
  const radius = provider.class === 'residential' ? 20 + (hash(base, 33) % 60) : 100
  return {
    base,
    prefix: `${base >>> 16}.${(base >>> 8) & 255}.${base & 255}`,
    provider,
    city,
    place: {
      country,
      region,
      city: name,
      lat,
      long,
      radius_km: provider.class === 'carrier' ? 250 : radius,
      provider: 'geoip',
    },
    location: { country, region, city: name, lat, long, provider: 'vendor' },
    system: { number: provider.asn, name: provider.name },
  }
}

function claimedCity(base: number, provider: Provider, city: City): City {
  const chance = unit(base, 30)
  if (chance < WRONG_COUNTRY) return CITIES[hash(base, 34) % CITIES.length] ?? city
  if (chance > WRONG_CITY || provider.class === 'corporate') return city
  const others = citiesOf(city.country)
  return others[hash(base, 35) % others.length] ?? city
}

function round(degrees: number): number {
  return Math.round(degrees * 100) / 100
}

/** An address of a block by its last byte, 1-254. */
export function addressIn(block: Block, host: number): Address {
  return { ip: `${block.prefix}.${1 + (host % 254)}`, block }
}

/** A random address of a random block that a provider holds at a city, or anywhere where it holds none there. */
export function addressOf(provider: Provider, city: City | null, random: Random): Address {
  const here = city === null ? undefined : provider.blocks.get(city.index)
  const list = here ?? [...provider.blocks.values()].flat()
  return addressIn(random.pick(list), random.int(254))
}

/** What lists of addresses know of one: the block it lies in, or undefined. */
export function blockOf(internet: Internet, ip: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(ip)
  if (match === null) return undefined
  return internet.blocks.get(Number(match[1]) * 65536 + Number(match[2]) * 256 + Number(match[3]))
}

/** A city anywhere, big ones more often, in proportion to the root of their size. */
export const anyCity: (random: Random) => City = weighted(CITIES, (city) => Math.sqrt(city.weight))
