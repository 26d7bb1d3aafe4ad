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
  type EnrichedEvent,
  learn,
  membersAreDue,
  noteVerdict,
  type Profile,
  refitMembers,
  rehearse,
  settleScore,
  teach,
} from '@gatewatch/engine'
import { createWorld, type Truth, type WorldOptions } from '@gatewatch/simulator'
import { enrich } from '../pipeline/enrich.ts'
import { worldLookups } from './lookups.ts'

/** A successful sign-in as the engine judged it, before anybody hears what it was. */
export interface PlayedSignIn {
  readonly assessment: Readonly<Assessment>
  readonly input: EnrichedEvent
  readonly time: number
  readonly truth: Truth
}

/** Events between two looks at whether members are to be fitted anew. */
const LOOK_EVERY = 500

/**
 * Plays a world through the engine alone, as it is shipped. `see` hears of every successful sign-in; what it returns is
 * what a person says of it at once: 'safe' teaches it whole and is what feedback is fitted on, null leaves it as it was
 * learned. `change` alters events before they are judged.
 */
export function playEngine(
  options: WorldOptions,
  see: (one: PlayedSignIn) => 'safe' | null,
  change: (input: EnrichedEvent, truth: Truth) => EnrichedEvent = (input) => input,
): void {
  const world = createWorld(options)
  const lookups = worldLookups(world)
  const population = createPopulation(new Uint8Array(16).fill(options.seed))
  const profiles = new Map<string, Profile>()
  const assessment = createAssessment()
  let models = defaultModels
  let events = 0
  for (const { event, truth } of world.events()) {
    const input = change(enrich(event, lookups), truth)
    const { key } = input.entity
    const profile = profiles.get(key) ?? createProfile()
    profiles.set(key, profile)
    assess(input, profile, population, models, assessment)
    decide(input, assessment, defaultPolicy)
    const stage = event.auth?.stage
    const counts =
      event.class_uid === 3002 &&
      event.status_id === 1 &&
      (stage === 'primary' || stage === 'session')
    const said = counts ? see({ assessment, input, time: event.time, truth }) : null
    const delta = createDelta()
    rehearse(input, assessment, profile, population, delta)
    const learned = learn(input, assessment, profile, delta)
    applyDelta(population, delta)
    if (said !== null) {
      const verdict = createDelta()
      noteVerdict(key, event.time, said, event.time, population, verdict)
      const { score, risk, findings, notAssessed } = assessment
      const scored = { score, risk, reasons: findings, not_assessed: notAssessed }
      settleScore(input, scored, null, said, verdict)
      teach(input, 1 - learned, profile, verdict, population)
      applyDelta(population, verdict)
    }
    events++
    if ((said !== null || events % LOOK_EVERY === 0) && membersAreDue(population, models))
      models = refitMembers(population, models, events)
  }
}
