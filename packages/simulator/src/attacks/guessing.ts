import { clientOf, deviceUid } from '../clients.ts'
import { addressOf } from '../internet.ts'
import type { Person } from '../people.ts'
import { hash, type Random, randomOf } from '../random.ts'
import { appOf, signInAt } from '../sign-ins.ts'
import type { Stage } from '../stage.ts'
import type { AttackType, Truth } from '../truth.ts'
import { type Guise, ownDevice, strangerGuise } from './guise.ts'

const HOUR = 3_600_000

/** A stuffing run: leaked pairs tried once each within a few hours from many addresses; a few of them work. */
export function stuffing(
  stage: Stage,
  people: readonly Person[],
  start: number,
  random: Random,
): void {
  const tries = Math.min(people.length, 60 + random.int(160))
  const guises = Array.from({ length: 8 + random.int(30) }, () =>
    strangerGuise(stage, start, random),
  )
  run(stage, 'credential_stuffing', people, start, {
    tries,
    hits: 2 + random.int(4),
    span: (1 + random.int(5)) * HOUR,
    guises,
    random,
  })
}

/** A low and slow spray: one password against many accounts over days, a few tries an hour; a few accounts use it. */
export function spray(
  stage: Stage,
  people: readonly Person[],
  start: number,
  random: Random,
): void {
  const country = random.pick(people).city.country
  const provider = random.pick(stage.internet.residential.get(country) ?? stage.internet.hosting)
  // Sprayers rent exits and rotate them; the client is a script that poses as one browser.
  const device = ownDevice(random)
  const client = clientOf(device, start)
  const guises = Array.from({ length: 4 + random.int(12) }, () => ({
    address: addressOf(
      random.chance(0.5) ? provider : random.pick(stage.internet.vpns),
      null,
      random,
    ),
    client,
    deviceUid: deviceUid({ ...device, cookieDays: 0 }, start, random),
  }))
  run(stage, 'password_spray', people, start, {
    tries: Math.min(Math.round(people.length * 0.5), 120 + random.int(120)),
    hits: 1 + random.int(4),
    span: (24 + random.int(120)) * HOUR,
    guises,
    random,
  })
}

interface Run {
  readonly tries: number
  readonly hits: number
  readonly span: number
  readonly guises: readonly Guise[]
  readonly random: Random
}

function run(
  stage: Stage,
  label: AttackType,
  people: readonly Person[],
  start: number,
  { tries, hits, span, guises, random }: Run,
): void {
  const campaign = `${label}-${hash(stage.seed, 141, random.int(2 ** 31)).toString(16)}`
  const offset = random.int(people.length)
  const stride = 1 + random.int(Math.max(1, Math.floor(people.length / tries)))
  for (let i = 0; i < tries; i++) {
    const victim = people[(offset + i * stride) % people.length]
    if (victim === undefined) continue
    const at = start + random.next() * span
    const isHit = i < hits
    const own = randomOf(stage.seed, 142, victim.index, hash(Math.floor(start / 1000)))
    stage.agenda.add(at, (now) => {
      if (now < victim.joined || now > victim.left) return
      const guise = own.pick(guises)
      const truth: Truth = { label, victim: victim.key, campaign }
      const isStopped = isHit && victim.mfa !== null && own.chance(0.5)
      signInAt(stage, now, victim, guise, {
        app: appOf(victim, own),
        attempt: own.int(2 ** 31),
        step: isStopped ? 'mfa' : 'primary',
        failure: isStopped ? 'mfa_timeout' : isHit ? undefined : 'bad_credentials',
        isMfa: false,
        truth,
      })
    })
  }
}
