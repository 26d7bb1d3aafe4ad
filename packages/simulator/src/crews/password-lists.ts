import { hash, type Random, weighted } from '../random.ts'
import type { Act } from './acts.ts'
import { kitLook, type Nearness, rentedLine } from './gangs.ts'
import { pass, step } from './mishaps.ts'
import { byPassword, DISGUISE, entryOf, isStaff, type Plot, somebody, theirTime } from './plots.ts'
import type { Person } from './roster.ts'

const MINUTE = 60_000

const BOTS = weighted<Nearness>(
  ['centre', 'country', 'abroad', 'mobile'],
  (_, i) => [3, 3, 2, 2][i] ?? 0,
)

/** Pairs of names and passwords from elsewhere, tried by many machines; what works is sold on. */
export function* stuffing(run: Plot): Generator<Act> {
  const { random, roster } = run
  const hits = hitList(run)
  const count = 30 + random.int(70)
  const gap = random.lognormal(4 * MINUTE, 0.5)
  const begin = theirTime(run)
  for (let n = 0; n < count; n++) {
    const time = begin + (n + random.next()) * gap
    const near = BOTS(random)
    const look = kitLook(run.gang, random.int(2 ** 31), time, random)
    const person = random.pick(roster.people)
    const known = random.chance(0.45) && run.day >= person.from
    const entry = entryOf(run, person, time, near, look, 'primary')
    if (known) yield step(entry, random, time, 'bad_credentials')
    else
      yield {
        ...step(entry, random, time, 'unknown_user'),
        who: null,
        typed: stranger(random),
        truth: run.truth(),
      }
  }
  for (const victim of hits) {
    const time = begin + random.next() * count * gap
    const look = kitLook(run.gang, random.int(2 ** 31), time, random)
    yield pass(entryOf(run, victim, time, BOTS(random), look, 'primary'), random, time)
    if (!random.chance(0.45)) continue
    const sold = theirTime(run, 1 + random.int(4))
    const buyer = kitLook(run.gang, hash(run.visit, victim.id), sold, random)
    yield pass(entryOf(run, victim, sold, DISGUISE(random), buyer, 'primary'), random, sold)
  }
}

/** One password for many, slowly, in waves on different days and from few addresses. */
export function* spray(run: Plot): Generator<Act> {
  const { random, roster } = run
  const hits = hitList(run)
  const near = BOTS(random)
  const waves = 2 + random.int(2)
  for (let wave = 0; wave < waves; wave++) {
    let time = theirTime(run, wave * (1 + random.int(2)))
    const line = rentedLine(run.wires, run.gang, random.pick(roster.people), near, time, random)
    const tried = Array.from({ length: 8 + random.int(Math.min(50, roster.people.length)) }, () =>
      random.pick(roster.people),
    )
    const begin = time
    for (const person of tried) {
      time += random.lognormal(110_000, 0.6)
      if (run.day < person.from) continue
      const look = kitLook(run.gang, run.visit, time, random)
      yield step(
        { ...entryOf(run, person, time, near, look, 'primary'), line },
        random,
        time,
        person.to < run.day ? 'disabled' : 'bad_credentials',
      )
    }
    for (const [n, victim] of hits.entries()) {
      if (n % waves !== wave) continue
      const hit = begin + random.next() * (time - begin)
      const look = kitLook(run.gang, run.visit, hit, random)
      yield pass({ ...entryOf(run, victim, hit, near, look, 'primary'), line }, random, hit)
      if (!random.chance(0.45)) continue
      const back = theirTime(run, waves + random.int(3))
      yield pass(
        entryOf(run, victim, back, random.chance(0.5) ? near : DISGUISE(random), look, 'primary'),
        random,
        back,
      )
    }
  }
}

function hitList(run: Plot): Person[] {
  const hits = new Set<Person>()
  for (let n = 1 + run.random.poisson(1); n > 0; n--) {
    const hit = somebody(run, (one) => isStaff(run, one) && byPassword(one))
    if (hit !== null) hits.add(hit)
  }
  return [...hits]
}

/** A name of somebody at another firm who once used this service. */
function stranger(random: Random): string {
  const letters = Array.from({ length: 5 + random.int(6) }, () => 'aeioulnrstdmk'[random.int(13)])
  return `${letters.join('')}@${random.chance(0.6) ? 'merrow.example' : 'tallis.example'}`
}
