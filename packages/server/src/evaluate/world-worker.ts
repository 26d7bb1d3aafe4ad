import { parentPort, workerData } from 'node:worker_threads'
import { evaluateWorld } from './evaluate-world.ts'
import type { WorldOptions } from './measure.ts'

/** What a worker says: how far it is, in days of its world; at the end, what came of it. */
export type WorkerMessage =
  | { readonly day: number }
  | { readonly evaluation: ReturnType<typeof evaluateWorld> }

const say = (message: WorkerMessage) => parentPort?.postMessage(message)

// handed over by evaluate-worlds.ts of this very build
const evaluation = evaluateWorld(workerData as WorldOptions, (_, day) => say({ day }))
say({ evaluation })
