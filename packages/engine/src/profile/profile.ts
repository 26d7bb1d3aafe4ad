import { CLOCK, FIRST, TOTAL_WORDS } from './layout.ts'

/** One identity's learned behaviour: one buffer with views; layout.ts says what lies where. Not for reading by hand. */
export interface Profile {
  readonly u32: Uint32Array
  readonly f32: Float32Array
  readonly f64: Float64Array
  readonly u16: Uint16Array
}

function over(buffer: ArrayBuffer): Profile {
  return {
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
    u16: new Uint16Array(buffer),
  }
}

/** The profile of an identity that nothing is known of. */
export function createProfile(): Profile {
  return over(new ArrayBuffer(TOTAL_WORDS * 4))
}

/** An independent copy; changing one never shows in the other. */
export function copyProfile(profile: Profile): Profile {
  return over(profile.u32.slice().buffer)
}

/** ms since 1970 of the newest event the profile has taken in; 0 when empty. */
export function profileLastTime(profile: Profile): number {
  return profile.f64[CLOCK >> 1] ?? 0
}

/** ms since 1970 of the oldest event the profile has taken in; 0 when empty. */
export function profileFirstTime(profile: Profile): number {
  return profile.f64[FIRST >> 1] ?? 0
}
