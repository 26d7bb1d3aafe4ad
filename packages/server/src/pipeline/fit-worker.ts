import { parentPort, workerData } from 'node:worker_threads'
import { fitEncoded } from '@gatewatch/engine'

// A thread of its own: samples and seed come in, each member's bytes go out.
const { training, seed } = workerData as { training: Uint8Array; seed: number }
parentPort?.postMessage(fitEncoded(training, seed))
