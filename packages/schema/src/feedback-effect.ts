import { z } from 'zod'
import { FeedbackVerdict, Severity } from './alert.ts'

/** An alert by its name, as an effect tells of it. */
export const NamedAlert = z.object({
  id: z.string(),
  title: z.string(),
  severity: Severity,
  last_seen: z.number().describe('ms, UTC'),
  incident: z.string().optional(),
})
export type NamedAlert = z.infer<typeof NamedAlert>

/** How known a value of the judged event is to its identity, as a share 0-1 of what it did. */
export const KnownValue = z.object({
  feature: z.string(),
  label: z.string(),
  value: z.string(),
  without: z.number(),
  with: z.number(),
})
export type KnownValue = z.infer<typeof KnownValue>

/**
 * What a verdict on an alert changes, against no verdict at all. Where it stands this is what it did; else what it would do. Other
 * alerts are judged again by their strangest event, as their identity was known then and by what is known of the organisation now.
 */
export const FeedbackEffect = z.object({
  alert: z.string(),
  verdict: FeedbackVerdict,
  given: z.boolean().describe('is it the verdict that stands?'),
  events: z.number().int().describe('that it is about'),
  learned: z
    .object({ without: z.number(), with: z.number() })
    .describe('weight that these events teach, all together; 1 is one event learned whole'),
  values: z.array(KnownValue).describe('values of the strangest event that are known otherwise'),
  risk: z.array(
    z.object({
      entity: z.string(),
      entity_name: z.string(),
      without: z.number(),
      with: z.number(),
    }),
  ),
  raised: z.array(NamedAlert).describe('raised of what the same visitor did besides'),
  withdrawn: z.array(NamedAlert).describe('open alerts that close with it'),
  looked_at: z
    .number()
    .int()
    .describe('other alerts of the last 90 days about the same identities, at most 200'),
  prevented: z.array(NamedAlert).describe('of these, those that it would have prevented'),
  hidden: z
    .array(NamedAlert)
    .describe('of those prevented, the ones that somebody called compromised: it would hide them'),
})
export type FeedbackEffect = z.infer<typeof FeedbackEffect>

/** Query of `GET /v1/alerts/:id/feedback/effect`. */
export const FeedbackEffectQuery = z.strictObject({
  verdict: FeedbackVerdict.optional().describe('default: the one that was given'),
})
export type FeedbackEffectQuery = z.infer<typeof FeedbackEffectQuery>
