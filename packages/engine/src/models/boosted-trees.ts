import { BINS, binsOf, codesOf } from './bins.ts'
import { addNode, type GrowingTrees, growingTrees, grownTrees, type Trees } from './trees.ts'

/** What to learn from: one row a sample (NaN unknown), 1 or 0 for each, what each counts, and the log odds known before. */
export interface Labelled {
  readonly rows: readonly ArrayLike<number>[]
  readonly targets: ArrayLike<number>
  readonly counts: ArrayLike<number>
  readonly before: ArrayLike<number>
}

/** How trees are grown. `monotone` by number: 1 where more never lowers the log odds, -1 where more never raises them, else 0. */
export interface BoostingShape {
  readonly rounds: number
  readonly depth: number
  readonly rate: number
  /** Held against large leaves: added to the curvature of each. */
  readonly restraint: number
  /** Fewest samples of a leaf. */
  readonly leaf: number
  readonly monotone: ArrayLike<number>
}

/** Mean logistic loss of log odds against targets, weighted by counts. */
export function logisticLoss(
  odds: ArrayLike<number>,
  { targets, counts }: Pick<Labelled, 'targets' | 'counts'>,
): number {
  let sum = 0
  let total = 0
  for (let i = 0; i < odds.length; i++) {
    const towards = (targets[i] as number) === 1 ? -(odds[i] as number) : (odds[i] as number)
    sum += (counts[i] as number) * (Math.max(0, towards) + Math.log1p(Math.exp(-Math.abs(towards))))
    total += counts[i] as number
  }
  return sum / total
}

/** First and second derivative, by its log odds, of one sample's logistic loss. */
export function logisticSlopes(odds: number, target: number): readonly [number, number] {
  const p = 1 / (1 + Math.exp(-odds))
  return [p - target, p * (1 - p)]
}

/**
 * Histogram gradient boosting on the logistic loss with second-order leaves (Friedman 2001; Chen, Guestrin 2016; at most 64
 * bins a number by quantiles, as Ke et al. 2017), level by level. Monotone numbers bound both sides of a split by its
 * middle. Unknown values go where they lower the loss more. Nothing is drawn by lot: the same samples give the same trees.
 * @throws RangeError without samples.
 */
