import { fault } from '../errors.ts'
import type { Published, Stream, Taken, Taker } from '../ports/stream.ts'

/**
 * The stream of a single process, which keeps nothing: events go to the worker at once, and publishing resolves after their
 * commit, with what became of each. A failure is the sender's to try again, and so is having no worker.
 */
export function directStream(): Stream {
  const running = new Set<Promise<readonly Taken[]>>()
  let worker: Taker | null = null
  let waiting = 0
  return {
    async publish(tenant, events) {
      if (worker === null) throw fault('store_unavailable', 'Nobody takes events here.')
      const taking = worker.take(tenant, events)
      running.add(taking)
      waiting += events.length
      const taken = await taking
      running.delete(taking)
      waiting -= events.length
      const published: Published[] = []
      for (const one of taken) {
        if (one.kind === 'failed') throw one.error
        published.push(one)
      }
      return published
    },
    work(taker) {
      worker = taker
      return {
        async stop() {
          worker = null
          await Promise.all(running)
        },
      }
    },
    lag: async () => waiting,
    close: async () => {},
  }
}
