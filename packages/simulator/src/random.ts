/** Source of seeded chance. Two sources made from the same keys give the same draws, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform whole number in [0, below). */
  int(below: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** One of the items, all equally likely. Throws on an empty list. */
  pick<T>(items: readonly T[]): T
  /** Normal with mean and standard deviation (Box-Muller). */
  normal(mean: number, sd: number): number
  /** Log-normal: `median` times e to a normal of spread `sigma`. */
  lognormal(median: number, sigma: number): number
  /** Exponential with the given mean. */
  exponential(mean: number): number
  /** Poisson count with the given mean (Knuth below 30, rounded normal above). */
  poisson(mean: number): number
}

/** Mixes whole numbers into one well-spread 32-bit number (murmur3 finaliser per key). */
export function hash(...keys: readonly number[]): number {
  let h = 0x9e3779b9
  for (const key of keys) {
    h = mix(h ^ (key | 0))
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  return mix(h) >>> 0
}

/** Bijective scramble of a 32-bit number (murmur3 finaliser). */
export function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Uniform in [0, 1) from keys, without making a source. */
export function unit(...keys: readonly number[]): number {
  return hash(...keys) / 4294967296
}

/** A source of chance (sfc32, Chris Doty-Humphrey's small fast counting generator) from whole-number keys. */
export function randomOf(...keys: readonly number[]): Random {
  const first = hash(...keys)
  let a = first
  let b = mix(first + 1)
  let c = mix(first + 2)
  let count = 1
  const next = (): number => {
    const t = (((a + b) | 0) + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 8; i++) next()
  const normal = (mean: number, sd: number): number =>
    mean + sd * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const poisson = (mean: number): number => {
    if (mean > 30) return Math.max(0, Math.round(normal(mean, Math.sqrt(mean))))
    const limit = Math.exp(-mean)
    let k = 0
    for (let p = next(); p > limit; p *= next()) k++
    return k
  }
  return {
    next,
    int: (below) => Math.floor(next() * below),
    chance: (p) => next() < p,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('pick needs at least one item')
      return item
    },
    normal,
    lognormal: (median, sigma) => median * Math.exp(normal(0, sigma)),
    exponential: (mean) => -mean * Math.log(1 - next()),
    poisson,
  }
}

/** Draws items in proportion to their weights. Throws where there is nothing to draw. */
export function weighted<T>(
  items: readonly T[],
  weight: (item: T, index: number) => number,
): (random: Random) => T {
  const sums: number[] = []
  let sum = 0
  for (const [index, item] of items.entries()) {
    sum += weight(item, index)
    sums.push(sum)
  }
  return (random) => {
    const at = random.next() * sum
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > at) high = middle
      else low = middle + 1
    }
    const item = items[low]
    if (item === undefined) throw new Error('weighted needs at least one item')
    return item
  }
}

/** Draws items by rank, the k-th with weight 1 / k^s: the heavy tail of most things people choose (Zipf). */
export function zipf<T>(items: readonly T[], s: number): (random: Random) => T {
  return weighted(items, (_, index) => 1 / (index + 1) ** s)
}
