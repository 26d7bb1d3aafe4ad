import { z } from 'zod'

const share = z.number().min(0).max(1)
const both = { active: z.number(), candidate: z.number() }

/** What a number was like among the sign-ins that a version was fitted on; `edges` part them into bins that hold about a tenth each. */
export const Spread = z.object({
  name: z.string(),
  missing: share.describe('share of sign-ins in which it is unknown'),
  mean: z.number().nullable().describe('null where it is never known'),
  sd: z.number().nullable(),
  edges: z.array(z.number()),
  shares: z.array(share).describe('of each bin; the last is that of the unknown'),
})
export type Spread = z.infer<typeof Spread>

/** What a version was made of. Times in ms, UTC. */
export const ModelCard = z.object({
  seed: z.number(),
  fitted: z.object({
    events: z.number().describe('events judged by then'),
    settled: z.number().describe('newest of people’s verdicts or erasures by then, seconds'),
  }),
  window: z.object({ from: z.number(), until: z.number() }).describe('sign-ins it was fitted on'),
  samples: z.object({
    ordinary: z.number().int(),
    uncommon: z.number().int(),
    judged: z.number().int(),
    rehearsals: z.number().int(),
  }),
  members: z.array(z.string()).describe('members of the ensemble that there was enough for'),
  switched_on: z
    .array(z.string())
    .optional()
    .describe('members asked for beside those that ship; absent in versions of older builds'),
  left: z
    .record(z.string(), z.string())
    .optional()
    .describe('those of them that there was not enough for, or that add nothing, with the reason'),
  head: z.enum(['shipped', 'fitted']),
  features: z.array(z.string()).describe('numbers that members read'),
  statistics: z.array(Spread),
  score: Spread.nullable().describe('of its own score, nats; null before the first sign-in'),
  novelty: z.record(z.string(), share).describe('how often each feature was new, by then'),
})
export type ModelCard = z.infer<typeof ModelCard>

/** Scores, nats, from which something is done, for identities with a history and without. */
const Line = z.object({ known: z.number(), newcomers: z.number() })

/** Two versions beside each other on the same sign-ins. Shares 0-1, scores in nats, times in ms, UTC. */
export const Comparison = z.object({
  from: z.number(),
  until: z.number(),
  scored: z.number().int().describe('sign-ins that were scored'),
  sign_ins: z.number().describe('how many of the stream they stand for'),
  held_out: z.boolean().describe('are all newer than what the candidate was fitted on?'),
  promised: share.describe('share of benign sign-ins at the challenge line or beyond, as promised'),
  flagged: z.object(both).describe('share that is there under each'),
  agreement: share.describe('share on the same side of that line under both'),
  shift: z.number().describe('mean score of the candidate less that of the active one'),
  broken: z.object(both).describe('scores that are no number'),
  confirmed: z.object({ count: z.number().int(), ...both }).describe('judged compromised: flagged'),
  safe: z.object({ count: z.number().int(), ...both }).describe('judged safe: flagged'),
  strangers: z
    .object({
      count: z.number().int(),
      active: z.number().nullable(),
      candidate: z.number().nullable(),
    })
    .describe('area under the ROC curve, rehearsed strangers against the sign-ins themselves'),
  line: Line.describe(
    'score from which sign-ins are challenged, of identities with a history and without',
  ),
  sequences: z
    .object({ count: z.number().int(), promised: share, share })
    .optional()
    .describe(
      'kept actions that the candidate’s model of their order was tried on, and the share it found as strange as one in a hundred is promised to be; absent where it has none',
    ),
  alerts: z
    .object({ promised: share, ...both, line: Line })
    .optional()
    .describe('the same at the alert line: shares, and where it lies; absent in older builds'),
})
export type Comparison = z.infer<typeof Comparison>

/** One condition of a promotion, and how it went. */
export const Gate = z.object({
  gate: z.enum([
    'finite',
    'flagged_share',
    'agreement',
    'score_shift',
    'confirmed',
    'safe',
    'strangers',
    'sequences',
  ]),
  passed: z.boolean(),
  text: z.string(),
})
export type Gate = z.infer<typeof Gate>

/** `shadow`: scored beside the active one; `retired`: was active, or was overtaken; `refused`: did worse. */
export const ModelState = z.enum(['shadow', 'active', 'refused', 'retired'])
export type ModelState = z.infer<typeof ModelState>

