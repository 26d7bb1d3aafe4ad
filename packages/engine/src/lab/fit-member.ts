import { fitAutoencoder, reconstructionError } from '../models/autoencoder.ts'
import { fitIsolationForest, meanPath } from '../models/isolation-forest.ts'
import { autoencoderMember, forestMember } from '../models/members.ts'
import { BACKGROUND, trustIn } from '../models/said.ts'
import { fitTail } from '../models/tail-table.ts'
import type { Member } from '../types.ts'
import { dbscanError, fitDbscan } from './dbscan.ts'
import { fitKMeans, kMeansError } from './k-means.ts'
import { dbscanMember, kMeansMember, pcaMember, randomForestMember } from './lab-members.ts'
import { fitPca, pcaError } from './pca.ts'
import { fitRandomForest, forestShare } from './random-forest.ts'

/** Models that learn what is usual from sign-ins without labels. */
export const UNLABELLED = ['isolation_forest', 'autoencoder', 'pca', 'k_means', 'dbscan'] as const
/** One of them, by the name of its term. */
export type Unlabelled = (typeof UNLABELLED)[number]

/** Members that do not ship switched on. */
export const OPTIONAL_MEMBERS = ['pca', 'k_means', 'dbscan', 'random_forest', 'lstm'] as const
/** One of them, by the name of its term. */
export type OptionalMember = (typeof OPTIONAL_MEMBERS)[number]

/** Trees of the isolation forest: a hundred tell little more apart and take twice the time of an answer. */
const TREES = 50
/** Labels of either kind that a random forest needs. */
const FEWEST_LABELS = 5

/**
 * Fits one model on some vectors as a member of the ensemble; what is usual is said by others that it was not fitted on (split
 * conformal). The same vectors and seed give the same.
 * @throws RangeError for too few vectors.
 */
export function fitUnlabelled(
  name: Unlabelled,
  fitOn: readonly Float64Array[],
  compareWith: readonly Float64Array[],
  seed: number,
): Member {
  const tail = (read: (vector: Float64Array) => number) => fitTail(compareWith.map(read))
  switch (name) {
    case 'isolation_forest': {
      const forest = fitIsolationForest(fitOn, seed, { trees: TREES })
      return forestMember(
        forest,
        tail((one) => -meanPath(forest, one)),
      )
    }
    case 'autoencoder': {
      const network = fitAutoencoder(fitOn, seed)
      return autoencoderMember(
        network,
        tail((one) => reconstructionError(network, one)),
      )
    }
    case 'pca': {
      const model = fitPca(fitOn)
      return pcaMember(
        model,
        tail((one) => pcaError(model, one)),
      )
    }
    case 'k_means': {
      const model = fitKMeans(fitOn, seed)
      return kMeansMember(
        model,
        tail((one) => kMeansError(model, one)),
      )
    }
    case 'dbscan': {
      const model = fitDbscan(fitOn, seed)
      return dbscanMember(
        model,
        tail((one) => dbscanError(model, one)),
      )
    }
  }
}

/** Vectors with what people said of them: 1 for an attack, 0 for none. */
export interface Judged {
  readonly vectors: readonly Float64Array[]
  readonly targets: ArrayLike<number>
}

/**
 * A random forest on people's verdicts as a member, beside ordinary sign-ins that nobody judged, which together count as much as a hundred
 * of them; null with fewer than five verdicts of either kind. `weight` is what a nat of it counts for, times n / (n + 80) for n verdicts.
 */
export function fitRandomForestMember(
  { vectors, targets }: Judged,
  ordinary: readonly Float64Array[],
  seed: number,
  progress: (share: number) => void = () => {},
  weight = 1,
): Member | null {
  const attacks = vectors.reduce((sum, _, i) => sum + (targets[i] as number), 0)
  if (Math.min(attacks, vectors.length - attacks + ordinary.length) < FEWEST_LABELS) return null
  const rows = [...vectors, ...ordinary]
  const judged = vectors.length
  const { forest, outOfBag } = fitRandomForest(
    {
      rows,
      targets: rows.map((_, i) => (i < judged ? (targets[i] as number) : 0)),
      counts: rows.map((_, i) => (i < judged ? 1 : BACKGROUND / ordinary.length)),
    },
    seed,
    {},
    progress,
  )
  const usual = Array.from(outOfBag.subarray(judged)).filter((one) => !Number.isNaN(one))
  const those =
    usual.length > 0
      ? usual
      : vectors.map((one) => forestShare(forest, one)).filter((_, i) => targets[i] === 0)
  const centre = those.reduce((sum, one) => sum + one, 0) / Math.max(1, those.length)
  return randomForestMember(forest, centre, weight * trustIn(judged))
}
