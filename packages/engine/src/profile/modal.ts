import { FIRST_SLOT, SLOTS } from './layout.ts'
import type { Profile } from './profile.ts'
import { isTrusted } from './slots.ts'

/** Hash of the trusted value that an identity shows most of a feature; 0 where it has none. */
export function modalValue(profile: Profile, feature: number): number {
  const { u32, f32 } = profile
  let best = 0
  let most = 0
  const end = SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0)
  for (let at = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0); at < end; at += 3) {
    const count = f32[at + 1] ?? 0
    if (u32[at] === 0 || count <= most || !isTrusted(profile, at)) continue
    best = u32[at] ?? 0
    most = count
  }
  return best
}
