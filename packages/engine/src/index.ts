export type { EnrichedEvent } from '@gatewatch/schema'
export { assess, createAssessment } from './assess.ts'
export { attribute } from './attribute.ts'
export { riskOf } from './combine/calibrate.ts'
export { counterfactual } from './counterfactual.ts'
export {
  type AlertOutline,
  decide,
  decideAgain,
  defaultPolicy,
  draftAlert,
  STATED_RISK,
  UNUSUAL,
} from './decide.ts'
export { entityRisk, type RiskFinding } from './entity-risk.ts'
export { explain } from './explain.ts'
export { catalogue, type FeatureDefinition } from './features/catalogue.ts'
export { offsetMinutes } from './features/zone.ts'
export { habits } from './habits.ts'
export { judge, peek } from './judge.ts'
export { gateWeight, learn, teach } from './learn.ts'
export { rehearse, withdrawRehearsals } from './learning/rehearse.ts'
export { noteVerdict } from './learning/sample.ts'
export { isProven, type Settled, settleScore, vouch } from './learning/settle.ts'
export { settleContributions, withdraw } from './learning/unteach.ts'
export { flaggedSince, judgedSince, type NewlyFlagged, newlyFlagged } from './life/blame.ts'
export { cardInSteps } from './life/card.ts'
export { compareInSteps } from './life/compare.ts'
export { driftInSteps } from './life/drift.ts'
export { areWrong, gatesOf, isToBlame, outOfBounds, refusalOf } from './life/gates.ts'
export { softenInSteps } from './life/soften.ts'
export { newestSample, signInsSince } from './life/stream.ts'
export {
  decodeModels,
  encodeModels,
  encodeTraining,
  type FittedMembers,
  fitEncoded,
  fittedOn,
  membersAreDue,
  refit,
  refitHeadInSteps,
  refitMembers,
  withMembers,
} from './models/refit.ts'
export { defaultModels } from './models/shipped.ts'
export { decodeDelta, decodePopulation, encodeDelta, encodePopulation } from './population/codec.ts'
export { compactDelta } from './population/compact-delta.ts'
export { oppositeOf } from './population/delta.ts'
export {
  applyDelta,
  createDelta,
  createPopulation,
  mergeDelta,
  organisationZone,
} from './population/population.ts'
export { decodeSeen } from './population/seen.ts'
export { isCampaignKey } from './population/wave.ts'
export { changeOf, takeBackChange } from './profile/change.ts'
export { decodeProfile, encodeProfile } from './profile/codec.ts'
export { mergeProfiles } from './profile/merge.ts'
export { copyProfile, createProfile, profileFirstTime, profileLastTime } from './profile/profile.ts'
export { type Judges, retell, type StoredJudgement, type Telling } from './retell.ts'
export { type Rule, rules } from './rules/index.ts'
export type {
  AlertDraft,
  Assessment,
  Detector,
  DetectorInput,
  Finding,
  Judgement,
  Member,
  Models,
  Policy,
  Population,
  PopulationDelta,
  Profile,
  Signals,
} from './types.ts'
