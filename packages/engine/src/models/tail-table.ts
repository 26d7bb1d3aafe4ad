import type { ByteReader, ByteWriter } from '../bytes.ts'

/** Nats between two levels of the table, and the highest that is told. */
const STEP = 0.125
const MOST = 12
const LEVELS = MOST / STEP + 1
/** Share of the scores that the tail beyond is judged by, and the fewest. */
const TAIL = 0.02
const FEWEST = 20

/** Scores at which -ln of the share of ordinary samples at or above reaches 0, 1/8, 2/8 ... nats; never falling. */
export type TailTable = Float64Array

/**
 * The tail of scores of ordinary samples that no model was fitted on (split conformal, Papadopoulos et al. 2002; Bates et al.
 * 2021): p(s) = (1 + #{>= s}) / (1 + n). Where fewer than 20 lie beyond, an exponential tail with the mean excess of the
 * strangest 2 % goes on. Not a number where there are no scores.
 */
export function fitTail(scores: readonly number[]): TailTable {
  const sorted = Float64Array.from(scores).sort()
  const n = sorted.length
  const quantile = (p: number) => sorted[Math.max(0, Math.min(n - 1, Math.round((1 - p) * n)))]
  const count = Math.max(FEWEST, Math.round(TAIL * n))
  const start = sorted[Math.max(0, n - count)] ?? Number.NaN
  let excess = 0
  for (let i = Math.max(0, n - count); i < n; i++) excess += (sorted[i] ?? 0) - start
  const scale = Math.max(excess / count, 1e-9 * Math.max(1, Math.abs(start)))
  const joint = Math.min(1, FEWEST / (1 + n))
  const edge = quantile(joint) ?? Number.NaN
  const table = new Float64Array(LEVELS)
  for (let level = 0; level < LEVELS; level++) {
    const p = Math.exp(-level * STEP)
    const score = p >= joint ? (quantile(p) ?? Number.NaN) : edge + scale * Math.log(joint / p)
    table[level] = Math.max(score, table[level - 1] ?? score)
  }
  return table
}

/** -ln of the share of ordinary samples that score as high, 0-12 nats; between levels a straight line. Never falls as the score grows. */
export function tailNats(table: TailTable, score: number): number {
  let low = 0
  let high = LEVELS - 1
  if (!(score > (table[0] as number))) return 0
  if (score >= (table[high] as number)) return MOST
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((table[middle] as number) <= score) low = middle
    else high = middle
  }
  const from = table[low] as number
  return STEP * (low + (score - from) / ((table[high] as number) - from))
}

/** Writes a table. */
export function writeTail(out: ByteWriter, table: TailTable): void {
  for (const score of table) out.f64(score)
}

/** Reads what `writeTail` wrote. @throws RangeError where it falls or holds what is no number. */
export function readTail(input: ByteReader): TailTable {
  const table = Float64Array.from({ length: LEVELS }, () => input.f64())
  if (!table.every((score, i) => score >= (table[i - 1] ?? score))) {
    throw new RangeError('a table of tail scores is damaged: it falls')
  }
  return table
}
