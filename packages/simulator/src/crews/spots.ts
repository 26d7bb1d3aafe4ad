import { hash, type Random, unit } from '../random.ts'
import type { Town } from './earth.ts'
import type { Person, Site } from './roster.ts'
import { type Line, lineOf, type Pool, type Wires } from './wires.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

/** The one address (or two) behind which a site hides. */
export function siteLine(site: Site, day: number, random: Random): Line {
  const pool = day >= site.moves ? site.next : site.pool
  const spare = unit(site.seed, 111, day) < 0.03 || random.chance(0.1) ? 1 : 0
  // Shops and depots have a consumer's line, whose address changes now and then.
  const lease =
    pool.carrier.class === 'corporate' ? spare : Math.floor(day / (9 + (site.seed % 40)))
  return lineOf(pool, site.seed, lease, 0, 1)
}

/** The line at somebody's home: leases from days to a year; on days without power or fibre the phone stands in. */
export function homeLine(person: Person, time: number, random: Random): Line {
  const day = time / DAY
  if (unit(person.household, 112, Math.floor(day)) < 0.006) return phoneLine(person, time, random)
  const hasMoved = day >= person.moves
  const life = 2 + unit(person.household, 113) ** 3 * 300
  const lease = Math.floor(day / life) * 2 + (hasMoved ? 1 : 0)
  return lineOf(
    person.home[hasMoved ? 1 : 0],
    person.household,
    lease,
    hash(person.seed, Math.floor(day)),
    random.next(),
  )
}

/** The phone's own connection: another /64 at each attach, or an address shared with thousands. */
export function phoneLine(person: Person, time: number, random: Random): Line {
  const attach = Math.floor(time / (3 * HOUR) + unit(person.seed, 114))
  return lineOf(
    person.phone,
    hash(person.seed, attach),
    attach,
    hash(person.seed, 115, attach),
    random.next(),
  )
}

/** A line that guests share: cafes, hotels, conference halls. `venue` names which. */
export function venueLine(wires: Wires, town: Town, venue: number, random: Random): Line {
  const pools = wires.fixed.get(town.name) ?? []
  return lineOf(pools[venue % pools.length] as Pool, venue, 0, random.int(2 ** 31), random.next())
}

/** Out through the organisation's zero-trust gateway: mostly the nearest exit, now and then another. */
export function gateLine(exits: readonly Pool[], town: Town, time: number, random: Random): Line {
  const near = [...exits].sort((a, b) => distance(a.town, town) - distance(b.town, town))
  const exit = near[random.chance(0.88) ? 0 : random.chance(0.75) ? 1 : 2] ?? near[0]
  // A few egress addresses for everybody.
  return lineOf(exit as Pool, random.int(6), Math.floor(time / (20 * DAY)), 0, random.next())
}

/** Out through a commercial tunnel, by an exit that suits (`town`'s country where there is one) or any. */
export function tunnelLine(
  exits: readonly Pool[],
  town: Town,
  loyalty: number,
  random: Random,
): Line {
  const home = exits.filter((exit) => exit.town.country === town.country)
  const among = home.length > 0 && random.chance(loyalty) ? home : exits
  return lineOf(random.pick(among), random.int(90), 0, 0, 1)
}

/** Squared, flattened: good for nearest-first only. */
function distance(a: Town, b: Town): number {
  const east = (a.long - b.long) * Math.cos((b.lat * Math.PI) / 180)
  return (a.lat - b.lat) ** 2 + east ** 2
}
