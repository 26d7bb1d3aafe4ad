export {
  decodeIsolationForest,
  encodeIsolationForest,
  fitIsolationForest,
  type IsolationForest,
  isolationScore,
} from '../models/isolation-forest.ts'
export { STRANGER } from '../population/rehearsals.ts'
export { calibrationError, type ReliabilityBin, reliability } from './calibration.ts'
export { createFreeman, type Freeman, type FreemanAttempt, type FreemanScore } from './freeman.ts'
export {
  averagePrecision,
  falseAlertsPerDay,
  partialAuc,
  type Ranking,
  rank,
  recallAt,
  rocAuc,
  thresholdAt,
} from './metrics.ts'
export { type Confusion, confusionAt, wilsonInterval } from './proportions.ts'
export { firstOfEach, type Interval, type Marks, recallIntervals, recallsAt } from './recall.ts'
