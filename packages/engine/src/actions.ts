import type { EnrichedEvent } from '@gatewatch/schema'
import { actionClass, SEQUENCE } from './features/action-class.ts'
import { isAuthentication } from './features/read.ts'
import { ACTIONS, CLOCK } from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import type { Assessment, Models } from './types.ts'

/** After so long (ms) without an action a sequence begins anew. */
const PAUSE = 7_200_000
const LAST = SEQUENCE - 1

/** Fills `out.actions` with the classes of the last actions and of this one, where models follow them; call it after `readEvent`. */
export function followActions(
  input: EnrichedEvent,
  profile: Profile,
  { followsActions }: Models,
  out: Assessment,
): void {
  const { actions } = out
  if (followsActions !== true || out.isLate || out.isFuture) {
    if (actions[LAST] !== 0) actions.fill(0)
    return
  }
  const goesOn = input.event.time - (profile.f64[CLOCK >> 1] ?? 0) <= PAUSE
  for (let back = 1; back < SEQUENCE; back++) {
    const byte = back - 1
    const word = profile.u32[ACTIONS + (byte >> 2)] ?? 0
    actions[LAST - back] = goesOn ? (word >>> (8 * (byte & 3))) & 0xff : 0
  }
  actions[LAST] = actionClass(input)
}

/** Does the order of actions say something of this one? Of a sign-in it does not. */
export function judgesActions(input: EnrichedEvent, { actions }: Assessment): boolean {
  return actions[LAST] !== 0 && !isAuthentication(input)
}

/** Keeps the last actions in the profile; nothing where they are not followed. */
export function teachActions({ actions }: Assessment, { u32 }: Profile): void {
  for (let word = 0; word < 2; word++) {
    let bytes = 0
    for (let k = 3; k >= 0; k--) bytes = (bytes << 8) | (actions[LAST - 4 * word - k] ?? 0)
    u32[ACTIONS + word] = bytes >>> 0
  }
}
