import { z } from 'zod'
import { EventKind } from './access-event.ts'
import { Severity } from './alert.ts'

/** How people judged alerts, counted. */
export const VerdictCounts = z.object({
  compromised: z.number().int(),
  safe: z.number().int(),
  dismissed: z.number().int(),
})
export type VerdictCounts = z.infer<typeof VerdictCounts>

/** A share 0-1 of `of` cases with its 95 % interval (Wilson); null of none. */
export const Share = z.object({
  of: z.number().int(),
  value: z.number().nullable(),
  low: z.number(),
  high: z.number(),
})
export type Share = z.infer<typeof Share>

/** Something that Gatewatch notices: a rule, or a habit whose surprise it measures. */
export const Detection = z.object({
  code: z.string(),
  kind: z.enum(['rule', 'habit']),
  title: z.string(),
  about: z
    .array(EventKind)
    .describe('kinds of event it looks at; of a habit none: all that have the value'),
  techniques: z.array(z.string()).describe('MITRE ATT&CK ids'),
  severity: Severity.optional(),
  weight: z
    .number()
    .describe('of a rule the most nats it adds to a score; of a habit its shipped factor'),
  why: z.string().optional(),
  false_positives: z.string().optional(),
  runbook: z.string().optional(),
  examples: z
    .object({ hit: z.array(z.string()), miss: z.array(z.string()) })
    .optional()
    .describe('situations it must and must not report, each of which is a test'),
  events: z.number().int().describe('events of the time whose strongest reason it was'),
  entities: z.number().int().describe('identities of those events'),
  alerts: z.number().int().describe('alerts of the time that name it'),
  verdicts: VerdictCounts,
})
export type Detection = z.infer<typeof Detection>

/** Answer of `GET /v1/detections`. */
export const DetectionList = z.object({
  days: z.number().int(),
  events: z.number().int().describe('stored events of the time'),
  detections: z.array(Detection),
})
export type DetectionList = z.infer<typeof DetectionList>

/** Query of `GET /v1/detections` and `GET /v1/quality`. */
export const QualityQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(90).default(30),
})
export type QualityQuery = z.infer<typeof QualityQuery>

/** Answer of `GET /v1/quality`: what people's verdicts say of the alerts of a time. Nothing of it comes from made-up data but in the demo. */
export const Quality = z.object({
  days: z.number().int(),
  alerts: z
    .number()
    .int()
    .describe('raised, those kept back among them; the newest 10,000 are counted'),
  verdicts: VerdictCounts,
  precision: Share.describe('compromised, of those that were judged compromised or safe'),
  worth_it: Share.describe('not safe, of all that were judged'),
  budget: z.object({
    per_day: z.number().int().describe('most alerts told a day; critical ones are told beyond it'),
    days: z.array(
      z.object({
        day: z.number().describe('its beginning, ms, UTC'),
        told: z.number().int(),
        critical: z.number().int().describe('of those told'),
        kept_back: z.number().int(),
      }),
    ),
    kept: z.boolean().describe('on no day more than per_day were told, critical ones aside'),
  }),
  acknowledged: z.object({
    incidents: z.number().int(),
    answered: z.number().int().describe('somebody took it up, commented or judged'),
    median_ms: z.number().nullable(),
    p90_ms: z.number().nullable(),
  }),
})
export type Quality = z.infer<typeof Quality>
