import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../bytes.ts'
import {
  addGradient,
  fitAutoencoder,
  readAutoencoder,
  reconstructionError,
  writeAutoencoder,
} from './autoencoder.ts'
import { seededRandom } from './random.ts'

const random = seededRandom(9)
/** Six numbers, of which two follow from the others. */
const samples = Array.from({ length: 800 }, () => {
  const [a, b, c, d] = [random(), random(), random(), random()]
  return [a, b, c, d, a + b, c - d]
})
const network = fitAutoencoder(samples, 3, 4)
const value = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constant(Number.NaN))
const sample = fc.array(value, { minLength: 6, maxLength: 6 })

describe('an autoencoder', () => {
  test('has the gradient that finite differences give', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 99 }), (one, seed) => {
        const dice = seededRandom(seed)
        const weights = network.weights.map(() => 2 * dice() - 1)
        const gradient = new Float64Array(weights.length)
        addGradient({ ...network, weights }, one, gradient)
        const step = 1e-5
        for (let k = 0; k < weights.length; k++) {
          const moved = (by: number) => {
            const other = weights.map((weight, i) => (i === k ? weight + by : weight))
            return addGradient({ ...network, weights: other }, one, new Float64Array(other.length))
          }
          const difference = (moved(step) - moved(-step)) / (2 * step)
          expect(Math.abs((gradient[k] ?? 0) - difference)).toBeLessThan(
            1e-5 * (1 + Math.abs(difference)),
          )
        }
      }),
      { numRuns: 30 },
    )
  })

  test('says ordinary samples again better than ones that break what holds among them', () => {
    const ordinary = samples.slice(0, 200).map((one) => reconstructionError(network, one))
    const broken = samples
      .slice(0, 200)
      .map(([a = 0, b = 0, c = 0, d = 0]) =>
        reconstructionError(network, [a, b, c, d, 2 - a - b, d - c]),
      )
    const middle = (some: number[]) => some.sort((a, b) => a - b)[100] ?? 0
    expect(middle(broken)).toBeGreaterThan(3 * middle(ordinary))
  })

  test('shares its error out by number, exactly, and none to what is unknown', () => {
    const errors = new Float64Array(6)
    fc.assert(
      fc.property(sample, (one) => {
        const error = reconstructionError(network, one, errors)
        expect(errors.reduce((sum, part) => sum + part, 0)).toBeCloseTo(error, 9)
        for (const [k, part] of one.entries()) if (Number.isNaN(part)) expect(errors[k]).toBe(0)
      }),
    )
  })

  test('is the same for the same samples and seed, and another for another', () => {
    expect(fitAutoencoder(samples, 3, 4)).toEqual(network)
    expect(fitAutoencoder(samples, 4, 4)).not.toEqual(network)
  })

  test('refuses what is no sample and comes back from its bytes', () => {
    expect(() => fitAutoencoder([], 1)).toThrow(RangeError)
    const out = new ByteWriter()
    writeAutoencoder(out, network)
    const bytes = out.finish()
    expect(readAutoencoder(new ByteReader(bytes, 'test'))).toEqual(network)
    const odd = new ByteWriter()
    writeAutoencoder(odd, { ...network, spread: new Float64Array(6) })
    expect(() => readAutoencoder(new ByteReader(odd.finish(), 'test'))).toThrow('no number')
  })
})
