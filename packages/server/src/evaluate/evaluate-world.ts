import { createWorld } from '@gatewatch/simulator'
import { worldLookups } from './lookups.ts'
import { type Evaluation, evaluate } from './measure.ts'
import { runTrial } from './run.ts'

/** A world to be judged, and for how many of its days only to learn. */
export type WorldToEvaluate = Evaluation['options']

/** Monday 6 January 2025: worlds begin after the holidays. */
const START = Date.UTC(2025, 0, 6)

/**
 * Simulates a world, plays it through the engine and the baselines, and measures them all.
 * @throws RangeError where nothing would be left after the warm-up, or for sizes that make no world.
 */
export function evaluateWorld(
  options: WorldToEvaluate,
  progress?: (events: number, day: number) => void,
): Evaluation {
  const { seed, people, days, warmUp, family = 'offices' } = options
  if (!(warmUp >= 0 && warmUp < days)) {
    throw new RangeError(
      `the warm-up must be shorter than the ${days} days of the world, not ${warmUp}`,
    )
  }
  const world = createWorld({ family, seed, people, days, start: START })
  const trial = runTrial(world.events(), {
    start: START,
    days,
    warmUp,
    seed,
    lookups: worldLookups(world),
    ...(progress === undefined ? {} : { progress }),
  })
  return evaluate(trial, options)
}