/** What became of people's sign-ins while a version was active, since it was promoted. */
export const Outcomes = z.object({
  judged: z.number().int(),
  challenged: z.number().int().describe('with the risk of a challenge or more'),
  alerted: z.number().int(),
})
export type Outcomes = z.infer<typeof Outcomes>

/** One version in the registry. What builds before the registry stored has neither card nor comparison. */
export const ModelVersion = z.object({
  version: z.number().int(),
  created: z.number(),
  state: ModelState,
  parent: z.number().int().nullable().describe('the version that was active when it was fitted'),
  replaced: z
    .number()
    .int()
    .nullable()
    .describe('the one it took over from; where a rollback leads'),
  card: ModelCard.nullable(),
  comparison: Comparison.nullable(),
  outcomes: Outcomes,
  decided: z.number().nullable(),
  by: z.string().nullable().describe('who or what put it in its state'),
  reason: z.string().nullable(),
})
export type ModelVersion = z.infer<typeof ModelVersion>

/** Something that happened to a version. */
export const ModelNote = z.object({
  time: z.number(),
  version: z.number().int(),
  change: z.enum(['fitted', 'promoted', 'refused', 'rolled_back']),
  by: z.string(),
  reason: z.string(),
})
export type ModelNote = z.infer<typeof ModelNote>

/** Answer of `GET /v1/models`: versions without their statistics, and the newest notes first. `active` is 1 for what ships. */
export const ModelList = z.object({
  active: z.number().int(),
  versions: z.array(
    ModelVersion.omit({ card: true, comparison: true }).extend({
      members: z.array(z.string()).nullable(),
    }),
  ),
  notes: z.array(ModelNote),
})
export type ModelList = z.infer<typeof ModelList>

/** Answer of `GET /v1/models/:version`: one version with all that is known of why it is where it is. */
export const ModelDetail = ModelVersion.extend({
  gates: z.array(Gate).describe('as they went in the stored comparison'),
  notes: z.array(ModelNote),
})
export type ModelDetail = z.infer<typeof ModelDetail>

/** Answer of `GET /v1/models/:version/compare`: as things stand now. */
export const ModelComparison = z.object({
  active: z.number().int(),
  candidate: z.number().int(),
  comparison: Comparison,
  gates: z.array(Gate),
})
export type ModelComparison = z.infer<typeof ModelComparison>

/** Body of a promotion or rollback. */
export const ModelDecision = z.strictObject({
  reason: z.string().trim().min(1).max(500).describe('why, for those who read the record'),
})
export type ModelDecision = z.infer<typeof ModelDecision>

const interval = z.tuple([share, share]).describe('95 % interval (Wilson)')

/** A share with its interval: `found` of `all`. */
export const Realised = z.object({
  found: z.number(),
  all: z.number(),
  share,
  interval,
})
export type Realised = z.infer<typeof Realised>

/** Something that an operator should know of. */
export const DriftFinding = z.object({
  code: z.enum(['feature_drift', 'score_drift', 'novelty', 'calibration', 'label_precision']),
  subject: z.string().describe('feature, line or kind of label'),
  severity: z.enum(['low', 'medium']),
  text: z.string(),
})
export type DriftFinding = z.infer<typeof DriftFinding>

/** Answer of `GET /v1/drift`: how far what comes now is from what the active version was fitted on. */
export const DriftReport = z.object({
  version: z.number().int(),
  since: z.number().nullable().describe('end of what it was fitted on, ms; null for what ships'),
  sign_ins: z.number().int().describe('ordinary sign-ins since then that were compared'),
  features: z.array(
    z.object({
      name: z.string(),
      psi: z.number().nullable().describe('population stability index; null below 200 sign-ins'),
    }),
  ),
  score_psi: z.number().nullable(),
  novelty: z.array(
    z.object({
      name: z.string(),
      before: share,
      now: share.describe('share of values that were new'),
    }),
  ),
  calibration: z.array(
    z.object({
      line: z.enum(['challenge', 'alert']),
      promised: share,
      realised: Realised.nullable(),
    }),
  ),
  labels: Realised.nullable().describe('of judged sign-ins, those that were compromised'),
  findings: z.array(DriftFinding),
})
export type DriftReport = z.infer<typeof DriftReport>
