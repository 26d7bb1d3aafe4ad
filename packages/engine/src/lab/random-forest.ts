import type { ByteReader, ByteWriter } from '../bytes.ts'
import { BINS, binsOf, codesOf } from '../models/bins.ts'
import { type Random, seededRandom } from '../models/random.ts'
import {
  addNode,
  type GrowingTrees,
  growingTrees,
  grownTrees,
  readTrees,
  sumOfTrees,
  type Trees,
  writeTrees,
} from '../models/trees.ts'

/** A forest of classification trees; the value of a leaf is its share of ones, divided by the number of trees. */
export interface RandomForest {
  readonly trees: Trees
  /** Share of ones by what each sample counts. */
  readonly share: number
}

/** What to learn from: one row a sample (NaN unknown), 1 or 0 for each, and what each counts. */
export interface ClassSamples {
  readonly rows: readonly ArrayLike<number>[]
  readonly targets: ArrayLike<number>
  readonly counts: ArrayLike<number>
}

/** How a forest is grown. */
export interface ForestShape {
  readonly trees?: number
  readonly depth?: number
  /** Fewest drawn samples of a leaf. */
  readonly leaf?: number
  /** Numbers that a split chooses among; absent: the root of how many there are. */
  readonly choices?: number
  /** `bootstrap`: each tree sees as many samples as there are, drawn with replacement; `all`: each sees all. */
  readonly draw?: 'bootstrap' | 'all'
}

/** What a forest keeps of its growing: for each sample the mean share of ones in trees that were not grown on it; NaN where there is none. */
export interface GrownForest {
  readonly forest: RandomForest
  readonly outOfBag: Float64Array
}

interface Grower {
  readonly bins: readonly Float32Array[]
  readonly codes: readonly Uint8Array[]
  readonly targets: ArrayLike<number>
  /** What each sample counts in this tree; how often it was drawn. */
  readonly weights: Float64Array
  readonly times: Uint16Array
  readonly depth: number
  readonly leaf: number
  readonly choices: number
  readonly random: Random
  readonly nodes: GrowingTrees
  readonly order: Uint32Array
  readonly scratch: Uint32Array
  /** What a leaf's share is divided by. */
  readonly count: number
}

/**
 * A random forest (Breiman 2001): trees by Gini's impurity on samples drawn with replacement, each split the best among a few
 * numbers drawn by lot, thresholds between 64 quantiles. Unknown values go with the larger side. The same samples, order and
 * seed give the same forest. `progress` hears the share of trees grown, 0-1.
 * @throws RangeError without samples of both kinds.
 */
export function fitRandomForest(
  samples: ClassSamples,
  seed: number,
  shape: ForestShape = {},
  progress: (share: number) => void = () => {},
): GrownForest {
  const { rows, targets, counts } = samples
  const dimensions = rows[0]?.length ?? 0
  let ones = 0
  let total = 0
  for (let i = 0; i < rows.length; i++) {
    total += counts[i] as number
    if (targets[i] === 1) ones += counts[i] as number
  }
  if (dimensions === 0 || !(ones > 0 && ones < total))
    throw new RangeError('a random forest needs samples of both kinds')
  const { trees: count = 100, depth = 12, leaf = 3, draw = 'bootstrap' } = shape
  const choices = shape.choices ?? Math.max(1, Math.round(Math.sqrt(dimensions)))
  const bins = binsOf(rows)
  const codes = codesOf(rows, bins)
  const random = seededRandom(seed)
  const nodes = growingTrees()
  const scratch = new Uint32Array(rows.length)
  const said = new Float64Array(rows.length)
  const sayers = new Uint16Array(rows.length)
  for (let tree = 0; tree < count; tree++) {
    const times = new Uint16Array(rows.length).fill(draw === 'all' ? 1 : 0)
    for (let i = 0; draw === 'bootstrap' && i < rows.length; i++) {
      const at = Math.floor(random() * rows.length)
      times[at] = (times[at] as number) + 1
    }
    const order = Uint32Array.from(rows.keys()).filter((i) => (times[i] as number) > 0)
    const weights = Float64Array.from(times, (one, i) => one * (counts[i] as number))
    const root = addNode(nodes, coverOf(times, order, 0, order.length))
    nodes.roots.push(root)
    const grower: Grower = {
      bins,
      codes,
      targets,
      weights,
      times,
      depth,
      leaf,
      choices,
      random,
      nodes,
      order,
      scratch,
      count,
    }
    grow(grower, root, 0, order.length, 0)
    for (let i = 0; i < rows.length; i++) {
      if ((times[i] as number) > 0) continue
      said[i] = (said[i] as number) + count * leafOf(grower, root, i)
      sayers[i] = (sayers[i] as number) + 1
    }
    progress((tree + 1) / count)
  }
  const forest = { trees: grownTrees(nodes, dimensions), share: ones / total }
  return { forest, outOfBag: said.map((sum, i) => sum / (sayers[i] as number)) }
}

/** Share of trees' leaves that are ones, averaged: 0 to 1. */
export function forestShare({ trees }: RandomForest, sample: ArrayLike<number>): number {
  return sumOfTrees(trees, sample)
}

