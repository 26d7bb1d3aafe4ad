import type { ByteReader, ByteWriter } from '../bytes.ts'

/**
 * Binary trees in flat arrays: node n of all trees splits on `feature[n]` at `threshold[n]` and goes to `child[n]` (at or
 * below it) or the node after that; a leaf has feature -1 and its `threshold` is the tree's value there. `heavy[n]` is 0 or
 * 1: the child that most samples took, where unknown values (NaN) go. `cover[n]` says how much of the samples came by.
 */
export interface Trees {
  readonly dimensions: number
  readonly roots: Uint32Array
  readonly feature: Int16Array
  readonly threshold: Float32Array
  readonly child: Uint32Array
  readonly heavy: Uint8Array
  readonly cover: Float32Array
}

/** Trees while they grow; `addNode` appends a leaf of value 0. */
export interface GrowingTrees {
  readonly roots: number[]
  readonly feature: number[]
  readonly threshold: number[]
  readonly child: number[]
  readonly heavy: number[]
  readonly cover: number[]
}

/** No trees yet. */
export function growingTrees(): GrowingTrees {
  return { roots: [], feature: [], threshold: [], child: [], heavy: [], cover: [] }
}

/** Appends a leaf that `cover` samples reach; gives its number. */
export function addNode(nodes: GrowingTrees, cover: number): number {
  nodes.threshold.push(0)
  nodes.child.push(0)
  nodes.heavy.push(0)
  nodes.cover.push(cover)
  return nodes.feature.push(-1) - 1
}

/** Grown trees, ready to be walked. */
export function grownTrees(nodes: GrowingTrees, dimensions: number): Trees {
  return {
    dimensions,
    roots: Uint32Array.from(nodes.roots),
    feature: Int16Array.from(nodes.feature),
    threshold: Float32Array.from(nodes.threshold),
    child: Uint32Array.from(nodes.child),
    heavy: Uint8Array.from(nodes.heavy),
    cover: Float32Array.from(nodes.cover),
  }
}

/** Cover of a node that no sample reaches: half a sample, so that a share of it can be said. */
const TRACE = 0.5

/**
 * The trees with covers by other samples: explained with them (tree-shap.ts), a sample is told by how it differs from these.
 * What the trees say of a sample stays.
 */
export function coveredBy(trees: Trees, samples: readonly ArrayLike<number>[]): Trees {
  const { roots, feature } = trees
  const cover = new Float32Array(trees.cover.length).fill(TRACE)
  for (const sample of samples) {
    for (const root of roots) {
      let node = root
      for (;;) {
        cover[node] = (cover[node] as number) + 1
        const split = feature[node] as number
        if (split < 0) break
        node = next(trees, node, sample[split] as number)
      }
    }
  }
  return { ...trees, cover }
}

/** Trees that say `share` of what these say. */
export function scaled(trees: Trees, share: number): Trees {
  const said = (value: number, node: number) =>
    ((trees.feature[node] as number) < 0 ? share : 1) * value
  return { ...trees, threshold: trees.threshold.map(said) }
}

/** Trees that say `by` more of every sample: one more, of a leaf alone. */
export function raised(trees: Trees, by: number): Trees {
  const { dimensions, roots, feature, threshold, child, heavy, cover } = trees
  const nodes = {
    roots: [...roots],
    feature: [...feature],
    threshold: [...threshold],
    child: [...child],
    heavy: [...heavy],
    cover: [...cover],
  }
  const root = addNode(nodes, cover[roots[0] ?? 0] ?? 1)
  nodes.roots.push(root)
  nodes.threshold[root] = by
  return grownTrees(nodes, dimensions)
}

/** Sum of the trees' values for a sample. */
export function sumOfTrees(trees: Trees, sample: ArrayLike<number>): number {
  const { roots, feature, threshold } = trees
  let total = 0
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree] as number
    let split = feature[node] as number
    while (split >= 0) {
      node = next(trees, node, sample[split] as number)
      split = feature[node] as number
    }
    total += threshold[node] as number
  }
  return total
}

/** The child that a value leads to. */
function next({ threshold, child, heavy }: Trees, node: number, value: number): number {
  const at = threshold[node] as number
  // NaN is neither above nor at or below
  const right = value > at ? 1 : value <= at ? 0 : (heavy[node] as number)
  return (child[node] as number) + right
}

/** Writes trees: sizes, then node by node. */
export function writeTrees(out: ByteWriter, trees: Trees): void {
  const { roots, feature } = trees
  out.varint(trees.dimensions)
  out.varint(roots.length)
  out.varint(feature.length)
  for (const root of roots) out.varint(root)
  for (let node = 0; node < feature.length; node++) {
    out.signed(feature[node] as number)
    out.f32(trees.threshold[node] as number)
    out.f32(trees.cover[node] as number)
    if ((feature[node] as number) < 0) continue
    out.varint((trees.child[node] as number) - node)
    out.u8(trees.heavy[node] as number)
  }
}

/** Reads what `writeTrees` wrote. @throws RangeError when a node points outside or a walk would not end. */
export function readTrees(input: ByteReader): Trees {
  const dimensions = input.varint()
  const trees = input.varint()
  const count = input.varint()
  // a node takes nine bytes at least: no bytes can ask for more room than they fill
  if (trees > count || count > input.left() / 9) {
    throw new RangeError('these trees are damaged: they are larger than their bytes')
  }
  const roots = Uint32Array.from({ length: trees }, () => input.varint())
  const feature = new Int16Array(count)
  const threshold = new Float32Array(count)
  const child = new Uint32Array(count)
  const heavy = new Uint8Array(count)
  const cover = new Float32Array(count)
  let sound = roots.every((root) => root < count)
  for (let node = 0; node < count; node++) {
    const split = input.signed()
    feature[node] = split
    threshold[node] = input.f32()
    cover[node] = input.f32()
    sound &&= split >= -1 && split < dimensions && (cover[node] as number) > 0
    if (split < 0) continue
    child[node] = node + input.varint()
    heavy[node] = input.u8()
    const next = child[node] as number
    sound &&= next > node && next + 1 < count && (heavy[node] as number) <= 1
  }
  if (!sound) throw new RangeError('these trees are damaged: a node points outside')
  return { dimensions, roots, feature, threshold, child, heavy, cover }
}
