import { z } from 'zod'
import { AccessEvent } from './access-event.ts'
import { Context } from './context.ts'
import { Decision, Reason, Verdict } from './verdict.ts'

/** How urgent an alert is. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export const Severity = z.enum(SEVERITIES)
export type Severity = z.infer<typeof Severity>

/**
 * What a person said of an alert: `compromised` (unlearn what the attacker taught), `safe` (learn it at full weight),
 * `dismissed` (real but unimportant; keep judging).
 */
export const FEEDBACK_VERDICTS = ['compromised', 'safe', 'dismissed'] as const
export const FeedbackVerdict = z.enum(FEEDBACK_VERDICTS)
export type FeedbackVerdict = z.infer<typeof FeedbackVerdict>

/** A person's verdict on an alert, with who and when (ms, UTC). */
export const Feedback = z.object({
  verdict: FeedbackVerdict,
  comment: z.string().max(2000).optional(),
  by: z.string(),
  time: z.number(),
})
export type Feedback = z.infer<typeof Feedback>

/** Body of `POST /v1/alerts/:id/feedback`. */
export const FeedbackRequest = z.strictObject({
  verdict: FeedbackVerdict,
  comment: z.string().max(2000).optional(),
})
export type FeedbackRequest = z.infer<typeof FeedbackRequest>

/** Body of `POST /v1/feedback`. */
export const BulkFeedbackRequest = FeedbackRequest.extend({
  alerts: z.array(z.string().min(1).max(512)).min(1).max(200).describe('ids'),
})
export type BulkFeedbackRequest = z.infer<typeof BulkFeedbackRequest>

/** Answer of `POST /v1/feedback`: ids of alerts that were judged, and that there are none of. */
export const BulkFeedback = z.object({ judged: z.array(z.string()), missing: z.array(z.string()) })
export type BulkFeedback = z.infer<typeof BulkFeedback>

/**
 * Open; kept back: beyond the day's quota; suppressed: somebody said that such are not to be told; closed. What is kept back or
 * suppressed is told to nobody, and never lost.
 */
export const AlertStatus = z.enum(['open', 'kept_back', 'suppressed', 'closed'])
export type AlertStatus = z.infer<typeof AlertStatus>

/** An alert as lists show it. Later events of the same kind attach to it: `count` says how many. Times in ms, UTC. */
export const AlertSummary = z.object({
  id: z.string(),
  title: z.string(),
  severity: Severity,
  status: AlertStatus,
  entity: z.string(),
  entity_name: z.string(),
  risk: z.number(),
  decision: Decision,
  first_seen: z.number(),
  last_seen: z.number(),
  count: z.number().int(),
  techniques: z.array(z.string()),
  reasons: z.array(Reason).describe('the strongest few of the strangest event'),
  incident: z.string().optional().describe('the incident it belongs to'),
  group: z.string().optional().describe('the group whose policy and budget it falls under'),
  suppressed: z
    .object({ id: z.string(), owner: z.string(), reason: z.string(), expires: z.number() })
    .optional()
    .describe('the suppression that hides all of its events'),
  feedback: Feedback.optional(),
  withdrawn: z
    .object({
      why: z.string(),
      because: z.string().optional().describe('the alert that somebody judged, where that is why'),
    })
    .optional()
    .describe('closed by itself: its events were judged anew and raise no alert any more'),
  demo: z.boolean().describe('comes from the demo organisation'),
})
export type AlertSummary = z.infer<typeof AlertSummary>

/** One learned habit of an identity with how the judged event compares. `share` 0-1 of the identity's own history. */
export const Habit = z.object({
  feature: z.string(),
  label: z.string(),
  values: z.array(z.object({ value: z.string(), share: z.number(), current: z.boolean() })),
  unseen: z.string().optional().describe('the judged value where the identity never used it'),
})
export type Habit = z.infer<typeof Habit>

/** What an identity usually does. `hours` are 2 x 24 shares (weekday, weekend) in the identity's own time zone. */
export const Habits = z.object({
  events: z.number().describe('how many events were learned from'),
  first_seen: z.number().optional(),
  last_seen: z.number().optional(),
  utc_offset_minutes: z.number(),
  hours: z.array(z.number()).length(48),
  current_hour: z.number().int().optional().describe('0-47, the bin of the judged event'),
  features: z.array(Habit),
})
export type Habits = z.infer<typeof Habits>

/** An alert with everything needed to understand it: events, full explanation, habits, raw record. */
export const Alert = AlertSummary.extend({
  event: AccessEvent,
  context: Context,
  verdict: Verdict,
  habits: Habits.optional().describe('as they were when the event was judged'),
  raw: z.string().optional().describe('the record as it came, as text'),
  related: z.array(Verdict).describe('other events of this alert, newest first, at most 50'),
  runbook: z.string().optional(),
})
export type Alert = z.infer<typeof Alert>
