/** A stream of numbers in [0, 1), wholly determined by its seed. */
export type Random = () => number

/**
 * Seeded generator sfc32 (Doty-Humphrey, PractRand), four 32-bit words of state filled from the seed by
 * splitmix32. Good enough for sampling and splits; not for secrets.
 */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0
  const word = (): number => {
    mix = (mix + 0x9e3779b9) | 0
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) | 0
  }
  let a = word()
  let b = word()
  let c = word()
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }
  // neighbouring seeds part ways after a few steps
  for (let step = 0; step < 12; step++) next()
  return next
}

/** Puts entries into a random order (Fisher-Yates). */
export function shuffle(order: Uint32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const other = order[j] as number
    order[j] = order[i] as number
    order[i] = other
  }
}
