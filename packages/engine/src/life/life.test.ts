import type { Comparison } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assess, createAssessment } from '../assess.ts'
import { tailProbability } from '../combine/calibrate.ts'
import { defaultPolicy } from '../decide.ts'
import { indexOf } from '../features/catalogue.ts'
import { learn } from '../learn.ts'
import { seededRandom } from '../models/random.ts'
import { decodeModels, encodeModels, refitMembers } from '../models/refit.ts'
import { defaultModels } from '../models/shipped.ts'
import { toTheEnd } from '../models/steps.ts'
import { VECTOR } from '../models/vector.ts'
import { ADD } from '../population/delta.ts'
import {
  applyDelta,
  createDelta,
  createPopulation,
  type Population,
} from '../population/population.ts'
import { EXCHANGED, pack } from '../population/rehearsals.ts'
import { LABEL, packVector } from '../population/samples.ts'
import { createProfile } from '../profile/profile.ts'
import { DAY, MONDAY, signIn } from '../testing/lives.ts'
import type { Models } from '../types.ts'
import { flaggedSince, newlyFlagged } from './blame.ts'
import { cardInSteps } from './card.ts'
import { compareInSteps } from './compare.ts'
import { driftInSteps } from './drift.ts'
import { areWrong, gatesOf, isToBlame, outOfBounds, refusalOf } from './gates.ts'
import { linesAt, scoreSample } from './score-sample.ts'
import { softenInSteps } from './soften.ts'
import { spreadOf, stabilityIndex } from './spread.ts'
import { newestSample, signInsSince } from './stream.ts'

const COUNTRY = VECTOR.findIndex(({ name }) => name === 'country')
const HISTORY = VECTOR.findIndex(({ name }) => name === 'history')
const NOW = Math.floor(MONDAY / 1000)
const REHEARSED = 12

/** A sign-in of somebody well known whose country surprises so much (nats). */
function vector(surprise: number): Float64Array {
  const numbers = new Float64Array(VECTOR.length)
  numbers[COUNTRY] = surprise
  numbers[HISTORY] = 4
  return numbers
}

/** An organisation whose people mostly surprise by nothing; one in forty by a few nats. Some are rehearsed and some judged. */
function organisation(events = 2_400, strangersFrom = 3): Population {
  const population = createPopulation(new Uint8Array(16))
  const random = seededRandom(4)
  const delta = createDelta()
  const day = Math.floor(NOW / 86_400)
  for (let n = 0; n < events; n++) {
    const surprise = n % 40 === 0 ? 2 + 3 * random() : random() - 0.5
    const own = vector(surprise)
    const score = scoreSample(defaultModels, own)
    const time = NOW - events * 60 + n * 60
    const sample = { time, identity: 1 + (n % 50), vector: packVector(own) }
    const bin = Math.floor((score + 20) / 0.02)
    delta.additions.push(ADD.score, bin, 0, day, 5, ADD.judged, 0, 0, day, 1)
    if (surprise > 2) delta.samples.uncommon.push(sample)
    else if (n % 4 === 1) delta.samples.ordinary.push(sample)
    if (n % 12 !== 0) continue
    const points = new Float64Array(REHEARSED)
    const strange = points.slice()
    strange[0] = strangersFrom + random()
    delta.rehearsals.push({
      time,
      identity: sample.identity,
      lender: 1,
      values: new Uint32Array(EXCHANGED),
      hourBin: 0,
      kind: 1,
      own: pack(points),
      strange: pack(strange),
    })
  }
  for (let n = 0; n < 40; n++) {
    const isAttack = n % 2 === 0
    const own = vector(isAttack ? 7 : 6)
    const label = isAttack ? LABEL.compromised : LABEL.safe
    const sample = { time: NOW + n, identity: 900 + n, vector: packVector(own), score: 5 }
    delta.samples.strange.push(sample)
    delta.samples.judged.push({ ...sample, label, settled: NOW + n })
  }
  applyDelta(population, delta)
  return population
}

