import { describe, expect, test } from 'vitest'
import { indexOf } from '../features/catalogue.ts'
import { type JudgedSample, LABEL, packVector, unpackVector } from '../population/samples.ts'
import type { Member } from '../types.ts'
import { fitFeedback } from './fit-feedback.ts'
import { seededRandom } from './random.ts'
import { VECTOR } from './vector.ts'

const NETWORK = VECTOR.findIndex(({ term }) => term === indexOf('network_class'))
const DEVICE = VECTOR.findIndex(({ term }) => term === indexOf('device'))

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length

/** A sign-in that surprises little, but for what is told. */
function vectorOf(random: () => number, network: number, device: number): Float64Array {
  const vector = Float64Array.from(VECTOR, () => 0.5 * random())
  vector[NETWORK] = network + random()
  vector[DEVICE] = device + random()
  return unpackVector(packVector(vector))
}

/**
 * As many verdicts of each kind on new devices: attacks come from the usual kind of network, what is safe from another. `scoreOf` says how
 * strange the score found them, 0 to 1 by lot within a kind.
 */
function verdicts(
  each: number,
  seed: number,
  scoreOf: (isAttack: boolean, lot: number) => number,
): JudgedSample[] {
  const random = seededRandom(seed)
  return Array.from({ length: 2 * each }, (_, n) => {
    const isAttack = n % 2 === 0
    const vector = packVector(vectorOf(random, isAttack ? 0 : 4, 4))
    const label = isAttack ? LABEL.compromised : LABEL.safe
    return { time: n, identity: n, vector, label, score: scoreOf(isAttack, random()), settled: n }
  })
}

const lot = seededRandom(1)
const ordinary = Array.from({ length: 600 }, () => vectorOf(lot, 0, 0))

/** What a member says in the mean of attacks, of what is safe, and of ordinary sign-ins. */
function saidBy(member: Member | undefined, judged: readonly JudgedSample[]) {
  if (member === undefined) return expect.unreachable('verdicts taught nothing')
  const of = (label: number) =>
    meanOf(
      judged
        .filter((one) => one.label === label)
        .map(({ vector }) => member.points(unpackVector(vector))),
    )
  return {
    attacks: of(LABEL.compromised),
    safe: of(LABEL.safe),
    ordinary: meanOf(ordinary.map((one) => member.points(one))),
  }
}

describe('trees on people’s verdicts', () => {
  test.each([5, 12, 24, 32, 60, 200])(
    'say nothing of ordinary sign-ins in the mean where %i verdicts of each kind contradict the score',
    (each) => {
      for (const seed of [2, 3, 4]) {
        // what the score finds strangest is safe
        const judged = verdicts(each, seed, (isAttack, n) => (isAttack ? 5 : 9) + 14 * n)
        const said = saidBy(fitFeedback(judged, ordinary)[0], judged)
        expect(Math.abs(said.ordinary)).toBeLessThan(1e-4)
        expect(said.attacks).toBeGreaterThan(said.safe)
        expect(said.attacks).toBeGreaterThan(0)
        expect(Math.abs(said.safe)).toBeLessThan(3)
      }
    },
  )

  test('raise attacks above what the score found as strange, the more the more verdicts there are', () => {
    const [few, many] = [12, 100].map((each) => {
      const judged = verdicts(each, 5, (_, n) => 6 + 14 * n)
      return saidBy(fitFeedback(judged, ordinary)[0], judged)
    })
    expect(many?.attacks).toBeGreaterThan((few?.attacks ?? Number.NaN) + 0.5)
    expect(many?.attacks).toBeGreaterThan((many?.safe ?? Number.NaN) + 1)
  })

  test('have little to add where the score tells attacks by itself', () => {
    const told = verdicts(60, 6, (isAttack, n) => (isAttack ? 14 : 4) + 4 * n)
    const untold = verdicts(60, 6, (_, n) => 4 + 14 * n)
    const [little, much] = [told, untold].map((judged) => {
      const { attacks, safe } = saidBy(fitFeedback(judged, ordinary)[0], judged)
      return attacks - safe
    })
    expect(little).toBeLessThan((much ?? Number.NaN) / 2)
  })

  test.each([LABEL.safe, LABEL.compromised])(
    'stay within a few nats where all verdicts are of one kind (%i)',
    (label) => {
      const judged = verdicts(50, 7, (_, n) => 6 + 14 * n).map((one) => ({ ...one, label }))
      const [member] = fitFeedback(judged, ordinary)
      const said = judged.map(({ vector }) => member?.points(unpackVector(vector)) ?? Number.NaN)
      expect(Math.max(...said.map(Math.abs))).toBeLessThan(4)
      const mean = meanOf(ordinary.map((one) => member?.points(one) ?? Number.NaN))
      expect(Math.abs(mean)).toBeLessThan(1e-4)
    },
  )

  test('are none with fewer than five verdicts of either kind', () => {
    expect(
      fitFeedback(
        verdicts(4, 8, (_, n) => n),
        ordinary,
      ),
    ).toEqual([])
  })
})
