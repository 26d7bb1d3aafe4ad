import { expect, test } from 'vitest'
import { catalogue } from '../features/catalogue.ts'
import { REHEARSED } from '../models/contrastive-head.ts'
import { decodeModels, encodeModels, refit } from '../models/refit.ts'
import { defaultModels } from '../models/shipped.ts'
import { decodePopulation, encodePopulation } from '../population/codec.ts'
import { applyDelta, createDelta } from '../population/population.ts'
import { STRANGER, unpack } from '../population/rehearsals.ts'
import { createLife, DAY, HOUR, type Life, MONDAY, person, signIn } from '../testing/lives.ts'
import { withdrawRehearsals } from './rehearse.ts'

const PEOPLE = 40
const DEVICE = REHEARSED.findIndex((i) => catalogue[i]?.name === 'device')

/** Sixty working days of forty people, each at home on a range of their own; nothing else ever happens. */
function organisation(): Life {
  const life = createLife()
  for (let day = 0; day < 84; day++) {
    if (day % 7 > 4) continue
    for (const hour of [0, 5]) {
      for (let who = 1; who <= PEOPLE; who++) {
        const time = MONDAY + day * DAY + hour * HOUR + who * 17_000
        life.live(signIn(time, { ...person(who), network: { prefix: `198.51.${who}.0/24` } }))
      }
    }
  }
  return life
}

const life = organisation()
const { rehearsals } = life.population

test('about one sign-in in four of a small organisation is rehearsed, all three kinds alike', () => {
  const signIns = 60 * 2 * PEOPLE
  expect(rehearsals.length).toBeGreaterThan(signIns / 5.5)
  expect(rehearsals.length).toBeLessThan(signIns / 3.2)
  for (const kind of [STRANGER.anywhere, STRANGER.sameCountry, STRANGER.sameCountryAndClient]) {
    const share = rehearsals.filter((one) => one.kind === kind).length / rehearsals.length
    expect(share).toBeGreaterThan(0.25)
  }
})

test('a stranger is always more surprising than the identity, and brings a device nobody knows', () => {
  const borrowed = rehearsals.filter(({ kind }) => kind !== STRANGER.none)
  const sum = (points: Int8Array) => unpack(points).reduce((total, one) => total + one, 0)
  for (const { own, strange, identity, lender } of borrowed) {
    expect(lender).not.toBe(identity)
    expect(sum(strange)).toBeGreaterThan(sum(own))
    expect(unpack(strange)[DEVICE] ?? 0).toBeGreaterThan(unpack(own)[DEVICE] ?? 0)
  }
})

test('the head refitted on them is the same each time, and from a restored population', () => {
  const fitted = refit(life.population, 7)
  expect(fitted.version).toBe(7)
  expect(fitted.head).not.toEqual(defaultModels.head)
  expect(fitted.head.every((weight) => weight >= 0)).toBe(true)
  expect(encodeModels(refit(life.population, 7))).toEqual(encodeModels(fitted))
  const secret = Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1)
  const restored = decodePopulation(encodePopulation(life.population), secret)
  expect(encodeModels(refit(restored, 7))).toEqual(encodeModels(fitted))
  expect(encodeModels(decodeModels(encodeModels(fitted), 7))).toEqual(encodeModels(fitted))
  expect(refit(createLife().population, 3).head).toEqual(defaultModels.head)
})

test('an erased identity leaves no rehearsal', () => {
  const erased = organisation()
  const before = erased.population.rehearsals.length
  const hash = erased.population.rehearsals[0]?.identity
  const key = Array.from({ length: PEOPLE }, (_, n) => `user:colleague${n + 1}@example.com`)
  for (const one of key) {
    const delta = createDelta()
    withdrawRehearsals(one, Number.MAX_SAFE_INTEGER / 2, erased.population, delta)
    applyDelta(erased.population, delta)
    const left = erased.population.rehearsals
    if (left.some(({ identity, lender }) => identity === hash || lender === hash)) continue
    expect(left.length).toBeLessThan(before)
    expect(left.length).toBeGreaterThan(0)
    return
  }
  expect.unreachable('no identity of the organisation was found among its rehearsals')
})
