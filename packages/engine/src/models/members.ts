import { ByteReader } from '../bytes.ts'
import { indexOf } from '../features/catalogue.ts'
import { readLabMember } from '../lab/lab-members.ts'
import type { Member } from '../types.ts'
import {
  type Autoencoder,
  readAutoencoder,
  reconstructionError,
  writeAutoencoder,
} from './autoencoder.ts'
import { distanceMember, encoded, readEnvelope } from './envelope.ts'
import { type IsolationForest, meanPath, readForest, writeForest } from './isolation-forest.ts'
import { readTail, type TailTable, tailNats, writeTail } from './tail-table.ts'
import { treeShap } from './tree-shap.ts'
import { readTrees, scaled, sumOfTrees, type Trees, writeTrees } from './trees.ts'
import { VECTOR } from './vector.ts'

const MAGIC = { forest: 0xb5, autoencoder: 0xb6, feedback: 0xb7, strangers: 0xba } as const

/**
 * An isolation forest as a member: -ln of the share of ordinary sign-ins whose mean path is as short. Its shares are those of
 * the path (TreeSHAP), scaled by how many nats the way from the expected path to this one is worth, so that they add up.
 */
export function forestMember(forest: IsolationForest, table: TailTable): Member {
  return {
    term: indexOf('isolation_forest'),
    points: (vector) => tailNats(table, -meanPath(forest, vector)),
    explain(vector, shares) {
      const count = forest.trees.roots.length
      const expected = treeShap(forest.trees, vector, shares) / count
      const path = meanPath(forest, vector)
      const points = tailNats(table, -path)
      const base = tailNats(table, -expected)
      const away = path - expected
      const scale = Math.abs(away) < 1e-9 ? 0 : (points - base) / away
      for (let k = 0; k < shares.length; k++) shares[k] = ((shares[k] as number) / count) * scale
      return scale === 0 ? points : base
    },
    encode: () =>
      encoded(MAGIC.forest, (out) => {
        writeTail(out, table)
        writeForest(out, forest)
      }),
  }
}

/** An autoencoder as a member: -ln of the share of ordinary sign-ins said again as badly, shared out by squared error. */
export function autoencoderMember(network: Autoencoder, table: TailTable): Member {
  return distanceMember(indexOf('autoencoder'), MAGIC.autoencoder, table, {
    error: (vector, errors) => reconstructionError(network, vector, errors),
    write: (out) => writeAutoencoder(out, network),
  })
}

/** What people's verdicts taught, as a member: log odds that boosted trees add to the score, times `scale` for how many verdicts there are. */
export function feedbackMember(trees: Trees, scale: number): Member {
  return {
    term: indexOf('feedback'),
    points: (vector) => scale * sumOfTrees(trees, vector),
    explain(vector, shares) {
      const expected = treeShap(trees, vector, shares)
      for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) * scale
      return expected * scale
    },
    encode: () =>
      encoded(MAGIC.feedback, (out) => {
        out.f64(scale)
        writeTrees(out, trees)
      }),
  }
}

/** Most that trees on rehearsals say either way, nats. */
const MOST_SAID = 8
const known = new Float64Array(VECTOR.length)

/**
 * What tells rehearsed strangers from what is uncommon here, as a member: log odds by boosted trees, less their mean over
 * ordinary sign-ins (`centre`), 8 nats either way at most. What is unknown is no surprise: 0, as in rehearsals.
 */
export function strangersMember(trees: Trees, centre: number): Member {
  const points = (vector: Float64Array) =>
    Math.max(-MOST_SAID, Math.min(MOST_SAID, sumOfTrees(trees, fillKnown(vector)) - centre))
  return {
    term: indexOf('rehearsal'),
    points,
    soften: (share) => strangersMember(scaled(trees, share), share * centre),
    explain(vector, shares) {
      const base = treeShap(trees, fillKnown(vector), shares) - centre
      const whole = sumOfTrees(trees, known) - centre
      const scale = Math.abs(whole) > MOST_SAID ? MOST_SAID / Math.abs(whole) : 1
      for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) * scale
      return base * scale
    },
    encode: () =>
      encoded(MAGIC.strangers, (out) => {
        out.f64(centre)
        writeTrees(out, trees)
      }),
  }
}

/** The vector with 0 for what is unknown, in a buffer that the next call fills again. */
export function fillKnown(vector: Float64Array): Float64Array {
  for (let k = 0; k < known.length; k++) {
    const value = vector[k] as number
    known[k] = Number.isNaN(value) ? 0 : value
  }
  return known
}

/**
 * Reads `Member.encode`.
 * @throws RangeError when the bytes are damaged, of another version or for other numbers than this build's members read.
 */
export function decodeMember(bytes: Uint8Array): Member {
  const input = new ByteReader(bytes, 'a member of the ensemble')
  const magic = readEnvelope(input)
  const member = readMember(magic, input)
  input.finish()
  return { ...member, encode: () => bytes }
}

function readMember(magic: number, input: ByteReader): Member {
  switch (magic) {
    case MAGIC.forest: {
      const table = readTail(input)
      const forest = readForest(input)
      return forestMember({ ...forest, trees: fitting(forest.trees) }, table)
    }
    case MAGIC.autoencoder: {
      const table = readTail(input)
      const network = readAutoencoder(input)
      if (network.inputs !== VECTOR.length) throw wrongSize()
      return autoencoderMember(network, table)
    }
    case MAGIC.feedback: {
      const scale = input.f64()
      if (!(scale >= 0 && scale < 100)) throw new RangeError('a member of the ensemble is damaged')
      return feedbackMember(fitting(readTrees(input)), scale)
    }
    case MAGIC.strangers: {
      const centre = input.f64()
      if (!Number.isFinite(centre)) throw new RangeError('a member of the ensemble is damaged')
      return strangersMember(fitting(readTrees(input)), centre)
    }
    default:
      return readLabMember(magic, input)
  }
}

function fitting(trees: Trees): Trees {
  if (trees.dimensions !== VECTOR.length) throw wrongSize()
  return trees
}

const wrongSize = () => new RangeError(`a member must read ${VECTOR.length} numbers`)
