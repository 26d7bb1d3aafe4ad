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
import { isSignIn } from './run.ts'

/** A successful sign-in as the engine judged it, before anybody hears what it was. */
export interface PlayedSignIn {
  readonly assessment: Readonly<Assessment>
  readonly input: EnrichedEvent
  readonly time: number
  readonly truth: Truth
}

/** Events between two looks at whether members are to be fitted anew. */
const LOOK_EVERY = 500

/** An event as the engine judged it. The assessment is used again for the next. */
export interface PlayedEvent {
  readonly input: EnrichedEvent
  readonly assessment: Readonly<Assessment>
  /** Is it a successful sign-in of somebody? */
  readonly isSignIn: boolean
}

/** The engine alone, as it is shipped, in memory. */
export interface Play {
  /**
   * Judges and learns an event; events must come in order of time. What `see` returns is what a person says of it at once:
   * 'safe' teaches it whole and is what feedback is fitted on, null leaves it as it was learned.
   */
  take(input: EnrichedEvent, see: (one: PlayedEvent) => 'safe' | null): void
}

/** Plays from a cold start. */
export function startPlay(seed: number): Play {
  const population = createPopulation(new Uint8Array(16).fill(seed))
  const profiles = new Map<string, Profile>()
  const assessment = createAssessment()
  let models = defaultModels
  let events = 0
  return {
    take(input, see) {
      const { event } = input
      const { key } = input.entity
      const profile = profiles.get(key) ?? createProfile()
      profiles.set(key, profile)
      assess(input, profile, population, models, assessment)
      decide(input, assessment, defaultPolicy)
      const said = see({ input, assessment, isSignIn: isSignIn(event) })
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
    },
  }
}

/**
 * Plays a world through the engine alone. `see` hears of every successful sign-in, and answers as in `Play.take`. `change`
 * alters events before they are judged.
 */
export function playEngine(
  options: WorldOptions,
  see: (one: PlayedSignIn) => 'safe' | null,
  change: (input: EnrichedEvent, truth: Truth) => EnrichedEvent = (input) => input,
): void {
  const world = createWorld(options)
  const lookups = worldLookups(world)
  const play = startPlay(options.seed)
  for (const { event, truth } of world.events()) {
    play.take(change(enrich(event, lookups), truth), ({ input, assessment, isSignIn: counts }) =>
      counts ? see({ assessment, input, time: event.time, truth }) : null,
    )
  }
}
