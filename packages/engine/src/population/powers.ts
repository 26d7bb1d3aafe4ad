/** Whole steps up to which powers are kept, either side of 0. */
const NEAR = 4_096

/**
 * Gives 2 to the power of `steps / whole`, for whole numbers of steps. Counters ask for the same few again and again, and working one
 * out takes as long as reading a counter: those of up to 4,096 steps are kept.
 */
export function powersOfTwo(whole: number): (steps: number) => number {
  const kept = new Float64Array(2 * NEAR + 1)
  return (steps) => {
    if (steps < -NEAR || steps > NEAR) return 2 ** (steps / whole)
    const known = kept[steps + NEAR] ?? 0
    if (known > 0) return known
    const power = 2 ** (steps / whole)
    kept[steps + NEAR] = power
    return power
  }
}
