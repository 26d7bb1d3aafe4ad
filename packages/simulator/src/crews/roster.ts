import { hash, type Random, randomOf, weighted } from '../random.ts'
import { TOWNS, type Town } from './earth.ts'
import { fleetGear, type Gear, ownGear } from './gear.ts'
import type { Pool, Wires } from './wires.ts'

/** How a crew works, which decides nearly everything about its days. */
export type Trade = 'project' | 'calls' | 'shop' | 'field' | 'contract' | 'academy'

/** A place of work. It may move to another line, in another part of town, over a weekend. */
export interface Site {
  readonly seed: number
  readonly town: Town
  readonly pool: Pool
  readonly next: Pool
  readonly moves: number
  readonly kiosks: readonly Gear[]
}

/** People who work together. Days are counted since 1970. */
export interface Crew {
  readonly id: number
  readonly seed: number
  readonly trade: Trade
  readonly merged: boolean
  readonly site: Site
  /** First day behind the zero-trust gateway; Infinity: never. */
  readonly gated: number
  /** Day on which all its machines are replaced at once. */
  readonly refit: number
  /** First day on which its people come an hour earlier by the sun: the clocks have changed. */
  readonly clock: number
  readonly members: Person[]
}

/** Somebody with an account. */
export interface Person {
  readonly id: number
  readonly seed: number
  readonly name: string
  readonly email: string
  readonly domain: string
  readonly key: string
  readonly uid: string
  readonly type: 'user' | 'admin' | 'guest'
  readonly crew: Crew
  readonly town: Town
  /** Line at home, before and after moving house. */
  readonly home: readonly [Pool, Pool]
  readonly household: number
  readonly moves: number
  readonly phone: Pool
  readonly desk: readonly [Gear, Gear]
  readonly pocket: Gear
  readonly tempo: number
  /** Hours by which their day is shifted. */
  readonly owl: number
  /** Days a sign-in lasts before the password or key is asked for again. */
  readonly tokenLife: number
  readonly proof: 'password' | 'push' | 'passkey'
  /** Private VPN: what they switch on, and how often, 0-1. */
  readonly tunnel: { readonly exits: readonly Pool[]; readonly habit: number } | null
  /** A desktop rented in a data centre, and the share of work done on it, 0-1. */
  readonly remote: { readonly pool: Pool; readonly habit: number } | null
  /** A gateway vendor that takes over on a day, for all but the phone. */
  readonly relay: { readonly exits: readonly Pool[]; readonly from: number } | null
  readonly from: number
  readonly to: number
}

/** Everybody, and what they share. */
export interface Roster {
  readonly people: readonly Person[]
  readonly crews: readonly Crew[]
}

const GIVEN =
  'Aoife Bram Carys Dilan Esme Farid Greta Hugo Imani Jonas Keira Luca Maite Noor Owen Paula Quinn Rohan Saoirse Tomas Uma Viktor Wanda Ximena Yara Zofia Anil Beatriz Ciaran Dorota'.split(
    ' ',
  )
const FAMILY =
  'Abbott Bakker Costa Doyle Ellis Ferreira Gallagher Horvath Iyer Jansen Kowalski Lopez Mulder Novak Okafor Price Quist Rao Santos Thorne Unwin Visser Walsh Ximenes Yates Zielinski Bell Crespo Dunne Evers'.split(
    ' ',
  )

const SHAPE: Readonly<Record<Trade, { share: number; size: readonly [number, number] }>> = {
  project: { share: 0.33, size: [5, 13] },
  calls: { share: 0.19, size: [14, 34] },
  shop: { share: 0.17, size: [3, 8] },
  field: { share: 0.14, size: [6, 14] },
  contract: { share: 0.1, size: [2, 5] },
  academy: { share: 0.07, size: [10, 22] },
}
const BASES: Readonly<Record<Trade, readonly string[]>> = {
  project: ['GB', 'NL', 'GB', 'US'],
  calls: ['GB', 'ES', 'IE'],
  shop: ['GB', 'NL', 'ES', 'GB'],
  field: ['GB', 'NL', 'US'],
  contract: ['PL', 'IN', 'PT', 'RO', 'PH', 'ZA', 'MX', 'CZ', 'KE', 'AE', 'CA'],
  academy: ['NL', 'GB'],
}
/** Offices, call centres, schools and depots of one kind that even the largest group has. */
const MOST_SITES = 150
const DOMAINS = ['merrow.example', 'tallis.example'] as const

