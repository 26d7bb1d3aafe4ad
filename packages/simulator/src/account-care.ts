import { circumstances, localHour } from './circumstances.ts'
import { deviceUid } from './clients.ts'
import type { Person } from './people.ts'
import { hash, randomOf } from './random.ts'
import { appOf, signInAt } from './sign-ins.ts'
import type { Stage } from './stage.ts'
import { localTime } from './time-zone.ts'
import { BENIGN } from './truth.ts'
import { whereabouts } from './whereabouts.ts'

/** What happens to an account, named as each identity provider names it. */
export const CHANGES = {
  reset: { okta: 'user.account.reset_password', entra: 'Reset user password' },
  change: { okta: 'user.account.update_password', entra: 'Change user password' },
  enrol: { okta: 'user.mfa.factor.activate', entra: 'User registered security info' },
  unlock: { okta: 'user.account.unlock', entra: 'Unlock user account' },
  drop: { okta: 'user.mfa.factor.deactivate', entra: 'User deleted security info' },
} as const

/** Share of new factors that come with a device never seen before: devices are replaced every 30 months, factors set up twice a year. */
const NEW_DEVICE = 0.25

/** Puts a person's own changes of password and factor onto the agenda, and what follows from them. */
export function planAccountCare(
  stage: Stage,
  person: Person,
  admins: readonly Person[],
  day: number,
): void {
  const chance = hash(person.seed, 111, day) / 4294967296
  if (chance > 0.02) return
  const random = randomOf(person.seed, 112, day)
  const isReset = chance < 0.004
  const isEnrolment = chance > 0.014
  const actor = isReset && admins.length > 0 ? random.pick(admins) : person
  const where = whereabouts(actor, day)
  const time = localTime(where.city.zone, day, localHour(actor, random))
  stage.agenda.add(time, (now) => {
    if (now < person.joined || now > person.left || now < actor.joined || now > actor.left) return
    const here = circumstances(stage, actor, day, where, random.chance(0.5), now, random)
    const kind = isReset ? 'reset' : isEnrolment ? 'enrol' : 'change'
    const change = (later: number): void => {
      stage.emit.accountChange(
        later,
        { actor, target: person, ...here, activity: CHANGES[kind][person.company.idp] },
        BENIGN,
      )
      if (kind !== 'enrol' && random.chance(0.12)) retryingApp(stage, person, day, later)
    }
    if (isReset) return change(now)
    // Nobody gets to that page without signing in; a new phone or computer is what a new factor is for now and then.
    const own = randomOf(person.seed, 115, day)
    const isNew = isEnrolment && own.chance(NEW_DEVICE)
    const uid = deviceUid(isNew ? { ...here.device, cookieDays: 0 } : here.device, now, own)
    signInAt(
      stage,
      now,
      person,
      { ...here, deviceUid: uid },
      {
        app: appOf(person, own),
        attempt: own.int(2 ** 31),
        step: 'primary',
        isMfa: person.mfa !== null && !isNew,
        truth: BENIGN,
      },
    )
    stage.agenda.add(now + 20_000 + own.exponential(240_000), change)
  })
}

/** An app that goes on using the old password: tens to hundreds of failures from the person's own phone or computer. */
function retryingApp(stage: Stage, person: Person, day: number, start: number): void {
  const random = randomOf(person.seed, 113, day)
  const here = circumstances(stage, person, day, whereabouts(person, day), false, start, random)
  const uid = deviceUid(here.device, start, random)
  const app = appOf(person, random)
  let left = Math.min(400, Math.round(random.lognormal(35, 1)))
  const every = random.lognormal(240, 0.7) * 1000
  const again = (now: number): void => {
    signInAt(
      stage,
      now,
      person,
      { ...here, deviceUid: uid },
      {
        app,
        attempt: hash(person.seed, 114, day),
        step: 'token',
        failure: random.chance(0.7) ? 'token_invalid' : 'bad_credentials',
        isMfa: false,
        truth: BENIGN,
      },
    )
    left--
    if (left > 0) stage.agenda.add(now + every * (0.9 + 0.2 * random.next()), again)
  }
  stage.agenda.add(start + 60_000, again)
}