function grow(grower: Grower, node: number, from: number, to: number, depth: number): void {
  const { nodes, order, codes, bins, scratch, times } = grower
  const split = depth < grower.depth ? bestSplit(grower, from, to) : null
  if (split === null) {
    let ones = 0
    let total = 0
    for (let at = from; at < to; at++) {
      const i = order[at] as number
      total += grower.weights[i] as number
      if (grower.targets[i] === 1) ones += grower.weights[i] as number
    }
    nodes.threshold[node] = Math.fround(ones / total / grower.count)
    return
  }
  const code = codes[split.feature] as Uint8Array
  let low = from
  let high = 0
  for (let at = from; at < to; at++) {
    const i = order[at] as number
    const bin = code[i] as number
    if (bin === BINS ? split.unknownRight : bin > split.bin) scratch[high++] = i
    else order[low++] = i
  }
  order.set(scratch.subarray(0, high), low)
  const child = addNode(nodes, coverOf(times, order, from, low))
  addNode(nodes, coverOf(times, order, low, to))
  nodes.feature[node] = split.feature
  nodes.threshold[node] = (bins[split.feature] as Float32Array)[split.bin] as number
  nodes.child[node] = child
  nodes.heavy[node] = split.unknownRight ? 1 : 0
  grow(grower, child, from, low, depth + 1)
  grow(grower, child + 1, low, to, depth + 1)
}

function coverOf(times: Uint16Array, order: Uint32Array, from: number, to: number): number {
  let cover = 0
  for (let at = from; at < to; at++) cover += times[order[at] as number] as number
  return cover
}

interface Split {
  readonly feature: number
  readonly bin: number
  readonly unknownRight: boolean
}

const totals = new Float64Array(BINS + 1)
const onesIn = new Float64Array(BINS + 1)
const drawn = new Uint32Array(BINS + 1)

/** The split among a few numbers that leaves least impurity; more are looked at until one parts the samples. */
function bestSplit(grower: Grower, from: number, to: number): Split | null {
  const { bins, codes, weights, times, targets, order, random } = grower
  const waiting = Array.from(bins.keys())
  let best: Split | null = null
  let most = 1e-12
  for (let looked = 0; waiting.length > 0 && (looked < grower.choices || best === null); looked++) {
    const drawnAt = Math.floor(random() * waiting.length)
    const feature = waiting[drawnAt] as number
    waiting[drawnAt] = waiting.at(-1) as number
    waiting.pop()
    const edges = bins[feature] as Float32Array
    const code = codes[feature] as Uint8Array
    totals.fill(0)
    onesIn.fill(0)
    drawn.fill(0)
    let [total, ones, size] = [0, 0, 0]
    for (let at = from; at < to; at++) {
      const i = order[at] as number
      const bin = code[i] as number
      const weight = weights[i] as number
      totals[bin] = (totals[bin] as number) + weight
      drawn[bin] = (drawn[bin] as number) + (times[i] as number)
      total += weight
      size += times[i] as number
      if (targets[i] !== 1) continue
      onesIn[bin] = (onesIn[bin] as number) + weight
      ones += weight
    }
    if (ones <= 0 || ones >= total) return null
    const unknownRight = heavierSide(edges.length, size)
    let low = unknownRight ? 0 : (totals[BINS] as number)
    let lowOnes = unknownRight ? 0 : (onesIn[BINS] as number)
    let lowSize = unknownRight ? 0 : (drawn[BINS] as number)
    for (let bin = 0; bin < edges.length; bin++) {
      low += totals[bin] as number
      lowOnes += onesIn[bin] as number
      lowSize += drawn[bin] as number
      if (lowSize < grower.leaf || size - lowSize < grower.leaf) continue
      const gain = purity(low, lowOnes) + purity(total - low, ones - lowOnes) - purity(total, ones)
      if (gain <= most * total) continue
      most = gain / total
      best = { feature, bin, unknownRight }
    }
  }
  return best
}

/** Are most known samples beyond the middle bin? There unknown ones go too. */
function heavierSide(edges: number, size: number): boolean {
  const known = size - (drawn[BINS] as number)
  let low = 0
  for (let bin = 0; bin <= edges >> 1; bin++) low += drawn[bin] as number
  return low < known / 2
}

/** Weight less Gini's impurity times weight, up to a constant: the higher, the purer. */
function purity(total: number, ones: number): number {
  return total > 0 ? (ones * ones + (total - ones) * (total - ones)) / total : 0
}

/** What the last tree says of a sample that is known by its bins. */
function leafOf({ nodes, codes, bins }: Grower, root: number, i: number): number {
  let node = root
  for (let feature = nodes.feature[node] as number; feature >= 0; ) {
    const bin = codes[feature]?.[i] as number
    const edge = nodes.threshold[node] as number
    const right =
      bin === BINS
        ? (nodes.heavy[node] as number)
        : bin > 0 && ((bins[feature] as Float32Array)[bin - 1] as number) >= edge
          ? 1
          : 0
    node = (nodes.child[node] as number) + right
    feature = nodes.feature[node] as number
  }
  return nodes.threshold[node] as number
}

/** Writes the forest among other things; `readRandomForest` reads it. */
export function writeRandomForest(out: ByteWriter, { trees, share }: RandomForest): void {
  out.f64(share)
  writeTrees(out, trees)
}

/** Reads what `writeRandomForest` wrote. @throws RangeError for what is no forest. */
export function readRandomForest(input: ByteReader): RandomForest {
  const share = input.f64()
  const trees = readTrees(input)
  if (!(share > 0 && share < 1) || trees.roots.length === 0)
    throw new RangeError('a random forest is damaged: a number is out of range')
  return { share, trees }
}