/**
 * Makes the people of a world that begins at day `first` (since 1970) and lasts `days`. `drift`: day (since 1970) on
 * which every site with a network of its own moves; three in ten change gateways a week later; all updates arrive after two weeks; the clocks
 * change after three.
 */
export function makeRoster(
  wires: Wires,
  size: number,
  first: number,
  days: number,
  drift = Number.POSITIVE_INFINITY,
): Roster {
  const relay = drift < Number.POSITIVE_INFINITY ? wires.gateways('Bastion Relay') : []
  const random = randomOf(wires.seed, 201)
  const used = new Map<string, number>()
  const people: Person[] = []
  const crews: Crew[] = []
  const sites = new Map<string, Site[]>()
  const merger = first + Math.round(days * (0.35 + random.next() * 0.25))
  const rollout = first + Math.round(days * (0.1 + random.next() * 0.5))
  const trades = weighted(Object.keys(SHAPE) as Trade[], (trade) => {
    const { share, size: range } = SHAPE[trade]
    return share / (range[0] + range[1])
  })
  while (people.length < size) {
    const merged = people.length > 10 && random.chance(0.09)
    const trade = merged ? (random.chance(0.7) ? 'project' : 'field') : trades(random)
    const crew = makeCrew(
      ...([
        wires,
        random,
        crews.length,
        sites,
        trade,
        merged,
        first,
        days,
        rollout,
        drift,
      ] as const),
    )
    crews.push(crew)
    const [low, high] = SHAPE[trade].size
    const count = Math.min(size - people.length, low + random.int(high - low + 1))
    for (let i = 0; i < count; i++) {
      const drawn = makePerson(wires, random, crew, people, used, first, days, merged ? merger : -1)
      const person = relay.length === 0 ? drawn : drifting(drawn, relay, drift)
      crew.members.push(person)
      people.push(person)
    }
  }
  return { people, crews }
}

function prompt(gear: Gear, drift: number): Gear {
  return drift < Number.POSITIVE_INFINITY ? { ...gear, prompt: drift + 14 } : gear
}

function drifting(person: Person, exits: readonly Pool[], drift: number): Person {
  const [one, other] = person.desk
  return {
    ...person,
    desk: [prompt(one, drift), prompt(other, drift)],
    pocket: prompt(person.pocket, drift),
    relay: hash(person.seed, 7) % 10 < 3 ? { exits, from: drift + 7 } : null,
  }
}

function makeCrew(
  wires: Wires,
  random: Random,
  id: number,
  sites: Map<string, Site[]>,
  trade: Trade,
  merged: boolean,
  first: number,
  days: number,
  rollout: number,
  drift: number,
): Crew {
  const seed = hash(wires.seed, 211, id)
  // Crews of one trade share a site until it is full; every shop and every contractor is alone.
  const kind = `${trade} ${merged}`
  const known = sites.get(kind) ?? []
  sites.set(kind, known)
  const alone = trade === 'shop' || trade === 'contract'
  const full = known.length >= MOST_SITES || (known.length > 0 && random.chance(0.6))
  const site =
    !alone && full ? random.pick(known) : makeSite(wires, random, trade, merged, first, days, drift)
  if (!alone && !full) known.push(site)
  const gateable = trade === 'project' || trade === 'contract' || trade === 'field'
  return {
    id,
    seed,
    trade,
    merged,
    site,
    gated: gateable && random.chance(0.45) ? rollout + random.int(21) : Number.POSITIVE_INFINITY,
    clock: drift + 21,
    refit: random.chance(days / 220) ? first + random.int(days) : Number.POSITIVE_INFINITY,
    members: [],
  }
}

