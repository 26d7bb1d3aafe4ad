/** The two 32-bit words of a tenant's hashing secret. */
export interface HashKey {
  readonly k0: number
  readonly k1: number
}

/** Longer strings are hashed by their first units and their length, so that hostile ones cost no more. */
const MOST_UNITS = 1024

/**
 * Reads a hashing secret. At least 16 bytes; both halves are folded into the 64 bits that the hash takes.
 * @throws RangeError when the secret is shorter.
 */
export function hashKey(secret: Uint8Array): HashKey {
  if (secret.length < 16) {
    throw new RangeError(
      `the tenant's hash key has ${secret.length} bytes; give it 16 random bytes`,
    )
  }
  const view = new DataView(secret.buffer, secret.byteOffset, 16)
  return {
    k0: (view.getUint32(0, true) ^ view.getUint32(8, true)) >>> 0,
    k1: (view.getUint32(4, true) ^ view.getUint32(12, true)) >>> 0,
  }
}

/**
 * Keyed 32-bit hash of a string under a label and a parent's hash: HalfSipHash-2-4 (Aumasson and Bernstein) over
 * [label, parent, the UTF-16 units two to a word, length]. Never 0, which stands for "no value". Values cannot be made
 * to collide without the key; two values collide by chance with probability 2^-32.
 */
export function keyedHash(key: HashKey, label: number, parent: number, text: string): number {
  let v0 = key.k0 | 0
  let v1 = key.k1 | 0
  let v2 = 0x6c796765 ^ key.k0
  let v3 = 0x74656462 ^ key.k1
  const units = Math.min(text.length, MOST_UNITS)
  const words = (units + 1) >> 1
  // words -2 and -1 are label and parent; the last is the length
  for (let i = -2; i <= words; i++) {
    let m = text.length
    if (i >= 0 && i < words) {
      const at = i << 1
      m = text.charCodeAt(at)
      if (at + 1 < units) m |= text.charCodeAt(at + 1) << 16
    } else if (i < 0) m = (i === -2 ? label : parent) | 0
    v3 ^= m
    // two rounds, written out: in a loop they take almost twice as long
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= m
  }
  v2 ^= 0xff
  for (let r = 0; r < 4; r++) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  const hash = (v1 ^ v3) >>> 0
  return hash === 0 ? 1 : hash
}
