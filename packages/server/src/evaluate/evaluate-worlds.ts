import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Evaluation, WorldOptions } from './measure.ts'
import type { WorkerMessage } from './world-worker.ts'

/** Most worlds played at once: each takes a core and up to half a gigabyte. */
const MOST_AT_ONCE = 4

/**
 * Evaluates worlds, as many at once as there are cores (at most four), each in a thread of its own; results in the order of
 * the worlds. `progress` gets the days played of all worlds together. Rejects with the first error and stops the rest.
 */
export async function evaluateWorlds(
  worlds: readonly WorldOptions[],
  progress: (days: number) => void = () => {},
): Promise<Evaluation[]> {
  const days = worlds.map(() => 0)
  const results: Evaluation[] = []
  const running = new Set<Worker>()
  const waiting = worlds.entries()
  const lanes = Math.min(MOST_AT_ONCE, availableParallelism(), worlds.length)
  const told = (at: number, day: number) => {
    days[at] = day
    progress(days.reduce((sum, one) => sum + one, 0))
  }

  async function lane(): Promise<void> {
    for (const [at, world] of waiting) {
      results[at] = await play(world, running, (day) => told(at, day))
      told(at, world.days)
    }
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    await Promise.all([...running].map((worker) => worker.terminate()))
  }
  return results
}

function play(
  world: WorldOptions,
  running: Set<Worker>,
  progress: (day: number) => void,
): Promise<Evaluation> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./world-worker.ts', import.meta.url), { workerData: world })
    running.add(worker)
    worker.on('message', (message: WorkerMessage) => {
      if ('evaluation' in message) resolve(message.evaluation)
      else progress(message.day)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      running.delete(worker)
      if (code !== 0) reject(new Error(`a world's thread ended with code ${code}`))
    })
  })
}