export function fitBoostedTrees(samples: Labelled, shape: BoostingShape): Trees {
  const { rows, targets, counts, before } = samples
  const dimensions = rows[0]?.length ?? 0
  if (dimensions === 0) throw new RangeError('boosted trees need at least one sample')
  const bins = binsOf(rows)
  const codes = codesOf(rows, bins)
  const odds = Float64Array.from(before)
  const slopes = new Float64Array(rows.length)
  const curves = new Float64Array(rows.length)
  const nodes = growingTrees()
  const grower: Grower = { bins, codes, counts, slopes, curves, odds, shape, nodes }
  const all = Uint32Array.from(rows, (_, i) => i)
  const total = sum(all, counts)
  for (let round = 0; round < shape.rounds; round++) {
    for (let i = 0; i < rows.length; i++) {
      const [slope, curve] = logisticSlopes(odds[i] as number, targets[i] as number)
      slopes[i] = slope * (counts[i] as number)
      curves[i] = curve * (counts[i] as number)
    }
    const root = addNode(nodes, total)
    nodes.roots.push(root)
    grow(grower, root, all, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  }
  return grownTrees(nodes, dimensions)
}

interface Grower {
  readonly bins: readonly Float32Array[]
  readonly codes: readonly Uint8Array[]
  readonly counts: ArrayLike<number>
  readonly slopes: Float64Array
  readonly curves: Float64Array
  readonly odds: Float64Array
  readonly shape: BoostingShape
  readonly nodes: GrowingTrees
}

interface Split {
  readonly feature: number
  readonly bin: number
  readonly unknownRight: boolean
  readonly gain: number
  /** What both sides would say, before the rate. */
  readonly low: number
  readonly high: number
}

function grow(
  grower: Grower,
  node: number,
  members: Uint32Array,
  depth: number,
  least: number,
  most: number,
): void {
  const { nodes, shape, codes, bins, counts } = grower
  const split = depth < shape.depth ? bestSplit(grower, members, least, most) : null
  if (split === null) {
    let slope = 0
    let curve = 0
    for (const i of members) {
      slope += grower.slopes[i] as number
      curve += grower.curves[i] as number
    }
    const value = Math.fround(shape.rate * leafValue(slope, curve, shape.restraint, least, most))
    nodes.threshold[node] = value
    for (const i of members) grower.odds[i] = (grower.odds[i] as number) + value
    return
  }
  const code = codes[split.feature] as Uint8Array
  const isLow = (i: number) =>
    code[i] === BINS ? !split.unknownRight : (code[i] as number) <= split.bin
  const low = members.filter(isLow)
  const high = members.filter((i) => !isLow(i))
  const child = addNode(nodes, sum(low, counts))
  addNode(nodes, sum(high, counts))
  nodes.feature[node] = split.feature
  nodes.threshold[node] = (bins[split.feature] as Float32Array)[split.bin] as number
  nodes.child[node] = child
  nodes.heavy[node] = split.unknownRight ? 1 : 0
  const direction = shape.monotone[split.feature] ?? 0
  const middle = (split.low + split.high) / 2
  grow(grower, child, low, depth + 1, direction < 0 ? middle : least, direction > 0 ? middle : most)
  grow(
    grower,
    child + 1,
    high,
    depth + 1,
    direction > 0 ? middle : least,
    direction < 0 ? middle : most,
  )
}

const slopeSums = new Float64Array(BINS + 1)
const curveSums = new Float64Array(BINS + 1)
const sizes = new Uint32Array(BINS + 1)

/** The split that lowers the loss most, null where none does. */
function bestSplit(
  grower: Grower,
  members: Uint32Array,
  least: number,
  most: number,
): Split | null {
  const { bins, codes, slopes, curves, shape } = grower
  let best: Split | null = null
  for (let feature = 0; feature < bins.length; feature++) {
    const edges = bins[feature] as Float32Array
    if (edges.length === 0) continue
    slopeSums.fill(0)
    curveSums.fill(0)
    sizes.fill(0)
    const code = codes[feature] as Uint8Array
    let slope = 0
    let curve = 0
    for (const i of members) {
      const at = code[i] as number
      slopeSums[at] = (slopeSums[at] as number) + (slopes[i] as number)
      curveSums[at] = (curveSums[at] as number) + (curves[i] as number)
      sizes[at] = (sizes[at] as number) + 1
      slope += slopes[i] as number
      curve += curves[i] as number
    }
    const unsplit = worth(slope, curve, shape.restraint, least, most)
    const unknown = sizes[BINS] as number
    for (const unknownRight of unknown > 0 ? [false, true] : [false]) {
      let lowSlope = unknownRight ? 0 : (slopeSums[BINS] as number)
      let lowCurve = unknownRight ? 0 : (curveSums[BINS] as number)
      let lowSize = unknownRight ? 0 : unknown
      for (let bin = 0; bin < edges.length; bin++) {
        lowSlope += slopeSums[bin] as number
        lowCurve += curveSums[bin] as number
        lowSize += sizes[bin] as number
        if (lowSize < shape.leaf || members.length - lowSize < shape.leaf) continue
        const low = leafValue(lowSlope, lowCurve, shape.restraint, least, most)
        const high = leafValue(slope - lowSlope, curve - lowCurve, shape.restraint, least, most)
        if ((shape.monotone[feature] ?? 0) * (high - low) < 0) continue
        const gain =
          worth(lowSlope, lowCurve, shape.restraint, least, most) +
          worth(slope - lowSlope, curve - lowCurve, shape.restraint, least, most) -
          unsplit
        if (gain > (best?.gain ?? 1e-9)) best = { feature, bin, unknownRight, gain, low, high }
      }
    }
  }
  return best
}

function leafValue(
  slope: number,
  curve: number,
  restraint: number,
  least: number,
  most: number,
): number {
  return Math.max(least, Math.min(most, -slope / (curve + restraint + 1e-12)))
}

/** How much a leaf lowers the loss, to second order. */
function worth(
  slope: number,
  curve: number,
  restraint: number,
  least: number,
  most: number,
): number {
  const value = leafValue(slope, curve, restraint, least, most)
  return -(slope * value + 0.5 * (curve + restraint) * value * value)
}

function sum(members: Uint32Array, counts: ArrayLike<number>): number {
  let total = 0
  for (const i of members) total += counts[i] as number
  return total
}
