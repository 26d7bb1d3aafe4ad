import {
  applyDelta,
  createDelta,
  createPopulation,
  createProfile,
  judge,
  type Models,
  type Profile,
} from '@gatewatch/engine'
import type { PastEvent } from '../../ports/reader.ts'
import { inSteps } from '../in-steps.ts'
import type { Tuned } from './compile.ts'

/** Events between two pauses: about two milliseconds. */
const STEP = 50

/**
 * Judges past events again from nothing, oldest first, with what is tuned and with these models: the same events with other verdicts.
 * `hashKey`: the tenant's.
 */
export function replayPast(
  events: readonly PastEvent[],
  tuned: Tuned,
  models: Models,
  hashKey: Uint8Array,
): Promise<readonly PastEvent[]> {
  return inSteps(judged(events, tuned, models, hashKey))
}

function* judged(
  events: readonly PastEvent[],
  tuned: Tuned,
  models: Models,
  hashKey: Uint8Array,
): Generator<void, readonly PastEvent[], void> {
  const population = createPopulation(hashKey)
  const profiles = new Map<string, Profile>()
  const again: PastEvent[] = []
  for (const [index, past] of events.entries()) {
    if (index % STEP === STEP - 1) yield
    const input = tuned.owned(withoutOwner(past.input), past.input.event.time)
    let profile = profiles.get(input.entity.key)
    if (profile === undefined) {
      profile = createProfile()
      profiles.set(input.entity.key, profile)
    }
    const delta = createDelta()
    const policy = tuned.policyOf(input)
    const { verdict } = judge(input, profile, population, models, policy, delta)
    applyDelta(population, delta)
    again.push({ key: past.key, input, verdict })
  }
  return again
}

/** What was said of a network when the event came is not what is said of it now. */
function withoutOwner(input: PastEvent['input']): PastEvent['input'] {
  const { network } = input.context
  if (network?.own === undefined) return input
  const { own: _, ...rest } = network
  return { ...input, context: { ...input.context, network: rest } }
}
