import { availableParallelism } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'

/** What a thread says: how far it is, in a unit of its job; at the end, what came of it. */
type Message<Result> = { readonly done: number } | { readonly result: Result }

/**
 * Runs jobs in threads of their own, as many at once as there are cores and at most `most`; results in the order of the jobs. `script`
 * answers with `answerJob`, `heard` gets how far each job is. Rejects with the first error and stops the rest.
 */
export async function inThreads<Job, Result>(
  script: URL,
  jobs: readonly Job[],
  most: number,
  heard: (at: number, done: number) => void,
): Promise<Result[]> {
  const results: Result[] = []
  const running = new Set<Worker>()
  const waiting = jobs.entries()

  async function lane(): Promise<void> {
    for (const [at, job] of waiting)
      results[at] = await run(script, job, running, (done) => heard(at, done))
  }
  try {
    const lanes = Math.min(most, availableParallelism(), jobs.length)
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    await Promise.all([...running].map((worker) => worker.terminate()))
  }
  return results
}

function run<Job, Result>(
  script: URL,
  job: Job,
  running: Set<Worker>,
  heard: (done: number) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: job })
    running.add(worker)
    worker.on('message', (message: Message<Result>) => {
      if ('result' in message) resolve(message.result)
      else heard(message.done)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      running.delete(worker)
      if (code !== 0) reject(new Error(`a thread ended with code ${code}`))
    })
  })
}

/** In a thread of `inThreads`: does its job and says what came of it. */
export function answerJob<Job, Result>(
  work: (job: Job, heard: (done: number) => void) => Result,
): void {
  const say = (message: Message<Result>) => parentPort?.postMessage(message)
  // handed over by inThreads of this very build
  say({ result: work(workerData as Job, (done) => say({ done })) })
}
