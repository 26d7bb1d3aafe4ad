import { type Circumstances, circumstances, localHour } from './circumstances.ts'
import type { Client } from './clients.ts'
import type { Emitter } from './emit.ts'
import type { Address } from './internet.ts'
import type { Person } from './people.ts'
import { hash, type Random, randomOf, unit, zipf } from './random.ts'
import type { Stage } from './stage.ts'
import { localTime } from './time-zone.ts'
import { BENIGN, type Truth } from './truth.ts'
import { type Whereabouts, whereabouts } from './whereabouts.ts'

const APPS = [
  'Mail',
  'Documents',
  'Chat',
  'CRM',
  'Calendar',
  'Expenses',
  'Source Code',
  'Tickets',
  'Payroll',
  'Wiki',
  'Cloud Console',
  'Warehouse',
  'Design',
  'Analytics',
]
const DAY = 86_400_000

/** The application somebody opens: everybody has an order of preference of their own. */
export function appOf(person: Person, random: Random): string {
  const order = pickRank(random)
  return APPS[hash(person.seed, 51, order) % APPS.length] ?? 'Mail'
}
const pickRank = zipf([0, 1, 2, 3, 4, 5], 1.2)

/** Puts onto the agenda every sign-in that a person makes on a local day (days since 1970). */
export function planSignIns(stage: Stage, person: Person, day: number): void {
  for (const self of person.sharedWith === null ? [person] : [person, person.sharedWith]) {
    const random = randomOf(self.seed, 52, day)
    const where = whereabouts(self, day)
    const count = random.poisson(self.rate * activity(self, day, where))
    const atOffice = random.chance(self.officeShare)
    for (let i = 0; i < count; i++) {
      const time = localTime(where.city.zone, day, localHour(self, random))
      const attempt = hash(self.seed, day, i)
      stage.agenda.add(time, (now) => {
        if (now < self.joined || now > self.left) return
        const here = circumstances(stage, self, day, where, atOffice, now, randomOf(attempt, 53))
        signInChain(stage, self, here, now, attempt)
      })
    }
  }
}

/** How much somebody works on a day, relative to a working day. */
function activity(person: Person, day: number, where: Whereabouts): number {
  if (where.absent) return 0.04
  const weekday = (day + 3) % 7
  const isWeekend = weekday >= 5
  if (person.rhythm === 'free') return 0.75
  if (person.rhythm === 'night') return (day + person.seed) % 7 < 4 ? 1.2 : 0.1
  return isWeekend ? 0.12 : where.travelling ? 0.8 : 1
}

/** Emits what one benign sign-in leaves in a log: mistakes first, then the second factor, then the session. */
function signInChain(
  stage: Stage,
  person: Person,
  here: Circumstances,
  now: number,
  attempt: number,
): void {
  const random = randomOf(attempt, 56)
  const app = appOf(person, random)
  const resumes = random.chance(0.3) && stage.sessions.canResume(person, here.device, now)
  let time = now
  const later = (seconds: number) => {
    time += seconds * 1000
  }
  const outage = outageEnd(stage.seed, person, now)
  if (outage > now) {
    const tries = 1 + random.int(4)
    for (let i = 0; i < tries; i++) {
      attemptAt(stage, time, person, here, app, attempt, 'primary', 'other')
      later(random.lognormal(40, 0.8))
    }
    time = Math.max(time, outage + random.exponential(900_000))
  }
  const mistakes = resumes ? 0 : countMistakes(person, random)
  for (let i = 0; i < mistakes; i++) {
    const locked = i >= 5
    attemptAt(
      stage,
      time,
      person,
      here,
      app,
      attempt,
      'primary',
      locked ? 'locked' : 'bad_credentials',
    )
    later(random.lognormal(locked ? 120 : 9, 0.6))
  }
  // Locked out for half an hour, then in again; some give up.
  if (mistakes > 5) later(1800 + random.exponential(600))
  if (mistakes > 2 && random.chance(0.3)) return
  const prompted = !resumes && person.mfa !== null && isPrompted(person, random)
  if (prompted && random.chance(0.03)) {
    attemptAt(
      stage,
      time,
      person,
      here,
      app,
      attempt,
      'mfa',
      random.chance(0.5) ? 'mfa_timeout' : 'mfa_failed',
    )
    later(random.lognormal(35, 0.6))
  }
  stage.sessions.note(person, here.device, now)
  attemptAt(
    stage,
    time,
    person,
    here,
    app,
    attempt,
    resumes ? 'session' : 'primary',
    undefined,
    prompted,
  )
}

/** Wrong passwords before the right one: few as a rule, many after a change of password or behind an app that keeps trying. */
function countMistakes(person: Person, random: Random): number {
  if (!random.chance(person.typos)) return 0
  return random.chance(0.08) ? 3 + random.int(6) : 1 + (random.chance(0.25) ? 1 : 0)
}

/** When the identity provider that refuses everybody of a company comes back; 0 outside of an outage. About five a year, of an hour at most. */
function outageEnd(seed: number, person: Person, now: number): number {
  const day = Math.floor(now / DAY)
  const draw = hash(seed, 57, person.company.index, day)
  if (draw % 75 !== 0) return 0
  const begin = day * DAY + unit(draw, 58) * 22 * 3_600_000
  const end = begin + (10 + 50 * unit(draw, 59)) * 60_000
  return now >= begin && now < end ? end : 0
}

function isPrompted(person: Person, random: Random): boolean {
  if (person.mfaEvery === 0) return true
  return random.chance(Math.min(1, 1.5 / (person.mfaEvery * Math.max(0.3, person.rate))))
}

function attemptAt(
  stage: Stage,
  at: number,
  person: Person,
  here: Circumstances,
  app: string,
  attempt: number,
  step: 'primary' | 'mfa' | 'session',
  failure?: 'bad_credentials' | 'locked' | 'mfa_timeout' | 'mfa_failed' | 'other',
  isMfa = false,
): void {
  signInAt(stage, at, person, here, { app, attempt, step, failure, isMfa, truth: BENIGN })
}

/** Schedules one sign-in record, benign or hostile. */
export function signInAt(
  stage: Stage,
  at: number,
  person: Person,
  here: {
    readonly address: Address
    readonly client: Client
    readonly deviceUid?: string | undefined
    readonly isManaged?: boolean
  },
  what: {
    readonly app: string
    readonly attempt: number
    readonly step: 'primary' | 'mfa' | 'session' | 'token'
    readonly failure?: Parameters<Emitter['signIn']>[1]['failure'] | undefined
    readonly isMfa: boolean
    readonly truth: Truth
  },
): void {
  stage.agenda.add(at, (time) => {
    stage.emit.signIn(
      time,
      {
        person,
        address: here.address,
        client: here.client,
        deviceUid: here.deviceUid,
        isManaged: here.isManaged === true,
        stage: what.step,
        ...(what.failure === undefined ? {} : { failure: what.failure }),
        isMfa: what.isMfa,
        factor: what.isMfa || what.step === 'mfa' ? (person.mfa ?? undefined) : undefined,
        app: what.app,
        attempt: what.attempt,
      },
      what.truth,
    )
  })
}
