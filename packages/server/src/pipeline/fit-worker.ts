import { parentPort, workerData } from 'node:worker_threads'
import { fitEncoded } from '@gatewatch/engine'
import type { FitOrder } from './fit-thread.ts'

// A thread of its own: samples, seed and what is switched on come in, each member's bytes go out.
const { training, seed, optional } = workerData as FitOrder
parentPort?.postMessage(fitEncoded(training, seed, optional))
