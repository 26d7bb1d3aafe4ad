import { clientOf, deviceUid, drawDevice } from '../clients.ts'
import { addressOf, anyCity } from '../internet.ts'
import type { Person } from '../people.ts'
import { hash, type Random, randomOf, weighted } from '../random.ts'
import { appOf, circumstances, localHour, type Stage, signInAt } from '../sign-ins.ts'
import { localTime } from '../time-zone.ts'
import type { AttackType, Truth } from '../truth.ts'
import { whereabouts } from '../whereabouts.ts'

/** Share of each attack among hostile sign-ins that succeed. */
const MIX: readonly (readonly [AttackType, number])[] = [
  ['naive', 13],
  ['vpn', 15],
  ['targeted', 29],
  ['cookie_theft', 29],
]
const pickType = weighted(MIX, ([, share]) => share)

/** Plans the takeovers of single accounts that begin on a UTC day. `mean` is how many to expect. */
export function planTakeovers(
  stage: Stage,
  people: readonly Person[],
  day: number,
  mean: number,
): void {
  const random = randomOf(stage.seed, 61, day)
  const count = random.poisson(mean)
  for (let i = 0; i < count; i++) {
    const victim = random.pick(people)
    const [type] = pickType(random)
    takeover(stage, victim, type, day, randomOf(stage.seed, 62, day, i))
  }
}

function takeover(stage: Stage, victim: Person, type: AttackType, day: number, random: Random) {
  const attempt = hash(victim.seed, 63, day, random.int(2 ** 31))
  const truth: Truth = {
    label: type,
    victim: victim.key,
    campaign: `${type}-${attempt.toString(16)}`,
  }
  const inHours = type === 'targeted' || random.chance(0.5)
  const hour = inHours ? localHour(victim, random) : random.next() * 24
  const at = localTime(victim.timezone, day, hour)
  stage.agenda.add(at, (now) => {
    if (now < victim.joined || now > victim.left) return
    const { address, client, uid } = guise(stage, victim, type, day, now, random)
    signInAt(
      stage,
      now,
      victim,
      { address, client, deviceUid: uid },
      {
        app: appOf(victim, random),
        attempt,
        step: type === 'cookie_theft' ? 'session' : 'primary',
        isMfa: type === 'targeted' && victim.mfa !== null,
        truth,
      },
    )
  })
}

function guise(
  stage: Stage,
  victim: Person,
  type: AttackType,
  day: number,
  now: number,
  random: Random,
) {
  const { internet } = stage
  const here = circumstances(stage, victim, day, whereabouts(victim, day), false, now, random)
  const own = drawDevice(random, random.chance(0.85) ? 'desktop' : 'mobile')
  const ownUid = deviceUid(own, now, random)
  if (type === 'naive') {
    const city = anyCity(random)
    const provider = random.chance(0.4)
      ? random.pick(internet.hosting)
      : internet.pickProvider(city, random)
    return { address: addressOf(provider, city, random), client: clientOf(own, now), uid: ownUid }
  }
  if (type === 'vpn') {
    const proxy = random.chance(0.5) ? random.pick(internet.vpns) : victim.provider
    return {
      address: addressOf(proxy, victim.city, random),
      client: clientOf(own, now),
      uid: ownUid,
    }
  }
  const near = random.chance(0.7) ? victim.provider : internet.pickProvider(victim.city, random)
  const address = addressOf(near, victim.city, random)
  if (type === 'targeted') return { address, client: here.client, uid: ownUid }
  return { address, client: here.client, uid: here.deviceUid }
}
