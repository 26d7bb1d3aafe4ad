import type { ByteReader } from '../bytes.ts'
import { indexOf } from '../features/catalogue.ts'
import { distanceMember, encoded, noMember } from '../models/envelope.ts'
import { readTail, type TailTable } from '../models/tail-table.ts'
import { treeShap } from '../models/tree-shap.ts'
import { VECTOR } from '../models/vector.ts'
import type { Member } from '../types.ts'
import { type Dbscan, dbscanError, readDbscan, writeDbscan } from './dbscan.ts'
import { type KMeans, kMeansError, readKMeans, writeKMeans } from './k-means.ts'
import { type Pca, pcaError, readPca, writePca } from './pca.ts'
import {
  forestShare,
  type RandomForest,
  readRandomForest,
  writeRandomForest,
} from './random-forest.ts'
import { readSequenceMember, SEQUENCE_MAGIC } from './sequence-member.ts'

const MAGIC = { pca: 0xc1, kMeans: 0xc2, dbscan: 0xc3, forest: 0xc4 } as const
/** Added to shares before their logarithm is taken: a share of no tree is not impossible. */
const DOUBT = 0.02

/** Principal components as a member: -ln of the share of ordinary sign-ins that they leave as much of unexplained. */
export function pcaMember(model: Pca, table: TailTable): Member {
  return distanceMember(indexOf('pca'), MAGIC.pca, table, {
    error: (vector, errors) => pcaError(model, vector, errors),
    write: (out) => writePca(out, model),
  })
}

/** K-means as a member: -ln of the share of ordinary sign-ins that are as far from every centre. */
export function kMeansMember(model: KMeans, table: TailTable): Member {
  return distanceMember(indexOf('k_means'), MAGIC.kMeans, table, {
    error: (vector, errors) => kMeansError(model, vector, errors),
    write: (out) => writeKMeans(out, model),
  })
}

/** Dense regions as a member: -ln of the share of ordinary sign-ins that are as far from every one. */
export function dbscanMember(model: Dbscan, table: TailTable): Member {
  return distanceMember(indexOf('dbscan'), MAGIC.dbscan, table, {
    error: (vector, errors) => dbscanError(model, vector, errors),
    write: (out) => writeDbscan(out, model),
  })
}

/**
 * A random forest on labels as a member: ln of its share of attacks over the mean share of ordinary sign-ins (`centre`), a
 * fiftieth added to both, times `scale` for how many labels there are. Its shares are those of the share of attacks (TreeSHAP), scaled.
 */
export function randomForestMember(forest: RandomForest, centre: number, scale: number): Member {
  const nats = (share: number) => scale * Math.log((share + DOUBT) / (centre + DOUBT))
  return {
    term: indexOf('random_forest'),
    points: (vector) => nats(forestShare(forest, vector)),
    explain(vector, shares) {
      const expected = treeShap(forest.trees, vector, shares)
      const points = nats(forestShare(forest, vector))
      const base = nats(Math.max(0, expected))
      const away = forestShare(forest, vector) - expected
      const by = Math.abs(away) < 1e-9 ? 0 : (points - base) / away
      for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) * by
      return by === 0 ? points : base
    },
    encode: () =>
      encoded(MAGIC.forest, (out) => {
        out.f64(centre)
        out.f64(scale)
        writeRandomForest(out, forest)
      }),
  }
}

/** Reads the content of a member by its magic. @throws RangeError for another magic, damage, or a model of other numbers. */
export function readLabMember(magic: number, input: ByteReader): Member {
  switch (magic) {
    case MAGIC.pca: {
      const table = readTail(input)
      return pcaMember(fitting(readPca(input)), table)
    }
    case MAGIC.kMeans: {
      const table = readTail(input)
      return kMeansMember(fitting(readKMeans(input)), table)
    }
    case MAGIC.dbscan: {
      const table = readTail(input)
      return dbscanMember(fitting(readDbscan(input)), table)
    }
    case MAGIC.forest: {
      const [centre, scale] = [input.f64(), input.f64()]
      const forest = readRandomForest(input)
      if (!(centre >= 0 && centre <= 1 && scale >= 0 && scale < 100)) throw noMember()
      if (forest.trees.dimensions !== VECTOR.length) throw noMember()
      return randomForestMember(forest, centre, scale)
    }
    case SEQUENCE_MAGIC:
      return readSequenceMember(input)
    default:
      throw noMember()
  }
}

function fitting<T extends { readonly moments: { readonly mean: Float64Array } }>(model: T): T {
  if (model.moments.mean.length !== VECTOR.length) throw noMember()
  return model
}
