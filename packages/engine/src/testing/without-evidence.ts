import { SESSION_EVIDENCE, SESSION_PEAK } from '../profile/layout.ts'
import { copyProfile, type Profile } from '../profile/profile.ts'

/**
 * A copy of a profile without the evidence of its running session: nats of scores, which hang on what the organisation knew
 * when they were given. What is left is the same however the same events came.
 */
export function withoutEvidence(profile: Profile): Profile {
  const copy = copyProfile(profile)
  copy.u32.fill(0, SESSION_EVIDENCE, SESSION_EVIDENCE + 2)
  copy.u32[SESSION_PEAK] = 0
  return copy
}
