import { type Random, seededRandom } from './random.ts'

/**
 * A forest of random isolation trees, laid out in flat arrays: node n of all trees splits on `feature[n]` at
 * `threshold[n]` and goes to `child[n]` (at or below it) or the node after that; a leaf has feature -1 and its `threshold`
 * is the path that is still expected in it. `heavy[n]` is 0 or 1: the child that most samples took, where unknown values go.
 */
export interface IsolationForest {
  readonly dimensions: number
  /** Samples a tree was grown on, at most 65,536, and the path that is expected among so many. */
  readonly sampleSize: number
  readonly expected: number
  readonly roots: Uint32Array
  readonly feature: Int16Array
  readonly threshold: Float32Array
  readonly child: Uint32Array
  readonly heavy: Uint8Array
}

const TREES = 100
const SAMPLE_SIZE = 256
const LARGEST_SAMPLE = 65_536
const MAGIC = 0x1f
const VERSION = 1
const HEADER = 20
const NODE_BYTES = 11

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
  const trees = shape.trees ?? TREES
  const sampleSize = Math.min(shape.sampleSize ?? SAMPLE_SIZE, LARGEST_SAMPLE, samples.length)
  const nodes: Nodes = { feature: [], threshold: [], child: [], heavy: [] }
  const random = seededRandom(seed)
  const order = Uint32Array.from(samples, (_, index) => index)
  const grower: Grower = {
    samples,
    dimensions,
    random,
    nodes,
    limit: Math.ceil(Math.log2(Math.max(2, sampleSize))),
  }
  const roots = new Uint32Array(trees)
  for (let tree = 0; tree < trees; tree++) {
    draw(order, sampleSize, random)
    roots[tree] = addNode(nodes)
    grow(grower, roots[tree] as number, order.slice(0, sampleSize), 0)
  }
  return {
    dimensions,
    sampleSize,
    expected: expectedPath(sampleSize),
    roots,
    feature: Int16Array.from(nodes.feature),
    threshold: Float32Array.from(nodes.threshold),
    child: Uint32Array.from(nodes.child),
    heavy: Uint8Array.from(nodes.heavy),
  }
}

/**
 * How easily a sample is isolated: 2^(-E(h)/c(n)), between 0 and 1 (Liu et al. 2008, eq. 2). Near 1 strange, about 0.5
 * ordinary. Unknown values (NaN) follow the branch that most samples took. Throws on a sample of another length.
 */
export function isolationScore(forest: IsolationForest, sample: ArrayLike<number>): number {
  if (sample.length !== forest.dimensions) {
    throw new RangeError(`the sample must have ${forest.dimensions} values, not ${sample.length}`)
  }
  if (forest.expected === 0) return 0.5
  return 2 ** (-meanPath(forest, sample) / forest.expected)
}

function meanPath(
  { roots, feature, threshold, child, heavy }: IsolationForest,
  sample: ArrayLike<number>,
): number {
  let total = 0
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree] as number
    let split = feature[node] as number
    while (split >= 0) {
      const value = sample[split] as number
      const right = Number.isNaN(value)
        ? (heavy[node] as number)
        : value > (threshold[node] as number)
          ? 1
          : 0
      node = (child[node] as number) + right
      split = feature[node] as number
      total++
    }
    total += threshold[node] as number
  }
  return total / roots.length
}

interface Nodes {
  readonly feature: number[]
  readonly threshold: number[]
  readonly child: number[]
  readonly heavy: number[]
}

interface Grower {
  readonly samples: readonly ArrayLike<number>[]
  readonly dimensions: number
  readonly random: Random
  readonly nodes: Nodes
  readonly limit: number
}

function addNode(nodes: Nodes): number {
  nodes.threshold.push(0)
  nodes.child.push(0)
  nodes.heavy.push(0)
  return nodes.feature.push(-1) - 1
}

