/** Values of several worlds in one line. NaN values (nothing to measure there) are left out; NaN where none is left. */
export interface Summary {
  readonly worlds: number
  readonly mean: number
  /** Sample standard deviation; NaN for a single world. */
  readonly sd: number
  readonly low: number
  readonly high: number
}

/** Mean, spread and ends of values. */
export function summarise(values: readonly number[]): Summary {
  const known = values.filter((one) => !Number.isNaN(one))
  const worlds = known.length
  if (worlds === 0)
    return { worlds, mean: Number.NaN, sd: Number.NaN, low: Number.NaN, high: Number.NaN }
  const mean = known.reduce((sum, one) => sum + one, 0) / worlds
  const squares = known.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  const sd = worlds < 2 ? Number.NaN : Math.sqrt(squares / (worlds - 1))
  return { worlds, mean, sd, low: Math.min(...known), high: Math.max(...known) }
}
