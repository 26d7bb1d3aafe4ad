export { ACTION_CLASSES, actionClass, SEQUENCE } from '../features/action-class.ts'
export {
  decodeIsolationForest,
  encodeIsolationForest,
  fitIsolationForest,
  type IsolationForest,
  isolationScore,
} from '../models/isolation-forest.ts'
export { decodeMember } from '../models/members.ts'
export { type Random, seededRandom, shuffle } from '../models/random.ts'
export { fitTail, type TailTable, tailNats } from '../models/tail-table.ts'
export { VECTOR } from '../models/vector.ts'
export { STRANGER } from '../population/rehearsals.ts'
export type { Member } from '../types.ts'
export { calibrationError, type ReliabilityBin, reliability } from './calibration.ts'
export { type Dbscan, dbscanError, fitDbscan } from './dbscan.ts'
export {
  fitRandomForestMember,
  fitUnlabelled,
  type Judged,
  OPTIONAL_MEMBERS,
  type OptionalMember,
  UNLABELLED,
  type Unlabelled,
} from './fit-member.ts'
export { createFreeman, type Freeman, type FreemanAttempt, type FreemanScore } from './freeman.ts'
export { fitKMeans, type KMeans, kMeansError } from './k-means.ts'
export {
  beginSequence,
  decodeLstm,
  encodeLstm,
  fitLstm,
  type LearningStep,
  type Lstm,
  lossOf,
  readToken,
} from './lstm.ts'
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
export { type LabModel, MODEL_CARDS, type ModelCard } from './model-cards.ts'
export { fitPca, type Pca, pcaError, pcaPlace } from './pca.ts'
export { type Confusion, confusionAt, wilsonInterval } from './proportions.ts'
export { fitRandomForest, forestShare, type RandomForest } from './random-forest.ts'
export {
  type Bootstrap,
  firstOfEach,
  gainInterval,
  type Interval,
  type Marks,
  recallIntervals,
  recallsAt,
} from './recall.ts'
export {
  fitSequenceMember,
  type SequenceModel,
  sequenceMember,
  sequenceTail,
} from './sequence-member.ts'
