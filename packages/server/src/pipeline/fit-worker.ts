import { parentPort } from 'node:worker_threads'
import { fitEncoded } from '@gatewatch/engine'

/** A thread of its own that fits members of the ensemble: samples and seed come in, each member's bytes go out. */
parentPort?.on('message', ({ training, seed }: { training: Uint8Array; seed: number }) => {
  parentPort?.postMessage(fitEncoded(training, seed))
})
