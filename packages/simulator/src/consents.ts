import { circumstances, localHour } from './circumstances.ts'
import { type Client, clientOf, drawDevice } from './clients.ts'
import { type Address, addressIn, type Block } from './internet.ts'
import type { Company, Person } from './people.ts'
import { hash, type Random, randomOf, unit, zipf } from './random.ts'
import { signInAt } from './sign-ins.ts'
import type { Stage } from './stage.ts'
import { localTime } from './time-zone.ts'
import { BENIGN, type Truth } from './truth.ts'
import { whereabouts } from './whereabouts.ts'

/** An app of somebody else's that people let into their account. */
export interface App {
  readonly seed: number
  readonly name: string
  /** Where its servers stand. */
  readonly block: Block
  readonly client: Client
}

const DAY = 86_400_000
const HOUR = 3_600_000
const FIRST = 'Sign Meet Note Mail Plan Form Scan Sheet Doc Time Team Cal'.split(' ')
const LAST = 'Flow Bridge Buddy Desk Hub Sync Pilot Box Works Assist'.split(' ')
const RANKS = Array.from({ length: 30 }, (_, rank) => rank)
const pickRank = zipf(RANKS, 1)

/** An app by number: a name as such apps have, servers at a hoster's. `popular`: chance, 0-1, of one that many know. */
export function drawApp(stage: Stage, company: Company, number: number, popular: number): App {
  const random = randomOf(stage.seed, 181, number)
  const rank = random.chance(popular) ? pickRank(random) : 1000 + hash(company.index, number)
  const seed = hash(stage.seed, 182, rank)
  const own = randomOf(seed)
  const provider = own.pick(own.chance(0.6) ? stage.internet.clouds : stage.internet.hosting)
  const block = own.pick([...provider.blocks.values()].flat())
  return {
    seed,
    name: `${own.pick(FIRST)}${own.pick(LAST)}`,
    block,
    client: {
      ...clientOf(drawDevice(own, 'desktop'), 0),
      userAgent: own.pick(['node', 'python-requests/2.32.5', 'axios/1.12.2', 'Java/21.0.4']),
    },
  }
}

/** An app as a log shows it: one of a few servers, no device. */
export function appGuise(
  app: App,
  random: Random,
): { readonly address: Address; readonly client: Client } {
  return { address: addressIn(app.block, hash(app.seed, random.int(3))), client: app.client }
}

/** Somebody lets an app into their account now. */
export function consentAt(
  stage: Stage,
  person: Person,
  here: { readonly address: Address; readonly client: Client },
  app: App,
  now: number,
  truth: Truth,
): void {
  stage.emit.consent(now, { person, ...here, app: app.name }, truth)
}

/** Puts onto the agenda the apps that a person lets in on a local day: a few a year, used for weeks or for good. */
export function planConsents(stage: Stage, person: Person, day: number): void {
  if (unit(person.seed, 183, day) > 0.006) return
  const random = randomOf(person.seed, 184, day)
  const where = whereabouts(person, day)
  if (where.absent) return
  const app = drawApp(stage, person.company, random.int(2 ** 31), 0.85)
  const time = localTime(where.city.zone, day, localHour(person, random))
  stage.agenda.add(time, (now) => {
    if (now < person.joined || now > person.left) return
    const here = circumstances(stage, person, day, where, random.chance(0.5), now, random)
    consentAt(stage, person, here, app, now, BENIGN)
    const end = Math.min(person.left, now + random.lognormal(20, 1) * DAY)
    const every = random.lognormal(16, 1) * HOUR
    const use = (later: number): void => {
      signInAt(stage, later, person, appGuise(app, random), {
        app: app.name,
        attempt: hash(person.seed, app.seed),
        step: 'token',
        isMfa: false,
        truth: BENIGN,
      })
      const next = later + every * (0.5 + random.next())
      if (next < end) stage.agenda.add(next, use)
    }
    stage.agenda.add(now + 60_000 + random.exponential(HOUR), use)
  })
}
