import { createWorld } from '@gatewatch/simulator'
import { worldLookups } from './lookups.ts'
import { type Evaluation, evaluate, RATES, type WorldOptions } from './measure.ts'
import { watchActivity } from './measure-activity.ts'
import { watchCampaigns } from './measure-campaigns.ts'
import { watchFound } from './measure-found.ts'
import { runTrial } from './run.ts'

/** Monday 6 January 2025: worlds begin after the holidays. */
const START = Date.UTC(2025, 0, 6)

/**
 * Simulates a world, plays it through the engine and the baselines, and measures them all.
 * @throws RangeError where nothing would be left after the warm-up, or for sizes that make no world.
 */
export function evaluateWorld(
  options: WorldOptions,
  progress?: (events: number, day: number) => void,
): Evaluation {
  const { seed, people, days, warmUp, family = 'offices' } = options
  if (!(warmUp >= 0 && warmUp < days)) {
    throw new RangeError(
      `the warm-up must be shorter than the ${days} days of the world, not ${warmUp}`,
    )
  }
  const world = createWorld({ family, seed, people, days, start: START })
  // each measures a section of its own while the world is played: add yours here, and to `Sections`
  const activity = watchActivity(RATES)
  const found = watchFound()
  const campaigns = watchCampaigns(days - warmUp, people)
  const trial = runTrial(world.events(), {
    start: START,
    days,
    warmUp,
    seed,
    lookups: worldLookups(world),
    observers: [activity, found, campaigns],
    ...(progress === undefined ? {} : { progress }),
  })
  return evaluate(trial, options, {
    activity: activity.finish(),
    found: found.finish(),
    campaigns: campaigns.finish(),
  })
}