const weighing = (factor: number, version = 2): Models => ({
  ...defaultModels,
  version,
  head: defaultModels.head.map((weight) => factor * weight),
})
const compare = (candidate: Models, population = organisation()): Comparison =>
  toTheEnd(compareInSteps(population, defaultModels, candidate, defaultPolicy, null))
const failedBy = (candidate: Models) =>
  gatesOf(compare(candidate)).flatMap(({ gate, passed }) => (passed ? [] : [gate]))

describe('the score of a kept sign-in', () => {
  test('is what the event had, but for findings', () => {
    const population = createPopulation(new Uint8Array(16))
    const profile = createProfile()
    const out = createAssessment()
    let compared = 0
    for (let n = 0; n < 60; n++) {
      const abroad =
        n % 11 === 7 ? { place: { country: 'BR', city: 'Recife', lat: -8, long: -35 } } : {}
      const input = signIn(MONDAY + n * DAY, abroad)
      assess(input, profile, population, defaultModels, out)
      const delta = createDelta()
      const findings = out.findings.reduce((sum, { points }) => sum + points, 0)
      if (n > 0) {
        expect(scoreSample(defaultModels, out.vector)).toBeCloseTo(out.score - findings, 9)
        compared += 1
      }
      learn(input, out, profile, delta)
      applyDelta(population, delta)
    }
    expect(compared).toBe(59)
  })

  test('reaches the challenge line exactly where risk does', () => {
    const population = organisation()
    const { known } = linesAt(population, defaultPolicy.challengeAt)
    const promised = 10 ** (-defaultPolicy.challengeAt / 25)
    expect(tailProbability(population, 0, known)).toBeLessThanOrEqual(promised)
    expect(tailProbability(population, 0, known - 0.05)).toBeGreaterThan(promised)
  })
})

describe('trees that say too much', () => {
  const large = organisation(12_000, 4)
  const loud = refitMembers(large, defaultModels, 2)
  const REHEARSAL = indexOf('rehearsal')
  const head = defaultModels.head.map((weight, i) => (i === REHEARSAL ? 0.1 : weight))
  // others that were fitted on so little flag too many by themselves
  const members = loud.members.filter(({ term }) => term === REHEARSAL)
  const fitted = { ...loud, head, members }
  const saying = (share: number): Models => ({
    ...fitted,
    members: fitted.members.map((one) => one.soften?.(share) ?? one),
  })
  const soften = (candidate: Models) =>
    toTheEnd(softenInSteps(large, defaultModels, candidate, defaultPolicy, null))

  test('say as much as the gate lets through, and pass it', () => {
    const gate = ({ flagged, promised }: Comparison) => Math.max(flagged.active, 3 * promised)
    const before = compare(fitted, large)
    expect(before.flagged.candidate).toBeGreaterThan(gate(before))
    const { models, share } = soften(fitted)
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(1)
    const after = compare(models, large)
    // the line is known to a hundredth of a nat
    expect(after.flagged.candidate).toBeLessThanOrEqual(1.05 * gate(after))
    expect(compare(saying(share + 0.05), large).flagged.candidate).toBeGreaterThan(gate(after))
    expect(gatesOf(after).find(({ gate }) => gate === 'flagged_share')?.passed).toBe(true)
  })

  test('are left alone where they do not, and where there are none', () => {
    const quiet = saying(0.1)
    expect(soften(quiet)).toEqual({ models: quiet, share: 1 })
    expect(soften(weighing(6))).toEqual({ models: weighing(6), share: 1 })
  })

  test('are left out where even little is too much', () => {
    const { models, share } = soften(loud)
    expect(share).toBe(0)
    expect(models.members).toEqual(loud.members.filter(({ term }) => term !== REHEARSAL))
    expect(loud.members.length).toBe(models.members.length + 1)
  })

  test('say so in what is stored, and in what is explained', () => {
    const { models } = soften(fitted)
    const again = decodeModels(encodeModels(models), 2)
    const shares = new Float64Array(VECTOR.length)
    for (const [n, member] of models.members.entries()) {
      const points = member.points(vector(3))
      expect(again.members[n]?.points(vector(3))).toBeCloseTo(points, 6)
      const base = member.explain(vector(3), shares)
      expect(shares.reduce((sum, one) => sum + one, base)).toBeCloseTo(points, 9)
    }
  })
})

