import { expect, test } from 'vitest'
import { fitAutoencoder, reconstructionError } from '../models/autoencoder.ts'
import { seededRandom } from '../models/random.ts'
import { fitPca } from './pca.ts'

/** Normal numbers by Box and Muller (1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

// Bourlard and Kamp (1988), Baldi and Hornik (1989): an autoencoder with one hidden layer and a straight way out can say samples again
// no better than as many principal components, and as well.
test.each([1, 2, 3])(
  'an autoencoder says normal samples again as well as principal components do, and no better, seed %i',
  (seed) => {
    const random = seededRandom(seed)
    const mixing = Array.from({ length: 8 * 3 }, () => normal(random))
    const samples = Array.from({ length: 2000 }, () => {
      const hidden = [normal(random), normal(random), normal(random)]
      return Array.from({ length: 8 }, (_, i) => {
        const signal = hidden.reduce((sum, one, k) => sum + one * (mixing[3 * i + k] ?? 0), 0)
        return signal + 0.5 * normal(random)
      })
    })
    const { variances } = fitPca(samples)
    for (const units of [1, 2, 3]) {
      const network = fitAutoencoder(samples, seed, units)
      const error = samples.reduce((sum, one) => sum + reconstructionError(network, one), 0)
      const left = variances.subarray(units).reduce((sum, one) => sum + one, 0)
      const missed = error / samples.length - left
      // each number has variance 1: in points of all of it
      expect(missed / 8).toBeGreaterThan(-0.001)
      expect(missed / 8).toBeLessThan(0.02)
    }
  },
)
