import { ByteReader, ByteWriter } from '../bytes.ts'
import { type Random, seededRandom } from './random.ts'
import {
  addNode,
  type GrowingTrees,
  growingTrees,
  grownTrees,
  readTrees,
  sumOfTrees,
  type Trees,
  writeTrees,
} from './trees.ts'

/** A forest of random isolation trees; the value of a leaf is its depth and the path still expected in it. */
export interface IsolationForest {
  /** Samples a tree was grown on, at most 65,536, and the path that is expected among so many. */
  readonly sampleSize: number
  readonly expected: number
  readonly trees: Trees
}

const TREES = 100
const SAMPLE_SIZE = 256
const LARGEST_SAMPLE = 65_536
const MAGIC = 0x1f
const VERSION = 2

/**
 * Mean depth at which one of `n` samples is isolated by random splits: c(n) = 2 H(n-1) - 2 (n-1)/n, zero for n < 2
 * (Liu, Ting, Zhou: Isolation Forest, ICDM 2008, eq. 1). The harmonic number is exact, not its logarithm.
 */
export function expectedPath(n: number): number {
  if (n < 2) return 0
  let harmonic = 0
  for (let i = 1; i < n; i++) harmonic += 1 / i
  return 2 * harmonic - (2 * (n - 1)) / n
}

/**
 * Grows `trees` trees, each on `sampleSize` samples drawn without replacement, to a height of log2 of the sample size
 * (Liu et al. 2008, algorithms 1 and 2). All samples have the same length; NaN is an unknown value.
 * The same samples, order and seed give the same forest. Throws without samples or on samples of unequal length.
 */
export function fitIsolationForest(
  samples: readonly ArrayLike<number>[],
  seed: number,
  shape: { readonly trees?: number; readonly sampleSize?: number } = {},
): IsolationForest {
  const dimensions = samples[0]?.length ?? 0
  if (dimensions === 0)
    throw new RangeError('an isolation forest needs at least one sample with one value')
  for (const sample of samples) {
    if (sample.length !== dimensions) {
      throw new RangeError(`samples must all have ${dimensions} values, one has ${sample.length}`)
    }
  }
  const sampleSize = Math.min(shape.sampleSize ?? SAMPLE_SIZE, LARGEST_SAMPLE, samples.length)
  const nodes = growingTrees()
  const random = seededRandom(seed)
  const order = Uint32Array.from(samples, (_, index) => index)
  const limit = Math.ceil(Math.log2(Math.max(2, sampleSize)))
  const grower: Grower = { samples, dimensions, random, nodes, limit }
  for (let tree = shape.trees ?? TREES; tree > 0; tree--) {
    draw(order, sampleSize, random)
    const root = addNode(nodes, sampleSize)
    nodes.roots.push(root)
    grow(grower, root, order.slice(0, sampleSize), 0)
  }
  const trees = grownTrees(nodes, dimensions)
  return { sampleSize, expected: expectedPath(sampleSize), trees }
}

/**
 * How easily a sample is isolated: 2^(-E(h)/c(n)), between 0 and 1 (Liu et al. 2008, eq. 2). Near 1 strange, about 0.5
 * ordinary. Unknown values (NaN) follow the branch that most samples took. Throws on a sample of another length.
 */
export function isolationScore(forest: IsolationForest, sample: ArrayLike<number>): number {
  const { dimensions } = forest.trees
  if (sample.length !== dimensions) {
    throw new RangeError(`the sample must have ${dimensions} values, not ${sample.length}`)
  }
  if (forest.expected === 0) return 0.5
  return 2 ** (-meanPath(forest, sample) / forest.expected)
}

/** Mean length of a sample's path through the trees: the shorter, the stranger. The sample's length is not looked at. */
export function meanPath({ trees }: IsolationForest, sample: ArrayLike<number>): number {
  return sumOfTrees(trees, sample) / trees.roots.length
}

interface Grower {
  readonly samples: readonly ArrayLike<number>[]
  readonly dimensions: number
  readonly random: Random
  readonly nodes: GrowingTrees
  readonly limit: number
}