describe('two versions beside each other', () => {
  test('agree in everything where they are the same', () => {
    const same = compare(weighing(1))
    expect(same.agreement).toBe(1)
    expect(same.shift).toBe(0)
    expect(same.flagged.candidate).toBe(same.flagged.active)
    expect(same.confirmed).toEqual({ count: 20, active: 20, candidate: 20 })
    expect(same.strangers.candidate).toBe(same.strangers.active)
    expect(same.strangers.active).toBeGreaterThan(0.99)
    expect(refusalOf(gatesOf(same))).toBeNull()
  })

  test('stand for the whole stream: what is kept of one in four counts four times', () => {
    const population = organisation()
    const { scored, sign_ins: signIns } = compare(weighing(1), population)
    expect(scored).toBeLessThan(800)
    expect(signIns).toBeGreaterThan(2_300)
    expect(signIns).toBeLessThan(2_600)
    const halfway = newestSample(population) - 20 * 3_600
    expect(signInsSince(population, halfway)).toBeGreaterThan(1_000)
    expect(signInsSince(population, halfway)).toBeLessThan(1_300)
  })

  test('are told apart by whatever is worse about one of them', () => {
    expect(failedBy(weighing(0))).toEqual(expect.arrayContaining(['confirmed', 'strangers']))
    expect(failedBy(weighing(-1))).toEqual(expect.arrayContaining(['confirmed', 'strangers']))
    expect(failedBy(weighing(Number.NaN))).toEqual(expect.arrayContaining(['finite', 'strangers']))
    expect(failedBy(weighing(6))).toContain('flagged_share')
  })
})

