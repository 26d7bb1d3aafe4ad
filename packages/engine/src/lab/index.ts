export {
  decodeIsolationForest,
  encodeIsolationForest,
  fitIsolationForest,
  type IsolationForest,
  isolationScore,
} from '../models/isolation-forest.ts'
export { createFreeman, type Freeman, type FreemanAttempt, type FreemanScore } from './freeman.ts'
export {
  averagePrecision,
  calibrationError,
  falseAlertsPerDay,
  type Ranking,
  rank,
  recallAt,
  recallInterval,
  rocAuc,
  thresholdAt,
} from './metrics.ts'
