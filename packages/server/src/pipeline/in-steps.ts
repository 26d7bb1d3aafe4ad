import { setImmediate } from 'node:timers/promises'

/** Runs work of the engine that pauses every millisecond or so: whatever waits goes first at each pause. */
export async function inSteps<T>(steps: Generator<void, T, void>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await setImmediate()
  }
}