describe('the gates', () => {
  const good = compare(weighing(1))
  test('name each thing that is wrong in words', () => {
    const bad = { ...good, agreement: 0.9, shift: -3, safe: { count: 10, active: 1, candidate: 2 } }
    const refusal = refusalOf(gatesOf(bad))
    for (const name of ['agreement: ', 'score_shift: ', 'safe: ']) expect(refusal).toContain(name)
    expect(refusal).not.toContain('strangers: ')
  })

  test('bear one miss in fifty confirmed attacks, and none among fewer', () => {
    const passes = (count: number, candidate: number) =>
      gatesOf({ ...good, confirmed: { count, active: count, candidate } }).every(
        ({ passed }) => passed,
      )
    expect([passes(49, 49), passes(49, 48), passes(50, 49), passes(50, 48)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  test('never fail a version that does as the active one does, whatever that is', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const count = fc.nat(1_000)
    fc.assert(
      fc.property(
        share,
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        count,
        share,
        (flagged, all, n, area) => {
          const both = { active: flagged, candidate: flagged }
          const labels = { count: n, active: n, candidate: n }
          const strangers = { count: n, active: area, candidate: area }
          const same = {
            ...good,
            sign_ins: all,
            flagged: both,
            confirmed: labels,
            safe: labels,
            strangers,
          }
          expect(refusalOf(gatesOf(same))).toBeNull()
        },
      ),
    )
  })
})

describe('the watch after a promotion', () => {
  test('suspects a share only beyond chance, and only after 100 sign-ins and five challenges', () => {
    expect(outOfBounds(99, 99, 0.003)).toBeNull()
    expect(outOfBounds(4, 100, 0.003)).toBeNull()
    expect(outOfBounds(5, 100, 0.003)).toBe('high')
    expect(outOfBounds(5, 1_000, 0.003)).toBeNull()
    expect(outOfBounds(30, 1_000, 0.003)).toBe('high')
    expect(outOfBounds(0, 1_000, 0.003)).toBeNull()
    expect(outOfBounds(0, 10_000, 0.003)).toBe('low')
  })

  test('blames a version that alone finds people strange, and not one that sees an attack as the one before does', () => {
    const population = organisation()
    const line = linesAt(population, defaultPolicy.challengeAt)
    const since = NOW - 2_400 * 60
    const flagged = (now: Models) =>
      toTheEnd(flaggedSince(population, defaultModels, now, line, since))
    expect(isToBlame('high', flagged(weighing(8)))).toBe(true)
    expect(isToBlame('high', flagged(weighing(1)))).toBe(false)
    expect(isToBlame('low', flagged(weighing(0)))).toBe(true)
    expect(isToBlame('low', flagged(weighing(1)))).toBe(false)
  })
})

describe('verdicts after a promotion', () => {
  const loud = weighing(8)
  const judged = (label: number, count: number, surprise: number) => {
    const population = organisation()
    const line = linesAt(population, defaultPolicy.challengeAt)
    population.samples.judged.length = 0
    for (let n = 0; n < count; n++) {
      const sample = { time: NOW + n, identity: 700 + n, vector: packVector(vector(surprise)) }
      population.samples.judged.push({ ...sample, score: 5, label, settled: NOW + n })
    }
    const found = (since: number) => newlyFlagged(population, defaultModels, loud, line, since)
    return { line, found }
  }

  test('are wrong where what it alone finds strange is safe, beyond chance', () => {
    const { found } = judged(LABEL.safe, 8, 2)
    expect(found(NOW - 1)).toEqual({ safe: 8, compromised: 0 })
    expect(areWrong(found(NOW - 1))).toBe(true)
    expect(areWrong(found(NOW))).toBe(false)
    expect(areWrong(judged(LABEL.compromised, 30, 2).found(NOW - 1))).toBe(false)
    expect(areWrong({ safe: 8, compromised: 4 })).toBe(false)
  })

  test('on what both versions find strange are nobody’s fault', () => {
    expect(judged(LABEL.safe, 30, 7.9).found(NOW - 1)).toEqual({ safe: 0, compromised: 0 })
  })
})

describe('drift', () => {
  test('is none between samples of one distribution, and grows with the distance', () => {
    const random = seededRandom(9)
    const drawn = (count: number, shift: number) =>
      Array.from({ length: count }, () => shift + random() + random() + random())
    const spread = spreadOf('x', drawn(1_000, 0))
    expect(stabilityIndex(spread, 1_000, drawn(500, 0))).toBeLessThan(0.1)
    const near = stabilityIndex(spread, 1_000, drawn(500, 0.2))
    const far = stabilityIndex(spread, 1_000, drawn(500, 1))
    expect(near).toBeGreaterThan(0.1)
    expect(far).toBeGreaterThan(near)
  })

  test('has no index below zero, whatever the numbers', () => {
    const number = fc.oneof(
      fc.double({ min: -9, max: 9, noNaN: true }),
      fc.constant(Number.NaN),
      fc.constant(0),
    )
    fc.assert(
      fc.property(fc.array(number), fc.array(number), (before, now) => {
        const spread = spreadOf('x', before)
        expect(spread.shares.length).toBe(spread.edges.length + 2)
        const index = stabilityIndex(spread, before.length, now)
        expect(index).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(index)).toBe(true)
      }),
    )
  })

  test('is found where people surprise otherwise than before, and calibration where the promise is broken', () => {
    const population = organisation()
    const card = toTheEnd(
      cardInSteps(population, defaultModels, 'shipped', { events: 1, settled: 0 }),
    )
    expect(card.samples.ordinary).toBe(600)
    expect(card.statistics).toHaveLength(VECTOR.length)
    const report = (outcomes: { judged: number; challenged: number; alerted: number }) =>
      toTheEnd(driftInSteps(population, defaultModels, defaultPolicy, card, outcomes))
    expect(report({ judged: 5_000, challenged: 15, alerted: 5 }).findings).toEqual([])
    const after = card.window.until / 1000
    for (let n = 1; n <= 300; n++) {
      const sample = { time: after + n, identity: n, vector: packVector(vector(1.5)) }
      population.samples.ordinary.push(sample)
    }
    const moved = report({ judged: 5_000, challenged: 60, alerted: 5 })
    expect(moved.sign_ins).toBe(300)
    expect(moved.findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'feature_drift country',
      'score_drift score',
      'calibration challenge',
    ])
    expect(moved.labels).toMatchObject({ found: 20, all: 40, share: 0.5 })
  })
})
