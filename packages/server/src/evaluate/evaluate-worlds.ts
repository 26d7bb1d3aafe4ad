import { inThreads } from './in-threads.ts'
import type { Evaluation, WorldOptions } from './measure.ts'

/** Most worlds played at once: each takes a core and up to half a gigabyte. */
const MOST_AT_ONCE = 4

/**
 * Evaluates worlds, as many at once as there are cores (at most four), each in a thread of its own; results in the order of
 * the worlds. `progress` gets the days played of all worlds together. Rejects with the first error and stops the rest.
 */
export function evaluateWorlds(
  worlds: readonly WorldOptions[],
  progress: (days: number) => void = () => {},
): Promise<Evaluation[]> {
  const days = worlds.map(() => 0)
  const script = new URL('./world-worker.ts', import.meta.url)
  return inThreads(script, worlds, MOST_AT_ONCE, (at, day) => {
    days[at] = day
    progress(days.reduce((sum, one) => sum + one, 0))
  })
}
