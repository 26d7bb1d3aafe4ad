import { z } from 'zod'
import { EventKind, EventOutcome, Factor } from './access-event.ts'
import { NotAssessedCode } from './context.ts'

/** What to do about an event. */
export const DECISIONS = ['allow', 'challenge', 'deny'] as const
export const Decision = z.enum(DECISIONS)
export type Decision = z.infer<typeof Decision>

/** How common a value is: frequent, infrequent, rare, or never seen. */
export const RARITIES = ['frequent', 'infrequent', 'rare', 'unseen'] as const
export const Rarity = z.enum(RARITIES)
export type Rarity = z.infer<typeof Rarity>

/** One signed contribution to a score, in nats. The points of all reasons of a full explanation add up to the score. */
export const Reason = z.object({
  code: z
    .string()
    .describe('stable name of the feature or rule, e.g. country or impossible_travel'),
  points: z.number().describe('nats; positive is stranger'),
  text: z.string().describe('the same in plain words'),
  value: z.string().optional().describe('the value that was judged, printable'),
  self: Rarity.optional().describe('how common the value is for this identity'),
  tenant: Rarity.optional().describe('how common the value is in the organisation'),
  techniques: z.array(z.string()).optional().describe('MITRE ATT&CK ids'),
  parts: z
    .array(z.object({ code: z.string(), points: z.number() }))
    .optional()
    .describe(
      'what the points are made of: the surprise itself and what members of the ensemble make of it; of a member, what is no surprise. Together they are the points',
    ),
})
export type Reason = z.infer<typeof Reason>

/** A place on Earth with what the map and the travel sentence need. Times in ms, UTC; distance in km. */
export const TravelLeg = z.object({
  from: z.object({
    lat: z.number(),
    long: z.number(),
    city: z.string().optional(),
    country: z.string().optional(),
    time: z.number(),
  }),
  to: z.object({
    lat: z.number(),
    long: z.number(),
    city: z.string().optional(),
    country: z.string().optional(),
    time: z.number(),
  }),
  distance_km: z.number(),
  min_distance_km: z.number().describe('after taking off both radii of uncertainty'),
  speed_kmh: z.number().describe('lowest speed that explains the move'),
})
export type TravelLeg = z.infer<typeof TravelLeg>

/** What became of a challenge. */
export const CHALLENGE_OUTCOMES = ['passed', 'failed', 'abandoned'] as const

/** How the one who was challenged answered; `time` is when it was reported, ms UTC. */
export const Challenge = z.object({
  outcome: z.enum(CHALLENGE_OUTCOMES),
  factor: Factor.optional().describe('what was asked for'),
  time: z.number(),
})
export type Challenge = z.infer<typeof Challenge>

/** Why a verdict that had been given was given anew, and what it had said. */
export const Amendment = z.object({
  why: z
    .enum(['late_event', 'new_evidence'])
    .describe('an event before it came late; or later evidence of the organisation'),
  risk: z.number().describe('risk as it was first judged'),
  decision: Decision.describe('decision as it was first answered'),
})
export type Amendment = z.infer<typeof Amendment>

/**
 * What decision and alert rest on besides the risk, so that another policy can be tried on a stored verdict. `always`: findings
 * raise an alert whatever the risk; `challenged`: they do where the event is challenged. `shift` is added to the risk for alerts.
 */
export const Basis = z.object({
  named: z.enum(['always', 'challenged']).optional(),
  shift: z.number().optional(),
  harmless: z.literal(true).optional().describe('let nobody in: alone it raises no alert'),
  group: z.string().optional().describe('alert that the leading finding would join'),
  rule: z.string().optional().describe('code of the leading finding'),
  severity: z.enum(['low', 'medium', 'high', 'critical']).optional().describe('of that finding'),
})
export type Basis = z.infer<typeof Basis>

/**
 * The judgement of one event. `score` is continuous, higher is stranger, comparable within a tenant (nats).
 * `risk` 0-100 is calibrated: 50 means 1 benign event in 100 is at least as strange, 75 one in 1,000, 100 one in 10,000.
 * `probability` 0-1 that this is an attack, at the tenant's assumed prevalence.
 */
export const Verdict = z.object({
  uid: z.string(),
  time: z.number(),
  entity: z.string(),
  entity_name: z.string(),
  kind: EventKind,
  outcome: EventOutcome,
  activity: z.string(),
  score: z.number(),
  risk: z.number().min(0).max(100),
  probability: z.number().min(0).max(1),
  decision: Decision,
  reasons: z.array(Reason),
  not_assessed: z.array(NotAssessedCode),
  counterfactual: z.string().optional(),
  travel: TravelLeg.optional(),
  models: z.number().int().optional().describe('version of the models that judged'),
  challenge: Challenge.optional().describe('what became of the challenge, where it was told'),
  basis: Basis.optional().describe('of events with risk 50 or more or with findings'),
  amended: Amendment.optional().describe('present where the verdict was given anew'),
})
export type Verdict = z.infer<typeof Verdict>

/** One line of `gatewatch score --out`: stable, one per event. */
export const VerdictLine = z.object({
  uid: z.string(),
  time: z.string().describe('ISO 8601, UTC'),
  entity: z.string(),
  kind: EventKind,
  outcome: EventOutcome,
  score: z.number(),
  risk: z.number(),
  decision: Decision,
  reasons: z.array(z.object({ code: z.string(), points: z.number(), text: z.string() })),
  not_assessed: z.array(NotAssessedCode),
})
export type VerdictLine = z.infer<typeof VerdictLine>

const rounded = (value: number, places: 100 | 10_000): number => Math.round(value * places) / places

/** The stable line of a verdict: score and points to four decimals, risk to two. */
export function verdictLine(verdict: Verdict): VerdictLine {
  return {
    uid: verdict.uid,
    time: new Date(verdict.time).toISOString(),
    entity: verdict.entity,
    kind: verdict.kind,
    outcome: verdict.outcome,
    score: rounded(verdict.score, 10_000),
    risk: rounded(verdict.risk, 100),
    decision: verdict.decision,
    reasons: verdict.reasons.map(({ code, points, text }) => ({
      code,
      points: rounded(points, 10_000),
      text,
    })),
    not_assessed: verdict.not_assessed,
  }
}