function makeSite(
  wires: Wires,
  random: Random,
  trade: Trade,
  merged: boolean,
  first: number,
  days: number,
  drift: number,
): Site {
  const seed = hash(wires.seed, 212, random.int(2 ** 31))
  const country = merged ? random.pick(['PL', 'IE', 'GB']) : random.pick(BASES[trade])
  const town = weighted(TOWNS.get(country) ?? [], ({ size }) => size)(random)
  const shared = trade === 'shop' || trade === 'contract' || trade === 'field'
  const line = () =>
    shared
      ? random.pick(wires.fixed.get(town.name) ?? [])
      : wires.site(`${trade} ${town.name}`, town)
  const kiosks =
    trade === 'calls' ? 18 : trade === 'shop' ? 1 + random.int(2) : trade === 'academy' ? 8 : 0
  const image = hash(seed, 1)
  const pool = line()
  const chosen = random.chance(days / 260) ? first + random.int(days) : Number.POSITIVE_INFINITY
  const moves = shared ? chosen : Math.min(chosen, drift)
  return {
    seed,
    town,
    pool,
    next: moves < Number.POSITIVE_INFINITY ? line() : pool,
    moves,
    kiosks: Array.from({ length: kiosks }, (_, i) =>
      prompt(fleetGear(hash(seed, 2, i), image, 'counter'), drift),
    ),
  }
}

function makePerson(
  wires: Wires,
  random: Random,
  crew: Crew,
  people: readonly Person[],
  used: Map<string, number>,
  first: number,
  days: number,
  merger: number,
): Person {
  const id = people.length
  const seed = hash(wires.seed, 221, id)
  const domain = DOMAINS[crew.merged ? 1 : 0]
  const given = random.pick(GIVEN)
  const family = random.pick(FAMILY)
  const plain = `${given[0]}${family}`.toLowerCase()
  const again = used.get(plain) ?? 0
  used.set(plain, again + 1)
  const email = `${plain}${again === 0 ? '' : again + 1}@${domain}`
  const { trade, site } = crew
  const near = TOWNS.get(site.town.country) ?? [site.town]
  const town = random.chance(trade === 'project' ? 0.8 : 0.9) ? site.town : random.pick(near)
  const lines = wires.fixed.get(town.name) ?? []
  const neighbour = people.at(-1)
  const together = neighbour?.town === town && random.chance(0.05) ? neighbour : undefined
  const isContract = trade === 'contract'
  const own = ownGear(hash(seed, 1), random, 'desk')
  const fleet = (at: 'desk' | 'van', salt: number) =>
    fleetGear(hash(seed, salt), hash(crew.seed, salt), at)
  const desk: readonly [Gear, Gear] =
    trade === 'field'
      ? [fleet('van', 2), fleet('van', 3)]
      : trade === 'project'
        ? [fleet('desk', 2), fleet('desk', 3)]
        : [own, random.chance(days / 700) ? ownGear(hash(seed, 4), random, 'desk') : own]
  const exits = isContract
    ? random.pick(wires.vpn)
    : random.chance(0.05)
      ? random.pick(wires.vpn)
      : null
  const joins = random.chance(isContract ? 0.35 : 0.12) ? first + random.int(days) : 0
  const leaves = random.chance(isContract ? 0.3 : 0.07)
    ? first + 3 + random.int(days)
    : Number.POSITIVE_INFINITY
  const roll = random.next()
  return {
    id,
    seed,
    name: `${given} ${family}`,
    email,
    domain,
    key: `user:${email}`,
    uid: `p${seed.toString(36)}${id.toString(36)}`,
    type: isContract ? 'guest' : trade === 'project' && random.chance(0.05) ? 'admin' : 'user',
    crew,
    town,
    home: together?.home ?? [random.pick(lines), random.pick(lines)],
    household: together?.household ?? hash(seed, 5),
    moves: random.chance(days / 900) ? first + random.int(days) : Number.POSITIVE_INFINITY,
    phone: random.pick(wires.mobile.get(town.country) ?? []),
    desk,
    pocket: ownGear(hash(seed, 6), random, 'pocket'),
    tempo: random.lognormal(1, 0.55),
    owl: random.normal(0, 0.8),
    tokenLife: random.pick([1, 1, 2, 3, 7]),
    proof: roll < 0.3 ? 'passkey' : roll < 0.65 ? 'push' : 'password',
    tunnel: exits !== null && random.chance(0.5) ? { exits, habit: random.next() * 0.7 } : null,
    remote: random.chance(isContract ? 0.25 : trade === 'project' ? 0.06 : 0.01)
      ? { pool: random.pick(random.pick(wires.hosting)), habit: random.next() * 0.8 }
      : null,
    relay: null,
    from: merger >= 0 ? merger + random.int(4) : joins,
    to: Math.max(leaves, joins + 14),
  }
}
