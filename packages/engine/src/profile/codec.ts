import { ByteReader, ByteWriter } from '../bytes.ts'
import { REMEMBERED } from '../features/catalogue.ts'
import {
  ACTIONS,
  AMOUNTS,
  FIRST_SLOT,
  FIXED_WORDS,
  SESSION_START,
  SESSION_SUMS,
  SLOTS,
  SLOW_OBJECTS,
  USED,
} from './layout.ts'
import { createProfile, type Profile } from './profile.ts'

/** First bytes of a profile record: what it is, and the layout's version. */
const MAGIC = 0xb1
const VERSION = 6
/** Set in the version's byte where the last actions stand at the end. */
const ACTED = 0x80
/** Before it nothing was known of the management of devices. */
const UNMANAGED = 5
/** Before that objects that were only listed or changed counted too, refusals had sums of their own, and there was one word less. */
const ALL_OBJECTS = 4

/**
 * A profile as bytes: header, a bit for each fixed word that is not 0 and those words, then for each feature its slots.
 * Always under 2,000 bytes; equal profiles give equal bytes.
 */
export function encodeProfile(profile: Profile): Uint8Array {
  const { u32 } = profile
  const out = new ByteWriter()
  out.u8(MAGIC)
  const acted = u32[ACTIONS] !== 0
  out.u8(acted ? VERSION | ACTED : VERSION)
  for (let base = 0; base < FIXED_WORDS; base += 8) {
    let bits = 0
    for (let i = 0; i < 8; i++) if (base + i < FIXED_WORDS && u32[base + i] !== 0) bits |= 1 << i
    out.u8(bits)
  }
  for (let i = 0; i < FIXED_WORDS; i++) if (u32[i] !== 0) out.u32(u32[i] ?? 0)
  for (let feature = 0; feature < REMEMBERED; feature++) {
    const from = FIRST_SLOT[feature] ?? 0
    const slots = (FIRST_SLOT[feature + 1] ?? 0) - from
    let used = 0
    for (let slot = 0; slot < slots; slot++) {
      if (u32[SLOTS + 3 * (from + slot)] !== 0) used += 2 ** slot
    }
    // which slots are used, not how many: sums are taken in slot order, and must come out the same to the bit
    out.varint(used)
    for (let slot = 0; slot < slots; slot++) {
      const at = SLOTS + 3 * (from + slot)
      if (u32[at] === 0) continue
      for (let word = 0; word < 3; word++) out.u32(u32[at + word] ?? 0)
    }
  }
  if (acted) for (let word = 0; word < 2; word++) out.u32(u32[ACTIONS + word] ?? 0)
  return out.finish()
}

/**
 * Reads a profile's bytes.
 * @throws RangeError when they are damaged, cut, or of another version.
 */
export function decodeProfile(bytes: Uint8Array): Profile {
  const input = new ByteReader(bytes, 'a profile')
  if (input.u8() !== MAGIC) throw new RangeError('these bytes are not a profile')
  const first = input.u8()
  const version = first & ~ACTED
  if (version !== VERSION && version !== UNMANAGED && version !== ALL_OBJECTS) {
    throw new RangeError(
      `a profile of version ${version} cannot be read by this build, which knows versions ${VERSION}, ${UNMANAGED} and ${ALL_OBJECTS}; use the build that wrote it, or let the profile be learned anew`,
    )
  }
  const profile = createProfile()
  const { u32 } = profile
  const features = version === VERSION ? REMEMBERED : REMEMBERED - 1
  const missing = 2 * (REMEMBERED - features)
  const words = FIXED_WORDS - missing - (version === ALL_OBJECTS ? 1 : 0)
  const bits: number[] = []
  for (let base = 0; base < words; base += 8) bits.push(input.u8())
  for (let i = 0; i < words; i++) {
    if (((bits[i >> 3] ?? 0) >> (i & 7)) & 1) u32[i] = input.u32()
  }
  if (missing > 0) u32.copyWithin(SLOW_OBJECTS, SLOW_OBJECTS - missing, SLOW_OBJECTS - missing + 1)
  if (missing > 0) u32.fill(0, SLOW_OBJECTS - missing, SLOW_OBJECTS)
  // what sessions were measured by: the running one is over, and what is usual is learned anew
  if (version === ALL_OBJECTS) u32.fill(0, SESSION_START, SESSION_SUMS + 1 + 3 * AMOUNTS)
  for (let feature = 0; feature < features; feature++) {
    const from = FIRST_SLOT[feature] ?? 0
    const slots = (FIRST_SLOT[feature + 1] ?? 0) - from
    const used = input.varint()
    if (used >= 2 ** slots)
      throw new RangeError('a profile has a slot that its layout does not know')
    for (let slot = 0; slot < slots; slot++) {
      if ((used & (1 << slot)) === 0) continue
      for (let word = 0; word < 3; word++) u32[SLOTS + 3 * (from + slot) + word] = input.u32()
      u32[USED] = (u32[USED] ?? 0) + 1
    }
  }
  if (version !== first) for (let word = 0; word < 2; word++) u32[ACTIONS + word] = input.u32()
  input.finish()
  return profile
}
