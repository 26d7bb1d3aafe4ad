import { hash, type Random, randomOf } from '../random.ts'
import { TOWNS, type Town } from './earth.ts'
import { type Gear, type Look, lookOf, ownGear, strangerUid } from './gear.ts'
import type { Person } from './roster.ts'
import { homeLine, phoneLine, siteLine, tunnelLine } from './spots.ts'
import { anyLine, type Line, type Pool, type Wires } from './wires.ts'

const DAY = 86_400_000

/** Some criminals who work together: their hours, their machines, and what they rent. */
export interface Gang {
  readonly seed: number
  /** Hour of the UTC day at which they begin; they work ten hours. */
  readonly begins: number
  readonly kit: readonly Gear[]
  readonly tunnel: readonly Pool[]
  readonly centre: readonly Pool[]
  readonly country: string
}

/** The gangs of a world: eight, and one more for each thousand people. */
export function makeGangs(wires: Wires, people: readonly Person[]): readonly Gang[] {
  // Proxy networks are strongest where remote workers are cheap: gangs sit where contractors do.
  const abroad = people.filter(({ crew }) => crew.trade === 'contract')
  return Array.from({ length: 8 + Math.floor(people.length / 1000) }, (_, id) => {
    const seed = hash(wires.seed, 401, id)
    const random = randomOf(seed)
    return {
      seed,
      begins: random.int(24),
      // Machines as anybody has them: bought in the same shops, or made to look so.
      kit: Array.from({ length: 3 }, (_, n) =>
        ownGear(hash(seed, n), random, random.chance(0.8) ? 'desk' : 'pocket'),
      ),
      tunnel: random.pick(wires.vpn),
      centre: random.pick(wires.hosting),
      country: random.pick(abroad.length > 0 ? abroad : people).town.country,
    }
  })
}

/** How near to the victim an attacker manages to come out. */
export type Nearness =
  | 'street'
  | 'town'
  | 'country'
  | 'mobile'
  | 'tunnel'
  | 'centre'
  | 'abroad'
  | 'inside'

/** An address to attack from. Rented lines are those of honest subscribers, whose machines are part of a proxy network. */
export function rentedLine(
  wires: Wires,
  gang: Gang,
  victim: Person,
  near: Nearness,
  time: number,
  random: Random,
): Line {
  const { town } = victim
  switch (near) {
    case 'inside':
      // Back through an infected machine next to the victim's, at home or at work.
      return random.chance(0.5)
        ? homeLine(victim, time, random)
        : siteLine(victim.crew.site, Math.floor(time / DAY), random)
    case 'street':
      return anyLine(victim.home[0], random)
    case 'town':
      return anyLine(random.pick(wires.fixed.get(town.name) ?? []), random)
    case 'country':
      return anyLine(lineIn(wires, town.country, random), random)
    case 'mobile':
      return random.chance(0.5)
        ? phoneLine(victim, time + random.int(2 ** 31) * 1000, random)
        : anyLine(random.pick(wires.mobile.get(town.country) ?? []), random)
    case 'tunnel':
      return tunnelLine(gang.tunnel, town, 0.6, random)
    case 'centre':
      return anyLine(random.pick(gang.centre), random)
    default:
      return anyLine(lineIn(wires, gang.country, random), random)
  }
}

/** A consumer's pool of a country; towns by size. */
function lineIn(wires: Wires, country: string, random: Random): Pool {
  const towns: readonly Town[] = TOWNS.get(country) ?? []
  let at = random.next() * towns.reduce((sum, { size }) => sum + size, 0)
  const town = towns.find(({ size }) => {
    at -= size
    return at < 0
  })
  return random.pick(wires.fixed.get((town ?? towns[0])?.name ?? '') ?? [])
}

/** A machine of the gang, with the identifier that the target gave it at its first visit (`visit` names the campaign). */
export function kitLook(gang: Gang, visit: number, time: number, random: Random): Look {
  const gear = gang.kit[visit % gang.kit.length] as Gear
  return markedLook(gear, visit, time, random)
}

/** The victim's own browser to the letter, as a relay or a stolen profile shows it, but without the victim's identifier. */
export function clonedLook(gear: Gear, visit: number, time: number, random: Random): Look {
  return { ...markedLook(gear, visit, time, random), managed: false }
}

function markedLook(gear: Gear, visit: number, time: number, random: Random): Look {
  const bare = lookOf(gear, time, 1, true)
  return random.chance(0.15) ? bare : { ...bare, uid: strangerUid(hash(gear.seed, visit)) }
}
