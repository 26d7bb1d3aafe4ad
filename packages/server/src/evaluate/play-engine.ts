import {
  type Assessment,
  applyDelta,
  assess,
  createAssessment,
  createDelta,
  createPopulation,
  createProfile,
  decide,
  defaultModels,
  defaultPolicy,
  learn,
  type Profile,
  teach,
} from '@gatewatch/engine'
import { createWorld, type Truth, type WorldOptions } from '@gatewatch/simulator'
import { enrich } from '../pipeline/enrich.ts'
import { worldLookups } from './lookups.ts'

/** A successful sign-in as the engine judged it, before anybody hears what it was. */
export interface PlayedSignIn {
  readonly assessment: Readonly<Assessment>
  readonly time: number
  readonly truth: Truth
}

/**
 * Plays a world through the engine alone, as it is shipped. `see` hears of every successful sign-in; what it returns is
 * what a person says of it at once: 'safe' teaches it whole, null leaves it as it was learned.
 */
export function playEngine(options: WorldOptions, see: (one: PlayedSignIn) => 'safe' | null): void {
  const world = createWorld(options)
  const lookups = worldLookups(world)
  const population = createPopulation(new Uint8Array(16).fill(options.seed))
  const profiles = new Map<string, Profile>()
  const assessment = createAssessment()
  for (const { event, truth } of world.events()) {
    const input = enrich(event, lookups)
    const profile = profiles.get(input.entity.key) ?? createProfile()
    profiles.set(input.entity.key, profile)
    assess(input, profile, population, defaultModels, assessment)
    decide(input, assessment, defaultPolicy)
    const stage = event.auth?.stage
    const counts =
      event.class_uid === 3002 &&
      event.status_id === 1 &&
      (stage === 'primary' || stage === 'session')
    const said = counts ? see({ assessment, time: event.time, truth }) : null
    const delta = createDelta()
    const learned = learn(input, assessment, profile, delta)
    if (said === 'safe') teach(input, 1 - learned, profile, delta, population)
    applyDelta(population, delta)
  }
}
