import type { EnrichedEvent, Verdict } from '@gatewatch/schema'
import { assess, createAssessment } from './assess.ts'
import { isAuthentication, isFailedSignIn } from './features/read.ts'
import { teachLongMemory } from './learning/long-memory.ts'
import { teachShortMemory } from './learning/recent.ts'
import { teachCalibration, teachCampaigns, teachMarks } from './learning/tenant.ts'
import { unteach } from './learning/unteach.ts'
import { defaultModels } from './models/shipped.ts'
import type { Population, PopulationDelta } from './population/population.ts'
import type { Profile } from './profile/profile.ts'
import { FIFTHS } from './profile/slots.ts'
import type { Assessment } from './types.ts'

/** Risk up to which an event is learned whole, and the weight of one that raises an alert. */
const TRUSTED_RISK = 50

const ALERT_RISK = 75

const ALERTED_WEIGHT = 0.35

/**
 * Weight 0-1 with which an event may be learned: 1 below risk 50, falling to .35 at risk 75 and above, 0 for sign-ins that
 * were denied or failed and for time that lies ahead. A call that was made is a fact: a machine that moves must become
 * known in its new place, whatever was thought of its first calls from there.
 */
export function learningWeight(
  input: EnrichedEvent,
  assessment: Pick<Assessment, 'decision' | 'risk' | 'isFuture'>,
): number {
  const isDenied = assessment.decision === 'deny' && isAuthentication(input)
  if (isDenied || assessment.isFuture || isFailedSignIn(input)) return 0
  const above = (assessment.risk - TRUSTED_RISK) / (ALERT_RISK - TRUSTED_RISK)
  const weight = 1 - (1 - ALERTED_WEIGHT) * Math.max(0, Math.min(1, above))
  return Math.ceil(weight * FIFTHS) / FIFTHS
}

/**
 * What the event teaches: the profile in place, the tenant as additions to `delta`. Returns the weight learned, 0-1: the
 * gate's, unless it is given. A late event teaches the long memory only; one from the future teaches nothing and moves
 * no clock.
 */
export function learn(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  delta: PopulationDelta,
  weight = learningWeight(input, assessment),
): number {
  if (assessment.isFuture) return 0
  teachCampaigns(input, assessment, profile, delta)
  teachMarks(input, assessment, delta)
  teachCalibration(input, assessment, delta)
  const isNewAction = assessment.signals.newAction === true
  if (!assessment.isLate) teachShortMemory(input, assessment, profile, delta, weight, isNewAction)
  if (weight > 0) teachLongMemory(input, assessment, Math.round(weight * FIFTHS), profile, delta)
  return weight
}

/** The weight that the gate gave an event, told from its verdict: what to go back to where it was taught otherwise since. */
export function gateWeight(
  input: EnrichedEvent,
  { decision, risk, not_assessed }: Pick<Verdict, 'decision' | 'risk' | 'not_assessed'>,
): number {
  return learningWeight(input, { decision, risk, isFuture: not_assessed.includes('future_time') })
}

const scratch = createAssessment()

/**
 * Teaches (or, with a negative weight, takes back) what an event says for the long memory: after feedback. Short memory
 * and clocks stay. Weight between -1 and 1.
 */
export function teach(
  input: EnrichedEvent,
  weight: number,
  profile: Profile,
  delta: PopulationDelta,
  population: Population,
): void {
  assess(input, profile, population, defaultModels, scratch)
  if (scratch.isFuture) return
  const fifths = Math.round(Math.max(-1, Math.min(1, weight)) * FIFTHS)
  if (fifths > 0) teachLongMemory(input, scratch, fifths, profile, delta)
  else if (fifths < 0) unteach(input, scratch, -fifths, profile, delta)
}
