import { z } from 'zod'
import { AlertSummary, FeedbackVerdict, Severity } from './alert.ts'
import { EventSummary, page, queue } from './http.ts'
import { Reason } from './verdict.ts'

/** Where people are with an incident. */
export const INCIDENT_STATES = ['open', 'acknowledged', 'in_progress', 'closed'] as const
export const IncidentStatus = z.enum(INCIDENT_STATES)
export type IncidentStatus = z.infer<typeof IncidentStatus>

/** Alerts that belong together: those of one campaign, or of one identity within a day of each other. Times in ms, UTC. */
export const Incident = z.object({
  id: z.string(),
  kind: z.enum(['campaign', 'identity']),
  title: z.string().describe('of its gravest alert'),
  severity: Severity,
  status: IncidentStatus,
  entity: z.string().describe('identity of its gravest alert'),
  entity_name: z.string(),
  risk: z.number(),
  first_seen: z.number(),
  last_seen: z.number(),
  alerts: z.number().int(),
  events: z.number().int(),
  techniques: z.array(z.string()),
  reasons: z.array(Reason).describe('of its gravest alert'),
  assignee: z.string().nullable(),
  verdict: FeedbackVerdict.nullable().describe(
    'the gravest that was given of its alerts; null while it is not closed',
  ),
  withdrawn: z.boolean().describe('closed by itself: none of its alerts stands any more'),
  hidden: z.boolean().describe('all of its alerts are kept back or suppressed'),
  demo: z.boolean(),
})
export type Incident = z.infer<typeof Incident>

/** What can happen to an incident. */
export const INCIDENT_CHANGES = [
  'alert',
  'graver',
  'withdrawn',
  'status',
  'assignee',
  'comment',
] as const

/** One line of an incident's history. */
export const IncidentNote = z.object({
  time: z.number(),
  by: z.string().describe('who; `gatewatch` where it happened by itself'),
  change: z.enum(INCIDENT_CHANGES),
  text: z.string(),
})
export type IncidentNote = z.infer<typeof IncidentNote>

/** An event of an incident's story; `alert` says which alert it belongs to, null for what the identity did besides. */
export const StoryEvent = EventSummary.extend({ alert: z.string().nullable() })
export type StoryEvent = z.infer<typeof StoryEvent>

/** An incident with everything that belongs to it. */
export const IncidentDetail = Incident.extend({
  alert_list: z.array(AlertSummary).describe('oldest first'),
  storyline: z.array(StoryEvent).describe('in order, across sources, at most 300'),
  history: z.array(IncidentNote).describe('oldest first'),
})
export type IncidentDetail = z.infer<typeof IncidentDetail>

/** Query of `GET /v1/incidents`. */
export const IncidentQuery = z.strictObject({
  ...page,
  ...queue,
  status: IncidentStatus.optional(),
  severity: Severity.optional(),
  entity: z.string().max(512).optional(),
  assignee: z.string().max(320).optional(),
})
export type IncidentQuery = z.infer<typeof IncidentQuery>

/** Answer of `GET /v1/incidents`, in the order asked for; those whose alerts are all kept back are left out. */
export const IncidentPage = z.object({
  incidents: z.array(Incident),
  total_open: z.number().int().describe('not closed'),
  next_cursor: z.string().optional(),
})
export type IncidentPage = z.infer<typeof IncidentPage>

/** Body of `PATCH /v1/incidents/:id`. Closing gives the verdict to every alert that nobody has judged. */
export const IncidentChange = z
  .strictObject({
    status: IncidentStatus.optional(),
    verdict: FeedbackVerdict.optional().describe('needed to close, and only then'),
    assignee: z.string().trim().min(1).max(320).nullable().optional(),
    comment: z.string().trim().min(1).max(2_000).optional(),
  })
  .refine(({ status, verdict }) => (status === 'closed') === (verdict !== undefined), {
    error: 'goes with the status closed, and is needed there',
    path: ['verdict'],
  })
export type IncidentChange = z.infer<typeof IncidentChange>

/** Body of `POST /v1/incidents/:id/comments`. */
export const IncidentComment = z.strictObject({ text: z.string().trim().min(1).max(2_000) })
export type IncidentComment = z.infer<typeof IncidentComment>
