import { ADD, isUnion, type PopulationDelta } from './delta.ts'

/** Numbers of one addition: kind, a, b, time, amount. */
const WIDTH = 5

/**
 * The same delta with alike additions added up, what came and went left out, and the rest in order: equal content gives
 * equal additions, whatever the order it came in. A compact delta comes back as it is.
 */
export function compactDelta(delta: PopulationDelta): PopulationDelta {
  if (isCompact(delta.additions)) return delta
  const sums = addedUp(delta.additions)
  const order = Uint32Array.from({ length: sums.length / WIDTH }, (_, row) => row * WIDTH)
  order.sort((x, y) => compared(sums, x, sums, y))
  const additions: number[] = []
  for (const at of order) {
    // other kinds stay at nothing: even nothing, added on a day, moves the clock
    if (sums[at] === ADD.value && sums[at + 4] === 0) continue
    for (let i = 0; i < WIDTH; i++) additions.push(sums[at + i] ?? 0)
  }
  return { ...delta, additions, rows: null }
}

function isCompact(additions: readonly number[]): boolean {
  for (let at = 0; at < additions.length; at += WIDTH) {
    if (additions[at] === ADD.value && additions[at + 4] === 0) return false
    if (at === 0) continue
    const union = isUnion(additions[at] ?? 0)
    if (compared(additions, at - WIDTH, additions, at, union ? WIDTH : WIDTH - 1) >= 0) return false
  }
  return true
}

function compared(
  xs: ArrayLike<number>,
  x: number,
  ys: ArrayLike<number>,
  y: number,
  width = WIDTH,
): number {
  for (let i = 0; i < width; i++) {
    const difference = (xs[x + i] ?? 0) - (ys[y + i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** One row for each group of alike additions, in the order of their first; found by open addressing. */
function addedUp(additions: readonly number[]): Float64Array {
  const mask = 2 ** Math.ceil(Math.log2((2 * additions.length) / WIDTH + 2)) - 1
  const table = new Uint32Array(mask + 1)
  const rows = new Float64Array(additions.length)
  let end = 0
  for (let at = 0; at < additions.length; at += WIDTH) {
    const kind = additions[at] ?? 0
    const union = isUnion(kind)
    const width = union ? WIDTH : WIDTH - 1
    let cell = kind
    for (let i = 1; i < width; i++) {
      cell = Math.imul(cell ^ (additions[at + i] ?? 0), 0x9e3779b1)
      cell ^= cell >>> 15
    }
    cell &= mask
    for (;;) {
      const row = (table[cell] ?? 0) - 1
      if (row < 0) {
        table[cell] = end + 1
        for (let i = 0; i < WIDTH; i++) rows[end + i] = additions[at + i] ?? 0
        end += WIDTH
        break
      }
      if (compared(rows, row, additions, at, width) === 0) {
        if (!union) rows[row + 4] = (rows[row + 4] ?? 0) + (additions[at + 4] ?? 0)
        break
      }
      cell = (cell + 1) & mask
    }
  }
  return rows.subarray(0, end)
}