function grow(grower: Grower, node: number, members: Uint32Array, depth: number): void {
  const { nodes } = grower
  const split = depth < grower.limit && members.length > 1 ? chooseSplit(grower, members) : null
  if (split === null) {
    nodes.threshold[node] = depth + expectedPath(members.length)
    return
  }
  const known = (row: number) => grower.samples[row]?.[split.feature] as number
  const low = members.filter((row) => known(row) <= split.threshold)
  const high = members.filter((row) => known(row) > split.threshold)
  const unknown = members.filter((row) => Number.isNaN(known(row)))
  const heavy = high.length > low.length ? 1 : 0
  const lower = heavy === 0 ? concat(low, unknown) : low
  const upper = heavy === 1 ? concat(high, unknown) : high
  const child = addNode(nodes, lower.length)
  addNode(nodes, upper.length)
  nodes.feature[node] = split.feature
  nodes.threshold[node] = split.threshold
  nodes.child[node] = child
  nodes.heavy[node] = heavy
  grow(grower, child, lower, depth + 1)
  grow(grower, child + 1, upper, depth + 1)
}

/** A feature that differs among the members, and a threshold that parts them; null where all are alike. */
function chooseSplit(
  { samples, dimensions, random }: Grower,
  members: Uint32Array,
): { feature: number; threshold: number } | null {
  const offset = Math.floor(random() * dimensions)
  for (let step = 0; step < dimensions; step++) {
    const feature = (offset + step) % dimensions
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (const row of members) {
      const value = samples[row]?.[feature] as number
      if (value < low) low = value
      if (value > high) high = value
    }
    if (!(high > low)) continue
    const threshold = Math.fround(low + random() * (high - low))
    // rounding may lift the threshold onto the highest value, which would part nobody
    return {
      feature,
      threshold: threshold < high && threshold >= low ? threshold : fall(low, high),
    }
  }
  return null
}

/** A single-precision number in [low, high), or low itself where there is none. */
function fall(low: number, high: number): number {
  const middle = Math.fround((low + high) / 2)
  return middle >= low && middle < high ? middle : low
}

/** Moves a random choice of `count` entries to the front (Fisher-Yates). */
function draw(order: Uint32Array, count: number, random: Random): void {
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (order.length - i))
    const kept = order[i] as number
    order[i] = order[j] as number
    order[j] = kept
  }
}

function concat(a: Uint32Array, b: Uint32Array): Uint32Array {
  const joined = new Uint32Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

/** The forest as bytes: magic, version, sample size, trees, checksum. */
export function encodeIsolationForest(forest: IsolationForest): Uint8Array {
  const out = new ByteWriter()
  out.u8(MAGIC)
  out.u8(VERSION)
  writeForest(out, forest)
  return out.finish()
}

/** Writes the forest among other things; `readForest` reads it. */
export function writeForest(out: ByteWriter, { sampleSize, trees }: IsolationForest): void {
  out.varint(sampleSize)
  writeTrees(out, trees)
}

/** Reads what `writeForest` wrote. @throws RangeError for what is no forest. */
export function readForest(input: ByteReader): IsolationForest {
  const sampleSize = input.varint()
  if (sampleSize > LARGEST_SAMPLE) {
    throw new RangeError('this isolation forest is damaged: its sample size is out of range')
  }
  return { sampleSize, expected: expectedPath(sampleSize), trees: readTrees(input) }
}

/** Reads `encodeIsolationForest`. @throws RangeError on other bytes, another version, damage, or nodes that point outside. */
export function decodeIsolationForest(bytes: Uint8Array): IsolationForest {
  const input = new ByteReader(bytes, 'an isolation forest')
  if (input.u8() !== MAGIC) throw new RangeError('these bytes are not an isolation forest')
  const version = input.u8()
  if (version !== VERSION) {
    throw new RangeError(`this isolation forest has version ${version}, expected ${VERSION}`)
  }
  const forest = readForest(input)
  input.finish()
  return forest
}
