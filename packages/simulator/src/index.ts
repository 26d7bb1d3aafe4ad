export {
  ADA,
  DEMO_NAME,
  type DemoOrganisation,
  demoHistory,
  demoLive,
  demoOrganisation,
} from './demo.ts'
export { ATTACK_TYPES, type AttackType, type SimulatedEvent, type Truth } from './truth.ts'
export { DRIFT_WEEKS, type DriftWeek, POISON_DAYS } from './weeks.ts'
export {
  type AddressFacts,
  createWorld,
  FAMILIES,
  type Family,
  type Resident,
  type World,
  type WorldOptions,
} from './world.ts'
export { writeCanonical } from './writers/canonical.ts'
export { writeCloudTrail, writeCloudTrailLines } from './writers/cloudtrail.ts'
export { writeEntra } from './writers/entra.ts'
export { type Piece, TRUTH_HEADER, truthLine, type Writer } from './writers/piece.ts'
export { writeRba } from './writers/rba.ts'
