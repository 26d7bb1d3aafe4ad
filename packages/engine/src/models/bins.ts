/** Most bins of a number; the code of what is unknown. */
export const BINS = 64

/** Upper edges of at most 63 bins of each number, by quantiles; what lies above the last is the last bin. */
export function binsOf(rows: readonly ArrayLike<number>[]): readonly Float32Array[] {
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, k) => binsOfOne(rows, k))
}

/** Which bin each row's number falls into, by number and row; `BINS` where it is unknown (NaN). */
export function codesOf(
  rows: readonly ArrayLike<number>[],
  bins: readonly Float32Array[],
): readonly Uint8Array[] {
  return bins.map((edges, k) => Uint8Array.from(rows, (row) => codeOf(row[k] as number, edges)))
}

function binsOfOne(rows: readonly ArrayLike<number>[], k: number): Float32Array {
  const values = Float32Array.from(rows, (row) => row[k] as number)
    .filter((value) => !Number.isNaN(value))
    .sort()
  const edges: number[] = []
  const push = (low: number, high: number) => {
    const middle = Math.fround((low + high) / 2)
    const edge = middle < high ? middle : low
    if (edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY)) edges.push(edge)
  }
  const distinct = [...new Set(values)]
  if (distinct.length < BINS) {
    for (let i = 1; i < distinct.length; i++) push(distinct[i - 1] ?? 0, distinct[i] ?? 0)
  } else {
    for (let bin = 1; bin < BINS; bin++) {
      const at = Math.floor((bin * values.length) / BINS)
      const low = values[at - 1] ?? 0
      let next = at
      while ((values[next] ?? Number.POSITIVE_INFINITY) <= low) next++
      const high = values[next]
      if (high !== undefined) push(low, high)
    }
  }
  return Float32Array.from(edges)
}

function codeOf(value: number, edges: Float32Array): number {
  if (Number.isNaN(value)) return BINS
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value > (edges[middle] as number)) low = middle + 1
    else high = middle
  }
  return low
}
