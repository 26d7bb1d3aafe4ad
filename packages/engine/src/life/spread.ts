import type { Spread } from '@gatewatch/schema'

/** Bins that known values are parted into. */
const BINS = 10

/** What values were like; NaN is unknown. Values that many share get a bin of their own, so there may be fewer than ten. */
export function spreadOf(name: string, values: readonly number[]): Spread {
  const known = Float64Array.from(values.filter((one) => !Number.isNaN(one))).sort()
  const mean = known.reduce((sum, one) => sum + one, 0) / known.length
  const variance = known.reduce((sum, one) => sum + (one - mean) ** 2, 0) / known.length
  const edges = new Set<number>()
  for (let k = 1; k < BINS; k++) {
    const edge = known[Math.floor((k * known.length) / BINS)]
    if (edge !== undefined && edge > (known[0] ?? edge)) edges.add(edge)
  }
  const sorted = [...edges]
  return {
    name,
    missing: values.length === 0 ? 1 : 1 - known.length / values.length,
    mean: known.length === 0 ? null : mean,
    sd: known.length === 0 ? null : Math.sqrt(variance),
    edges: sorted,
    shares: sharesOf(sorted, values),
  }
}

/** Share of values below the first edge, between edges, from the last edge on, and unknown. */
function sharesOf(edges: readonly number[], values: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 2).fill(0)
  for (const value of values) {
    let bin = edges.length + 1
    if (!Number.isNaN(value)) {
      bin = 0
      while (bin < edges.length && value >= (edges[bin] as number)) bin++
    }
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((count) => count / Math.max(1, values.length))
}

/**
 * Population stability index of values against what they were like: sum of (q - p) ln(q / p) over bins, with half a value added to
 * each so that an empty bin is no infinity. Below 0.1 nothing moved, from 0.25 on much did; as many values as bins times 20 make
 * chance small beside that. `before` is how many values the spread was made of.
 */
export function stabilityIndex(spread: Spread, before: number, values: readonly number[]): number {
  const now = sharesOf(spread.edges, values)
  let sum = 0
  for (const [bin, then] of spread.shares.entries()) {
    const p = smoothed(then, before, now.length)
    const q = smoothed(now[bin] ?? 0, values.length, now.length)
    sum += (q - p) * Math.log(q / p)
  }
  return sum
}

function smoothed(share: number, count: number, bins: number): number {
  return (share * count + 0.5) / (count + 0.5 * bins)
}
