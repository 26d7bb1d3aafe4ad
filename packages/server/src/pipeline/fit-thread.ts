import { Worker } from 'node:worker_threads'

/** Fits members of the ensemble away from the thread that answers. */
export interface FitThread {
  /** Members' bytes, fitted on the bytes of `encodeTraining`. Calls wait for one another. Rejects when the fit does. */
  fit(training: Uint8Array, seed: number): Promise<readonly Uint8Array[]>
  /** Ends the thread; a fit that runs rejects. */
  close(): Promise<void>
}

/** A thread that starts at the first fit and keeps no process alive. */
export function fitThread(): FitThread {
  let worker: Worker | null = null
  let last: Promise<unknown> = Promise.resolve()

  function run(training: Uint8Array, seed: number): Promise<readonly Uint8Array[]> {
    worker ??= new Worker(new URL('./fit-worker.ts', import.meta.url))
    const current = worker
    return new Promise<readonly Uint8Array[]>((resolve, reject) => {
      const settle = () => {
        current.removeAllListeners()
        current.unref()
      }
      const fail = (error: Error) => {
        settle()
        if (worker === current) worker = null
        reject(error)
      }
      current.ref()
      current.once('message', (members: readonly Uint8Array[]) => {
        settle()
        resolve(members)
      })
      current.once('error', fail)
      current.once('exit', (code) => fail(new Error(`the fitting thread ended with code ${code}`)))
      current.postMessage({ training, seed })
    })
  }

  return {
    fit(training, seed) {
      const next = last.then(() => run(training, seed))
      last = next.catch(() => {})
      return next
    },
    async close() {
      await worker?.terminate()
      worker = null
    },
  }
}
