import { createWorld, type SimulatedEvent } from '@gatewatch/simulator'
import { worldLookups } from './lookups.ts'
import { type Evaluation, evaluate, RATES, type WorldOptions } from './measure.ts'
import { watchActivity } from './measure-activity.ts'
import { watchCampaigns } from './measure-campaigns.ts'
import { INJECTED } from './measure-causes.ts'
import { watchFound } from './measure-found.ts'
import { watchTakeovers } from './measure-takeovers.ts'
import { runTrial } from './run.ts'

/** Monday 6 January 2025: worlds begin after the holidays. */
const START = Date.UTC(2025, 0, 6)

/** Naive ones are a tenth of all attacks; so many are made that enough are left. */
const EASY_ATTACKS = 10

/**
 * Simulates a world, plays it through the engine and the baselines, and measures them all.
 * @throws RangeError where nothing would be left after the warm-up, or for sizes that make no world.
 */
export function evaluateWorld(
  options: WorldOptions,
  progress?: (events: number, day: number) => void,
): Evaluation {
  const { seed, people, days, warmUp, family = 'offices', isEasy = false, models = [] } = options
  if (!(warmUp >= 0 && warmUp < days)) {
    throw new RangeError(
      `the warm-up must be shorter than the ${days} days of the world, not ${warmUp}`,
    )
  }
  const world = createWorld({
    family,
    seed,
    people,
    days,
    start: START,
    ...(isEasy ? { attacks: EASY_ATTACKS } : {}),
  })
  // each measures a section of its own while the world is played: add yours here, and to `Sections`
  const activity = watchActivity(RATES)
  const found = watchFound()
  const campaigns = watchCampaigns(days - warmUp, people)
  const takeovers = watchTakeovers()
  const trial = runTrial(isEasy ? naiveOnly(world.events()) : world.events(), {
    start: START,
    days,
    warmUp,
    seed,
    types: isEasy ? [] : Object.keys(INJECTED),
    models,
    lookups: worldLookups(world),
    observers: [activity, found, campaigns, takeovers],
    ...(progress === undefined ? {} : { progress }),
  })
  const title = `${family}, seed ${seed}${isEasy ? ', only naive attacks' : ''}, ${people} people, ${days} days, the first ${warmUp} as warm-up${models.length > 0 ? `, with ${models.join(', ')}` : ''}`
  return evaluate(
    trial,
    { title, world: options, people, seed },
    {
      activity: activity.finish(),
      found: found.finish(),
      campaigns: campaigns.finish(),
      takeovers: takeovers.finish(),
    },
  )
}

/** The world with everything of other attackers left out, before anybody sees it. */
function* naiveOnly(events: Iterable<SimulatedEvent>): Generator<SimulatedEvent> {
  for (const one of events)
    if (one.truth.label === 'benign' || one.truth.label === 'naive') yield one
}
