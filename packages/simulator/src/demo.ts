import { oldAttack, startCampaigns } from './demo-campaigns.ts'
import { cityNamed } from './geography.ts'
import type { Internet } from './internet.ts'
import type { Company, Person } from './people.ts'
import { hash } from './random.ts'
import { createSociety, live, type Society } from './society.ts'
import type { SimulatedEvent } from './truth.ts'
import { addressPlan, factsOf, type World } from './world.ts'

/** The made-up organisation that the demo plays. Nothing in it is real; its addresses end in the reserved .example. */
export const DEMO_NAME = 'Northwind Demo'

/** The one person of the demo whose details never change, for examples in the documentation. */
export const ADA = {
  key: 'user:ada.lindqvist@northwind.example',
  email: 'ada.lindqvist@northwind.example',
  name: 'Ada Lindqvist',
  city: 'Stockholm',
  country: 'SE',
  timezone: 'Europe/Stockholm',
  deviceId: 'laptop-ada',
} as const

const DAY = 86_400_000
const HOUR = 3_600_000
/** Machines wrote everything for this long before the demo starts; of earlier runs, one in `OLD_RUNS` is kept. */
const RECENT = 25 * HOUR
const OLD_RUNS = 300
const CLOUD = 0.22
/** Days before now on which somebody signed in with a stolen password; long found and dealt with. */
const OLD_ATTACKS = [44, 27, 13]

/** Two branches of one company: Europe signs in with Entra ID, the rest of the world with Okta. */
function branches(internet: Internet): readonly Company[] {
  const office = (name: string, exits: number) => ({
    city: cityNamed(name),
    block: internet.office(`Northwind ${name}`, cityNamed(name)),
    exits,
  })
  const gateway = { ...office('Amsterdam', 2), exits: 2 }
  const common = { domain: 'northwind.example', vpn: gateway, vpnShare: 0.2, enrols: false }
  return [
    {
      ...common,
      index: 0,
      name: 'Northwind Europe',
      idp: 'entra',
      offices: [office('Stockholm', 2), office('London', 1), office('Berlin', 1)],
      account: '111122223333',
    },
    {
      ...common,
      index: 1,
      name: 'Northwind',
      idp: 'okta',
      offices: [office('New York', 2), office('San Francisco', 1), office('Bengaluru', 2)],
      account: '444455556666',
    },
  ]
}

function demoSociety(seed: number): Society {
  return createSociety({
    seed,
    people: 250,
    machines: 32,
    machineSpeed: 3.5,
    start: 0,
    days: 0,
    employers: branches,
    arrange: (internet, people) => [ada(internet, people), ...people.slice(1).map(established)],
  })
}

/** Nobody joins or leaves in the demo: history and live traffic are made apart, from the same habits. */
function established(person: Person): Person {
  return { ...person, joined: 0, left: Infinity, rate: Math.min(6, person.rate) }
}

function ada(internet: Internet, people: readonly Person[]): Person {
  const [first] = people
  const europe = branches(internet)[0]
  const city = cityNamed(ADA.city)
  const provider = internet.residential.get('SE')?.[0]
  const carrier = internet.carriers.get('SE')?.[0]
  if (
    first === undefined ||
    europe === undefined ||
    provider === undefined ||
    carrier === undefined
  )
    throw new Error('the demo has nobody to be Ada')
  return {
    ...established(first),
    index: 0,
    // A seed of her own: she is the same person whatever the demo's seed.
    seed: 20_260_101,
    key: ADA.key,
    email: ADA.email,
    name: ADA.name,
    department: 'Sales',
    cloudRole: 'none',
    company: people.find((person) => person.company.index === 0)?.company ?? europe,
    city,
    timezone: ADA.timezone,
    provider,
    carrier,
    office: null,
    officeShare: 0,
    rate: 3,
    rhythm: 'day',
    midday: 12.5,
    spread: 2.4,
    vpn: null,
    roaming: false,
    devices: [
      {
        seed: 1,
        kind: 'desktop',
        os: 'macos',
        browser: 'chrome',
        lagDays: 4,
        cookieDays: 365,
        uid: ADA.deviceId,
      },
    ],
    typos: 0.01,
    mfa: 'push',
    mfaEvery: 14,
    isAdmin: false,
    sharedWith: null,
    isSteady: true,
    fixedHome: adaHomeIp(internet),
  }
}

function adaHomeIp(internet: Internet): string {
  const block = internet.residential.get('SE')?.[0]?.blocks.get(cityNamed(ADA.city).index)?.[0]
  if (block === undefined) throw new Error('Stockholm has no home network')
  return `${block.prefix}.42`
}

/** The demo's people and addresses, and Ada's fixed home address. */
export interface DemoOrganisation extends Pick<World, 'placeOf' | 'addressPlan' | 'people'> {
  readonly adaHomeIp: string
}

/** The demo organisation itself, for place lookups and documentation. */
export function demoOrganisation({ seed }: { readonly seed: number }): DemoOrganisation {
  const { internet, people } = demoSociety(seed)
  return {
    placeOf: (ip) => factsOf(internet, ip),
    addressPlan: () => addressPlan(internet),
    people: () => people,
    adaHomeIp: adaHomeIp(internet),
  }
}

/**
 * What the demo organisation did in the `days` up to `now` (ms UTC), in time order: sign-ins and cloud work of everybody,
 * everything its machines did in the last hours and a sample of what they did before. Deterministic.
 */
export function demoHistory(options: {
  readonly seed: number
  readonly now: number
  readonly days: number
}): Generator<SimulatedEvent> {
  const { seed, now, days } = options
  const society = demoSociety(seed)
  return live(society, {
    from: now - days * DAY,
    to: now,
    cloud: CLOUD,
    hostility: 0,
    traffic: true,
    connector: 'demo',
    delay: 800,
    keepRun: (time, machine) =>
      time > now - RECENT || hash(machine.seed, Math.floor(time / 60_000)) % OLD_RUNS === 0,
    more: (stage, day) => {
      if (OLD_ATTACKS.includes(Math.floor(now / DAY) - day)) oldAttack(stage, society, day)
    },
  })
}

/**
 * What happens in the demo organisation from an instant (ms UTC) on, without end and in time order: one to two events a
 * second, with an attack about once a minute at first and every few minutes later. Deterministic.
 */
export function demoLive(options: {
  readonly seed: number
  readonly from: number
}): Generator<SimulatedEvent> {
  const { seed, from } = options
  const society = demoSociety(seed)
  const first = Math.floor(from / DAY)
  return live(society, {
    from,
    to: Infinity,
    cloud: CLOUD,
    hostility: 0,
    traffic: true,
    connector: 'demo',
    delay: 800,
    keepRun: (time) => time >= from,
    more: (stage, day) => {
      if (day === first) startCampaigns(stage, society, from)
    },
  })
}