function grow(grower: Grower, node: number, members: Uint32Array, depth: number): void {
  const { nodes } = grower
  const split = depth < grower.limit && members.length > 1 ? chooseSplit(grower, members) : null
  if (split === null) {
    nodes.threshold[node] = expectedPath(members.length)
    return
  }
  const known = (row: number) => grower.samples[row]?.[split.feature] as number
  const low = members.filter((row) => known(row) <= split.threshold)
  const high = members.filter((row) => known(row) > split.threshold)
  const unknown = members.filter((row) => Number.isNaN(known(row)))
  const heavy = high.length > low.length ? 1 : 0
  const child = addNode(nodes)
  addNode(nodes)
  nodes.feature[node] = split.feature
  nodes.threshold[node] = split.threshold
  nodes.child[node] = child
  nodes.heavy[node] = heavy
  grow(grower, child, heavy === 0 ? concat(low, unknown) : low, depth + 1)
  grow(grower, child + 1, heavy === 1 ? concat(high, unknown) : high, depth + 1)
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

/** The forest as bytes: magic, version, sizes, then the arrays, little endian. */
export function encodeIsolationForest(forest: IsolationForest): Uint8Array {
  const { roots, feature } = forest
  const bytes = new Uint8Array(HEADER + roots.length * 4 + feature.length * NODE_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, MAGIC)
  view.setUint8(1, VERSION)
  view.setUint16(2, forest.dimensions, true)
  view.setUint32(4, forest.sampleSize, true)
  view.setUint32(8, roots.length, true)
  view.setUint32(12, feature.length, true)
  let at = HEADER
  for (const root of roots) {
    view.setUint32(at, root, true)
    at += 4
  }
  for (let node = 0; node < feature.length; node++) {
    view.setInt16(at, feature[node] as number, true)
    view.setFloat32(at + 2, forest.threshold[node] as number, true)
    view.setUint32(at + 6, forest.child[node] as number, true)
    view.setUint8(at + 10, forest.heavy[node] as number)
    at += NODE_BYTES
  }
  return bytes
}

/** Reads `encodeIsolationForest`. Throws on other bytes, another version, damage, or nodes that point outside. */
export function decodeIsolationForest(bytes: Uint8Array): IsolationForest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER || view.getUint8(0) !== MAGIC) {
    throw new RangeError('these bytes are not an isolation forest')
  }
  if (view.getUint8(1) !== VERSION) {
    throw new RangeError(
      `this isolation forest has version ${view.getUint8(1)}, expected ${VERSION}`,
    )
  }
  const dimensions = view.getUint16(2, true)
  const trees = view.getUint32(8, true)
  const count = view.getUint32(12, true)
  if (bytes.length !== HEADER + trees * 4 + count * NODE_BYTES) {
    throw new RangeError('this isolation forest is cut short or has bytes too many')
  }
  const roots = new Uint32Array(trees)
  const feature = new Int16Array(count)
  const threshold = new Float32Array(count)
  const child = new Uint32Array(count)
  const heavy = new Uint8Array(count)
  let at = HEADER
  for (let tree = 0; tree < trees; tree++, at += 4) roots[tree] = view.getUint32(at, true)
  for (let node = 0; node < count; node++, at += NODE_BYTES) {
    feature[node] = view.getInt16(at, true)
    threshold[node] = view.getFloat32(at + 2, true)
    child[node] = view.getUint32(at + 6, true)
    heavy[node] = view.getUint8(at + 10)
  }
  const sampleSize = view.getUint32(4, true)
  if (sampleSize > LARGEST_SAMPLE) {
    throw new RangeError('this isolation forest is damaged: its sample size is out of range')
  }
  const expected = expectedPath(sampleSize)
  const forest = { dimensions, sampleSize, expected, roots, feature, threshold, child, heavy }
  if (!isSound(forest))
    throw new RangeError('this isolation forest is damaged: a node points outside')
  return forest
}

/** Do all splits name a feature and lead forward, so that every walk ends in a leaf? */
function isSound({ dimensions, roots, feature, child, heavy }: IsolationForest): boolean {
  if (!roots.every((root) => root < feature.length)) return false
  return feature.every((split, node) => {
    if (split < 0) return true
    const next = child[node] as number
    return (
      split < dimensions && next > node && next + 1 < feature.length && (heavy[node] as number) <= 1
    )
  })
}
