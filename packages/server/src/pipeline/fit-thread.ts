import { Worker } from 'node:worker_threads'
import type { FittedMembers } from '@gatewatch/engine'
import type { OptionalMember } from '@gatewatch/engine/lab'

/** What a fit is made of: the bytes of `encodeTraining`, a seed, and members switched on beside those that ship. */
export interface FitOrder {
  readonly training: Uint8Array
  readonly seed: number
  readonly optional: readonly OptionalMember[]
}

/** Fits members of the ensemble away from the thread that answers. */
export interface FitThread {
  /** Rejects when the fit does. */
  fit(order: FitOrder): Promise<FittedMembers>
  /** Ends fits that run; they reject. */
  close(): Promise<void>
}

/** A thread for each fit, gone when it is done: fits are minutes apart, and an idle thread would keep its memory. */
export function fitThread(): FitThread {
  const running = new Set<Worker>()
  return {
    async fit(order) {
      const worker = new Worker(new URL('./fit-worker.ts', import.meta.url), { workerData: order })
      running.add(worker)
      const { promise, resolve, reject } = Promise.withResolvers<FittedMembers>()
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the fitting thread ended with code ${code}`)))
      try {
        return await promise
      } finally {
        running.delete(worker)
      }
    },
    async close() {
      await Promise.all([...running].map((worker) => worker.terminate()))
    },
  }
}
