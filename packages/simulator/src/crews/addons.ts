import { hash, type Random, randomOf, unit } from '../random.ts'
import { BENIGN, type Truth } from '../truth.ts'
import type { AddonAct } from './acts.ts'
import { dayOf } from './calendar.ts'
import { lookOf } from './gear.ts'
import type { Person } from './roster.ts'
import { homeLine, siteLine } from './spots.ts'
import { type Line, lineOf, type Pool, type Wires } from './wires.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

/** An add-on to mail and files, and where it runs. */
interface Addon {
  readonly seed: number
  readonly name: string
  readonly agent: string
  readonly pool: Pool
}

const WORDS = 'Tidy Clear Swift Paper Ledger Rota Snap Merge Signal Folder Inbox Minutes'.split(' ')
const KINDS = 'for Mail|Notes|Sign|Planner|Backup|Tables|Reader|Assistant'.split('|')
/** What add-ons do, their most usual first. */
const CALLS: readonly (readonly [service: string, operation: string, reads: boolean])[] = [
  ['calendar.googleapis.com', 'events.list', true],
  ['gmail.googleapis.com', 'users.messages.list', true],
  ['gmail.googleapis.com', 'users.messages.get', true],
  ['drive.googleapis.com', 'files.list', true],
  ['drive.googleapis.com', 'files.export', true],
  ['people.googleapis.com', 'people.connections.list', true],
  ['gmail.googleapis.com', 'users.messages.send', false],
]

/** An add-on by number: of the forty that many use, or one that nobody here has heard of. */
export function addonOf(wires: Wires, number: number, known: boolean): Addon {
  const seed = hash(
    wires.seed,
    191,
    known ? Math.floor(40 * unit(number, 192) ** 2) : 1000 + number,
  )
  const random = randomOf(seed)
  return {
    seed,
    name: `${random.pick(WORDS)} ${random.pick(KINDS)}`,
    agent: random.pick([
      'google-api-nodejs-client/9.15.1',
      'Google-HTTP-Java-Client/1.45.0',
      'python-httplib2/0.22.0',
    ]),
    pool: random.pick(random.pick(wires.hosting)),
  }
}

/** Somebody lets an add-on in. */
export function consent(
  who: Person,
  addon: Addon,
  line: Line,
  time: number,
  random: Random,
  truth: Truth,
): AddonAct {
  const { agent } = lookOf(who.desk[0], time, random.next())
  const [service, operation] = ['oauth2.googleapis.com', 'authorize']
  return {
    kind: 'addon',
    who,
    app: addon.name,
    agent,
    service,
    operation,
    reads: false,
    time,
    line,
    truth,
  }
}

/** What an add-on does at one go. `appetite`: how much, 1 as most. */
export function* addonRound(
  who: Person,
  addon: Addon,
  begin: number,
  appetite: number,
  random: Random,
  truth: Truth,
): Generator<AddonAct> {
  let time = begin
  for (let n = 1 + random.poisson(2 * appetite); n > 0; n--) {
    const at =
      appetite > 1 && random.chance(0.6)
        ? 1 + random.int(4)
        : hash(addon.seed, random.int(2)) % CALLS.length
    const [service, operation, reads] = CALLS[at] ?? CALLS[0] ?? ['', '', true]
    yield {
      kind: 'addon',
      who,
      app: addon.name,
      agent: addon.agent,
      service,
      operation,
      reads,
      bytes: [
        Math.round(random.lognormal(700, 0.4)),
        Math.round(random.lognormal(2e4 * appetite, 1.2)),
      ],
      time,
      line: lineOf(addon.pool, addon.seed, random.int(3), 0, 1),
      truth,
    }
    time += 200 + random.exponential(3_000)
  }
}

/** Add-ons of one person on a day: those let in earlier go on by their own clock for weeks; now and then one more. */
export function* addonDay(
  wires: Wires,
  who: Person,
  day: number,
  random: Random,
): Generator<AddonAct> {
  const round = Math.floor((day + unit(who.seed, 193) * 60) / 60)
  if (day < who.from || day >= who.to || unit(who.seed, 194, round) > 0.22) return
  const since = Math.floor(round * 60 - unit(who.seed, 193) * 60 + unit(who.seed, 195, round) * 25)
  const lasts = 3 + unit(who.seed, 196, round) * 40
  if (day < since || day > since + lasts) return
  const addon = addonOf(wires, hash(who.seed, 197, round), unit(who.seed, 198, round) < 0.85)
  const begin = day * DAY + (8 + unit(who.seed, 199, round) * 10) * HOUR
  if (day === since) {
    const atSite = dayOf(wires.seed, who, day).kind === 'site'
    const line = atSite ? siteLine(who.crew.site, day, random) : homeLine(who, begin, random)
    yield consent(who, addon, line, begin, random, BENIGN)
  }
  // Half of them move much, as backups and assistants do.
  const appetite = unit(addon.seed, 200) < 0.3 ? 2.5 : 1
  for (let n = 1 + random.poisson(1); n > 0; n--)
    yield* addonRound(who, addon, begin + random.next() * (DAY - HOUR), appetite, random, BENIGN)
}
