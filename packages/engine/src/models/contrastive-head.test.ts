import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../features/catalogue.ts'
import {
  decodeContrastiveHead,
  encodeContrastiveHead,
  fitContrastiveHead,
  fitInSteps,
  type HeadSample,
  headLoss,
  REHEARSED,
  scoreHead,
  shippedHead,
  TERMS,
} from './contrastive-head.ts'
import { seededRandom } from './random.ts'

const DEVICE = REHEARSED.findIndex((i) => catalogue[i]?.name === 'device')
const PREFIX = REHEARSED.findIndex((i) => catalogue[i]?.name === 'prefix')
const ASN = REHEARSED.findIndex((i) => catalogue[i]?.name === 'asn')

const point = fc.double({ min: -4, max: 9, noNaN: true })
const points = fc.array(point, { minLength: REHEARSED.length, maxLength: REHEARSED.length })
const weight = fc.double({ min: 0, max: 3, noNaN: true })
const head = fc
  .tuple(fc.array(weight, { minLength: TERMS.length, maxLength: TERMS.length }), point)
  .map(([weights, bias]) => ({ weights: Float64Array.from(weights), bias }))
const sample = fc.record({ points, isStranger: fc.boolean() })

/** Identities whose address range changes daily and whose device never does, and strangers who bring another device. */
function wanderers(count: number): HeadSample[] {
  const random = seededRandom(7)
  return Array.from({ length: count }, (_, n) => {
    const isStranger = n % 3 === 0
    const values = REHEARSED.map(() => random() - 0.5)
    values[PREFIX] = 6 * random()
    values[ASN] = isStranger ? 4 * random() : random()
    values[DEVICE] = isStranger ? 3 + 4 * random() : -2
    return { points: values, isStranger }
  })
}

describe('a contrastive head', () => {
  test('has the gradient that finite differences give', () => {
    fc.assert(
      fc.property(head, fc.array(sample, { minLength: 1, maxLength: 12 }), (at, samples) => {
        const { gradient } = headLoss(at, samples)
        const step = 1e-5
        for (let k = 0; k <= TERMS.length; k++) {
          const moved = (by: number) => {
            const weights = Float64Array.from(at.weights, (one, i) => (i === k ? one + by : one))
            const bias = k === TERMS.length ? at.bias + by : at.bias
            return headLoss({ weights, bias }, samples).loss
          }
          const difference = (moved(step) - moved(-step)) / (2 * step)
          expect(Math.abs((gradient[k] ?? 0) - difference)).toBeLessThan(
            1e-5 * (1 + Math.abs(difference)),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  test('never falls where a surprise grows', () => {
    const fitted = fitContrastiveHead(wanderers(900), 1)
    fc.assert(
      fc.property(
        points,
        fc.nat(REHEARSED.length - 1),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (values, which, more) => {
          const larger = values.with(which, (values[which] ?? 0) + more)
          for (const one of [fitted, shippedHead()]) {
            expect(scoreHead(one, larger)).toBeGreaterThanOrEqual(scoreHead(one, values) - 1e-12)
          }
        },
      ),
    )
  })

  test('learns what tells strangers from wanderers', () => {
    const samples = wanderers(1500)
    const fitted = fitContrastiveHead(samples, 3)
    const of = (name: string) =>
      fitted.weights[TERMS.findIndex((i) => catalogue[i]?.name === name)] ?? Number.NaN
    // their address ranges say nothing, their devices everything
    expect(of('prefix')).toBeLessThan(0.4)
    expect(of('device')).toBeGreaterThan(1.2)
    expect(headLoss(fitted, samples).loss).toBeLessThan(headLoss(shippedHead(), samples).loss)
  })

  test('is the same for the same samples and seed, in one go or in steps', () => {
    const samples = wanderers(600)
    const steps = fitInSteps(samples, 5)
    let last = steps.next()
    let pauses = 0
    while (!last.done) {
      last = steps.next()
      pauses++
    }
    expect(pauses).toBeGreaterThan(20)
    expect(last.value).toEqual(fitContrastiveHead(samples, 5))
    expect(fitContrastiveHead(samples, 6)).not.toEqual(last.value)
  })

  test('stays as shipped where there is too little to learn from', () => {
    expect(fitContrastiveHead(wanderers(120), 1)).toEqual(shippedHead())
    expect(fitContrastiveHead([], 1)).toEqual(shippedHead())
  })

  test('comes back from its bytes, and damaged bytes do not', () => {
    fc.assert(
      fc.property(head, fc.nat(), (one, at) => {
        const bytes = encodeContrastiveHead(one)
        expect(decodeContrastiveHead(bytes)).toEqual(one)
        const damaged = bytes.slice()
        const byte = at % bytes.length
        damaged[byte] = (damaged[byte] ?? 0) ^ 0x55
        expect(() => decodeContrastiveHead(damaged)).toThrow(RangeError)
        expect(() => decodeContrastiveHead(bytes.subarray(0, byte))).toThrow(RangeError)
      }),
    )
    const negative = { weights: Float64Array.from(TERMS, () => -1), bias: 0 }
    expect(() => decodeContrastiveHead(encodeContrastiveHead(negative))).toThrow(/from 0 up/)
  })
})
