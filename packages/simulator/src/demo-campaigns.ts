import { CHANGES } from './account-care.ts'
import { insider, leakedKey, massDeletion } from './attacks/cloud-attacks.ts'
import { countryGuise, strangerGuise, victimHere } from './attacks/guise.ts'
import { takeOver } from './attacks/takeovers.ts'
import { deviceUid } from './clients.ts'
import { CITIES } from './geography.ts'
import { addressOf } from './internet.ts'
import type { Person } from './people.ts'
import { hash, type Random, randomOf } from './random.ts'
import { appOf, signInAt } from './sign-ins.ts'
import type { Society } from './society.ts'
import type { Stage } from './stage.ts'
import { type AttackType, BENIGN, type Truth } from './truth.ts'

const DAY = 86_400_000
/** Campaigns that follow each other closely, so that a newcomer soon sees some. */
const OPENING = 8

type Campaign = (stage: Stage, society: Society, now: number, random: Random) => void

/** What is played, in this order at first and at random later. */
const CAMPAIGNS: readonly Campaign[] = [
  farSignIn,
  sprayWithHit,
  keyTheft,
  (stage, society, now, random) =>
    takeOver(stage, withPush(society, random), 'mfa_fatigue', dayOf(now), now, random),
  deletion,
  bruteForce,
  download,
  resets,
  (stage, society, now, random) =>
    takeOver(stage, somebody(society, random), 'vpn', dayOf(now), now, random),
  (stage, society, now, random) =>
    takeOver(stage, somebody(society, random), 'cookie_theft', dayOf(now), now, random),
]

/** Puts an endless series of attacks onto the agenda: the first after some 12 s, then every 40-90 s, later every 3-7 min. */
export function startCampaigns(stage: Stage, society: Society, from: number): void {
  let count = 0
  const next = (now: number): void => {
    const random = randomOf(stage.seed, 171, hash(Math.floor(now / 1000)), count)
    const campaign = count < CAMPAIGNS.length ? CAMPAIGNS[count] : random.pick(CAMPAIGNS)
    campaign?.(stage, society, now, random)
    count++
    const pause = count < OPENING ? 40 + random.int(50) : 180 + random.int(240)
    stage.agenda.add(now + pause * 1000, next)
  }
  stage.agenda.add(from + 12_000, next)
}

/** One account taken over from far away, on a day in the past. */
export function oldAttack(stage: Stage, society: Society, day: number): void {
  const random = randomOf(stage.seed, 172, day)
  const time = day * DAY + random.next() * DAY
  stage.agenda.add(time, (now) =>
    takeOver(stage, somebody(society, random), 'naive', day, now, random),
  )
}

function dayOf(now: number): number {
  return Math.floor(now / DAY)
}

/** Anybody but the fixed person of the documentation, whose habits stay her own. */
function somebody(society: Society, random: Random): Person {
  return society.people[1 + random.int(society.people.length - 1)] ?? random.pick(society.people)
}

function withPush(society: Society, random: Random): Person {
  return random.pick(society.people.slice(1).filter((person) => person.mfa === 'push'))
}

function operator(society: Society, random: Random): Person {
  return random.pick(society.people.slice(1).filter((one) => one.cloudRole === 'operations'))
}

function truthOf(label: AttackType, victim: Person, random: Random): Truth {
  return { label, victim: victim.key, campaign: `${label}-${random.int(2 ** 31).toString(16)}` }
}

/** The victim signs in at home; a minute and a half later somebody does so on another continent. */
function farSignIn(stage: Stage, society: Society, now: number, random: Random): void {
  const victim = somebody(society, random)
  const here = victimHere(stage, victim, dayOf(now), now, random)
  const uid = deviceUid(here.device, now, random)
  const common = { app: appOf(victim, random), step: 'primary' as const }
  const own = { ...common, attempt: random.int(2 ** 31), isMfa: false, truth: BENIGN }
  signInAt(stage, now, victim, { ...here, deviceUid: uid }, own)
  const far = CITIES.filter((city) => Math.abs(city.long - victim.city.long) > 60)
  const city = random.pick(far)
  const guise = {
    ...strangerGuise(stage, now, random),
    address: addressOf(stage.internet.pickProvider(city, random), city, random),
  }
  const truth = truthOf('naive', victim, random)
  const theirs = { ...common, attempt: random.int(2 ** 31), isMfa: false, truth }
  signInAt(stage, now + 20_000 + random.int(20_000), victim, guise, theirs)
}

/** One password, one exit, many accounts within two minutes; the last of them uses it. */
function sprayWithHit(stage: Stage, society: Society, now: number, random: Random): void {
  const first = somebody(society, random)
  const guise = strangerGuise(stage, now, random)
  const truth = truthOf('password_spray', first, random)
  const tries = 25 + random.int(20)
  for (let i = 0; i <= tries; i++) {
    const victim = somebody(society, random)
    signInAt(stage, now + (i * 60_000) / tries + random.int(900), victim, guise, {
      app: 'Mail',
      attempt: random.int(2 ** 31),
      step: 'primary',
      failure: i < tries ? 'bad_credentials' : undefined,
      isMfa: false,
      truth: { ...truth, victim: victim.key },
    })
  }
}

/** A dozen wrong passwords for one account, and then the right one. */
function bruteForce(stage: Stage, society: Society, now: number, random: Random): void {
  const victim = somebody(society, random)
  const guise = countryGuise(stage, victim, now, random)
  const truth = truthOf('credential_stuffing', victim, random)
  const tries = 10 + random.int(8)
  for (let i = 0; i <= tries; i++)
    signInAt(stage, now + i * 2500 + random.int(900), victim, guise, {
      app: 'Mail',
      attempt: random.int(2 ** 31),
      step: 'primary',
      failure: i < tries ? 'bad_credentials' : undefined,
      isMfa: false,
      truth,
    })
}

function keyTheft(stage: Stage, society: Society, now: number, random: Random): void {
  leakedKey(stage, random.pick(society.machines), now, random)
}

function deletion(stage: Stage, society: Society, now: number, random: Random): void {
  massDeletion(stage, operator(society, random), now, random)
}

function download(stage: Stage, society: Society, now: number, random: Random): void {
  const workers = society.people.slice(1).filter((person) => person.cloudRole === 'data')
  insider(stage, random.pick(workers), dayOf(now), now, random)
}

/** With an administrator's session, the passwords of a dozen colleagues are reset. */
function resets(stage: Stage, society: Society, now: number, random: Random): void {
  const admins = society.people.slice(1).filter((person) => person.isAdmin)
  const admin = admins.length > 0 ? random.pick(admins) : operator(society, random)
  const guise = strangerGuise(stage, now, random)
  const truth = truthOf('naive', admin, random)
  signInAt(stage, now, admin, guise, {
    app: 'Mail',
    attempt: random.int(2 ** 31),
    step: 'primary',
    isMfa: false,
    truth,
  })
  for (let i = 1; i <= 12; i++) {
    const target = somebody(society, random)
    stage.agenda.add(now + 8000 + i * 4000 + random.int(2000), (time) =>
      stage.emit.accountChange(
        time,
        { actor: admin, target, ...guise, activity: CHANGES.reset[admin.company.idp] },
        truth,
      ),
    )
  }
}
