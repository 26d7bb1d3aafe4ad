import { planAccountCare } from './account-care.ts'
import { createAgenda } from './agenda.ts'
import { planAttacks } from './attacks/plan.ts'
import { type PoisonPlan, planPoisoning } from './attacks/poisoning.ts'
import { drawMachines, type Machine, planMachine } from './cloud/machines.ts'
import { planCloudWork } from './cloud/people-at-work.ts'
import { planConsents } from './consents.ts'
import { drifted } from './drift.ts'
import { createEmitter } from './emit.ts'
import { buildInternet, type Internet } from './internet.ts'
import { drawPeople, type Person, type PopulationOptions } from './people.ts'
import { createSessions } from './sessions.ts'
import { planSignIns } from './sign-ins.ts'
import type { Stage } from './stage.ts'
import type { SimulatedEvent } from './truth.ts'
import { DRIFT_WEEKS } from './weeks.ts'

/** Everybody and everything that acts in a world, before anything happens. */
export interface Society {
  readonly seed: number
  readonly internet: Internet
  readonly people: readonly Person[]
  readonly machines: readonly Machine[]
  /** Everybody at first, and from each drift week on. */
  readonly eras: readonly Era[]
  /** First day (since 1970) of the drift weeks; Infinity: none. */
  readonly drift: number
}

/** Everybody, and what they share, for as long as nothing abrupt changes. */
interface Era {
  readonly people: readonly Person[]
  /** The people who may reset others' passwords, by company index. */
  readonly admins: ReadonlyMap<number, readonly Person[]>
}

/** How a society is made. */
export interface SocietyOptions extends PopulationOptions {
  readonly machines: number
  /** How much faster machines run than usual; default 1. */
  readonly machineSpeed?: number
  /** First day (since 1970) of the drift weeks, where there are any. */
  readonly drift?: number
  /** Somebody to put in place of drawn people, or more of them. */
  readonly arrange?: (internet: Internet, people: Person[]) => Person[]
}

/** Draws a society. Deterministic for its options. */
export function createSociety(options: SocietyOptions): Society {
  const internet = buildInternet()
  const drawn = drawPeople(internet, options)
  const people = options.arrange?.(internet, drawn) ?? drawn
  const companies = [...new Set(people.map((person) => person.company))]
  const eras = [people]
  if (options.drift !== undefined)
    for (const week of DRIFT_WEEKS) eras.push([...drifted(internet, eras.at(-1) ?? people, week)])
  return {
    seed: options.seed,
    internet,
    people,
    machines: drawMachines(options.seed, companies, options.machines, options.machineSpeed ?? 1),
    eras: eras.map((era) => ({ people: era, admins: adminsOf(era) })),
    drift: options.drift ?? Infinity,
  }
}

function adminsOf(people: readonly Person[]): Era['admins'] {
  const admins = new Map<number, Person[]>()
  for (const person of people) {
    if (!person.isAdmin) continue
    const list = admins.get(person.company.index) ?? []
    list.push(person)
    admins.set(person.company.index, list)
  }
  return admins
}

/** What to let happen, and when. */
export interface Stretch {
  /** First instant and the one after the last, ms UTC; the end may be Infinity. */
  readonly from: number
  readonly to: number
  /** Use of the cloud by people, 0-1. */
  readonly cloud: number
  /** Hostile sign-ins for each benign one. */
  readonly hostility: number
  readonly traffic: boolean
  readonly connector: string
  /** Longest delay of the log, ms. */
  readonly delay: number
  /** Which runs of machines happen; absent: all. */
  readonly keepRun?: (time: number, machine: Machine) => boolean
  readonly poisoning?: PoisonPlan
  /** More for the agenda of a day. */
  readonly more?: (stage: Stage, day: number) => void
}

const DAY = 86_400_000
/** Days of attacks before the first, so that a world begins in the middle of things. */
const EARLIER = 14

/** Everything that happens in a stretch, in strictly rising time. A day is planned shortly before it begins, so memory stays flat. */
export function* live(society: Society, stretch: Stretch): Generator<SimulatedEvent> {
  const { seed, internet, people, machines } = society
  const { from, to } = stretch
  const made: SimulatedEvent[] = []
  const agenda = createAgenda()
  const emit = createEmitter({ seed, ...stretch }, (one) => made.push(one))
  const stage: Stage = { seed, internet, agenda, emit, sessions: createSessions(from) }
  const mean = people.reduce((sum, person) => sum + person.rate, 0) * 0.75 * stretch.hostility
  const plan = (day: number): void => {
    const { people, admins } = eraOf(society, day)
    for (const person of people) {
      planSignIns(stage, person, day)
      planCloudWork(stage, person, day, stretch.cloud)
      planConsents(stage, person, day)
      planAccountCare(stage, person, admins.get(person.company.index) ?? [], day)
    }
    for (const machine of machines) planMachine(stage, machine, day, stretch.keepRun)
    planAttacks(stage, day, { people, machines, mean })
    stretch.more?.(stage, day)
  }
  if (stretch.poisoning !== undefined) planPoisoning(stage, people, stretch.poisoning)
  const first = Math.floor(from / DAY)
  // Attackers who come back began before the world does, or else there would be fewer at first.
  for (let day = first - EARLIER; day <= first - 2; day++)
    planAttacks(stage, day, { people, machines, mean })
  let planned = first - 2
  for (let day = first; day * DAY < to; day++) {
    // A local day begins up to 14 hours before its UTC midnight.
    while (planned <= day) plan(++planned)
    const end = Math.min((day + 1) * DAY, to)
    while (agenda.next() < end) {
      agenda.run()
      for (const one of made) if (one.event.time >= from && one.event.time < to) yield one
      made.length = 0
    }
  }
}

function eraOf({ eras, drift }: Society, day: number): Era {
  const weeks = day < drift ? 0 : Math.floor((day - drift) / 7) + 1
  const era = eras[Math.min(weeks, eras.length - 1)]
  if (era === undefined) throw new Error('a society has at least one era')
  return era
}
