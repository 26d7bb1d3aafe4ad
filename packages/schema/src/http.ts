import { z } from 'zod'
import { AccessEvent, EventKind, EventOutcome } from './access-event.ts'
import { AlertStatus, AlertSummary, Habits, Severity } from './alert.ts'
import { Context, Entity, NetworkClass } from './context.ts'
import { Challenge, Decision, Reason, Verdict } from './verdict.ts'

/** Every error answer. `code` is stable; `message` names the field and the remedy. */
export const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
})
export type ErrorBody = z.infer<typeof ErrorBody>

/**
 * An event as an application writes it: the least that makes sense is who and when. Everything else is optional and
 * filled in: `uid` is derived from the content when absent, `time` defaults to now, address kinds are worked out.
 */
export const EventInput = AccessEvent.partial({
  v: true,
  uid: true,
  uid_kind: true,
  revision: true,
  observed_time: true,
  source: true,
  class_uid: true,
  activity_id: true,
  activity: true,
  status_id: true,
}).extend({
  time: z
    .union([z.number().min(0).max(253402300799999), z.string().max(64)])
    .optional()
    .describe('ms since 1970 or ISO 8601; default now'),
  actor: AccessEvent.shape.actor.partial({ type: true }),
  src: AccessEvent.shape.src.partial({ ip_kind: true }).optional(),
  auth: AccessEvent.shape.auth.unwrap().partial({ stage: true, is_mfa: true }).optional(),
})
export type EventInput = z.infer<typeof EventInput>

/** Body of `POST /v1/assess`. */
export const AssessRequest = z.strictObject({
  event: EventInput,
  deadline_ms: z.number().int().min(1).max(60000).optional().describe('answer by then, by policy'),
  record: z
    .boolean()
    .optional()
    .describe('false: judge only, store and learn nothing; default true'),
})
export type AssessRequest = z.infer<typeof AssessRequest>

/** Answer of `POST /v1/assess`. `recorded` false: nothing was stored, and `not_assessed` says why. */
export const AssessResponse = Verdict.extend({
  recorded: z.boolean(),
  habits: Habits.optional().describe('only for record: false'),
})
export type AssessResponse = z.infer<typeof AssessResponse>

/** Body of `POST /v1/assess/:uid/outcome`: how the one who was challenged answered. */
export const OutcomeRequest = z.strictObject({
  outcome: Challenge.shape.outcome,
  factor: Challenge.shape.factor,
})
export type OutcomeRequest = z.infer<typeof OutcomeRequest>

/** Its answer: the verdict as it is stored now. */
export const OutcomeResponse = Verdict.extend({
  learned: z.number().min(0).max(1).describe('weight that the event has taught by now'),
})
export type OutcomeResponse = z.infer<typeof OutcomeResponse>

/** Answer of `POST /v1/events`, given when everything accepted is durable. `line` counts from 1. */
export const EventsResponse = z.object({
  accepted: z.number().int(),
  updated: z.number().int(),
  duplicate: z.number().int(),
  unmapped: z.number().int().describe('of those accepted or updated, of a type no mapping knows'),
  skipped: z.number().int().describe('understood, and no event, e.g. a control message'),
  rejected: z.number().int(),
  errors: z.array(z.object({ line: z.number().int(), reason: z.string() })).describe('at most 100'),
})
export type EventsResponse = z.infer<typeof EventsResponse>

/** Body of `POST /predict`, the shape common to demo APIs. Either `user_id` or `user_encoded` is needed. */
export const PredictRequest = z.object({
  user_id: z.union([z.string().min(1).max(320), z.number()]).optional(),
  timestamp: z.union([z.string().max(64), z.number()]).optional(),
  ip_address: z.string().max(255).optional(),
  geo_location: z.string().max(255).optional(),
  device_id: z.string().max(512).optional(),
  login_hour: z.number().min(0).max(23).optional(),
  is_new_device: z.union([z.boolean(), z.literal(0), z.literal(1)]).optional(),
  bytes_in: z.number().min(0).optional(),
  bytes_out: z.number().min(0).optional(),
  success: z.union([z.boolean(), z.literal(0), z.literal(1)]).optional(),
  ip_encoded: z.number().optional(),
  user_encoded: z.number().optional(),
  hour: z.number().min(0).max(23).optional(),
  day_of_week: z.number().int().min(0).max(6).optional().describe('0 Monday to 6 Sunday'),
  learn: z.boolean().optional(),
})
export type PredictRequest = z.infer<typeof PredictRequest>

/** Answer of `POST /predict`. The two probabilities add up to 1; `anomaly` is 1 exactly when `prediction` is "Anomaly". */
export const PredictResponse = z.object({
  anomaly: z.union([z.literal(0), z.literal(1)]),
  probability_normal: z.number(),
  probability_anomaly: z.number(),
  prediction: z.enum(['Normal', 'Anomaly']),
  risk: z.number(),
  reasons: z.array(Reason),
})
export type PredictResponse = z.infer<typeof PredictResponse>

/** Fields of every query for a page. */
export const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(256).optional().describe('next_cursor of the page before'),
}

/** What alerts and incidents are sorted by: last seen, descending or ascending; or severity, then last seen. */
export const QueueSort = z.enum(['newest', 'oldest', 'severity'])
export type QueueSort = z.infer<typeof QueueSort>

/** Fields of every query for alerts or incidents. */
export const queue = {
  search: z
    .string()
    .max(200)
    .optional()
    .describe('text that stands in its title, names or reasons'),
  sort: QueueSort.optional().describe('default newest'),
}

/** Query of `GET /v1/alerts`. */
export const AlertQuery = z.strictObject({
  ...page,
  ...queue,
  status: AlertStatus.optional(),
  severity: Severity.optional(),
  entity: z.string().max(512).optional(),
})
export type AlertQuery = z.infer<typeof AlertQuery>

/** Answer of `GET /v1/alerts`, in the order asked for. */
export const AlertPage = z.object({
  alerts: z.array(AlertSummary),
  total_open: z.number().int(),
  total_kept_back: z.number().int().describe('beyond the quotas of their day'),
  total_suppressed: z.number().int().describe('hidden by suppressions'),
  next_cursor: z.string().optional(),
})
export type AlertPage = z.infer<typeof AlertPage>

/** What events are counted and filtered by. A value that is not known is `unknown`. */
export const EVENT_FACETS = [
  'class',
  'kind',
  'outcome',
  'decision',
  'source',
  'country',
  'operation',
  'network',
] as const
export const EventFacet = z.enum(EVENT_FACETS)
export type EventFacet = z.infer<typeof EventFacet>

const eventFilter = {
  entity: z.string().max(512).optional(),
  min_risk: z.coerce.number().min(0).max(100).optional(),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  class: Entity.shape.class.optional(),
  kind: EventKind.optional(),
  outcome: EventOutcome.optional(),
  decision: Decision.optional(),
  source: z.string().max(64).optional().describe('format the record came in'),
  country: z.string().max(7).optional().describe('ISO 3166-1 alpha-2, or unknown'),
  operation: z.string().max(255).optional().describe("the vendor's event name"),
  network: NetworkClass.optional(),
  ip: z.string().max(45).optional(),
}

/** Query of `GET /v1/events`. Times in ms, UTC; `from` is included, `to` is not. */
export const EventQuery = z.strictObject({ ...page, ...eventFilter })
export type EventQuery = z.infer<typeof EventQuery>

/** Query of `GET /v1/facets`; without `from` the 24 hours before `to`, without `to` until now. */
export const FacetQuery = z.strictObject(eventFilter)
export type FacetQuery = z.infer<typeof FacetQuery>

/** Answer of `GET /v1/facets`: how many events of a time have which values, and when they were. Times in ms, UTC. */
export const EventFacets = z.object({
  from: z.number(),
  to: z.number(),
  counted: z.number().int().describe('events that fit; the newest of them, at most 200,000'),
  complete: z.boolean().describe('false: older ones fit too and are not counted'),
  step: z.number().describe('length of a bucket, ms'),
  times: z.array(
    z.object({
      time: z.number().describe('beginning of the bucket'),
      events: z.number().int(),
      high_risk: z.number().int().describe('events with risk 75 or more'),
    }),
  ),
  facets: z
    .record(EventFacet, z.array(z.object({ value: z.string(), events: z.number().int() })))
    .describe('most frequent first, at most 12 values each'),
})
export type EventFacets = z.infer<typeof EventFacets>

/** One stored event with its verdict, as lists and the live feed show it. */
export const EventSummary = z.object({
  uid: z.string(),
  time: z.number(),
  entity: z.string(),
  entity_name: z.string(),
  kind: EventKind,
  activity: z.string(),
  outcome: EventOutcome,
  source: z.string().describe('format the record came in'),
  class: Entity.shape.class,
  network: NetworkClass,
  ip: z.string().optional(),
  country: z.string().optional(),
  city: z.string().optional(),
  lat: z.number().optional(),
  long: z.number().optional(),
  score: z.number(),
  risk: z.number(),
  decision: Decision,
  reasons: z.array(Reason).describe('at most 3'),
})
export type EventSummary = z.infer<typeof EventSummary>

/** Answer of `GET /v1/events`, newest first. */
export const EventPage = z.object({
  events: z.array(EventSummary),
  next_cursor: z.string().optional(),
})
export type EventPage = z.infer<typeof EventPage>

/** Answer of `GET /v1/events/:uid`. */
export const EventDetail = z.object({
  event: AccessEvent,
  context: Context,
  verdict: Verdict,
  raw: z.string().optional(),
})
export type EventDetail = z.infer<typeof EventDetail>

/** One thing that raised an identity's risk. `now` is what is left of `points` after decay. */
export const RiskContribution = z.object({
  time: z.number(),
  code: z.string(),
  text: z.string(),
  points: z.number(),
  now: z.number(),
  uid: z.string().describe('uid of the event'),
})
export type RiskContribution = z.infer<typeof RiskContribution>

/** Answer of `GET /v1/entities/:id/risk`: 0-100, a decayed sum of findings. */
export const EntityRisk = z.object({
  entity: z.string(),
  risk: z.number().min(0).max(100),
  as_of: z.number(),
  half_life_hours: z.number(),
  contributions: z.array(RiskContribution),
})
export type EntityRisk = z.infer<typeof EntityRisk>

/** Answer of `GET /v1/entities/:id`. */
export const EntityDetail = z.object({
  entity: Entity,
  risk: z.number(),
  habits: Habits,
  open_alerts: z.number().int(),
  recent: z.array(EventSummary),
})
export type EntityDetail = z.infer<typeof EntityDetail>

/** Answer of `GET /v1/entities`, last seen first. Times in ms, UTC. */
export const EntityList = z.object({
  entities: z.array(Entity.extend({ last_seen: z.number(), open_alerts: z.number().int() })),
})
export type EntityList = z.infer<typeof EntityList>

const dayCounts = z.object({
  events: z.number().int(),
  high_risk: z.number().int().describe('events with risk 75 or more'),
})

/** Answer of `GET /v1/overview`: what the first screen shows. Buckets are hours, oldest first. */
export const Overview = z.object({
  demo: z.boolean(),
  events_total: z.number().int(),
  events_24h: z.number().int(),
  entities_total: z.number().int(),
  open_alerts: z.record(Severity, z.number().int()),
  decisions_24h: z.record(Decision, z.number().int()),
  hours: z.array(
    z.object({
      time: z.number(),
      events: z.number().int(),
      authentications: z.number().int(),
      failures: z.number().int(),
      max_risk: z.number(),
      high_risk: z.number().int().describe('events with risk 75 or more'),
    }),
  ),
  compared: z
    .object({ day_before: dayCounts, week_before: dayCounts })
    .describe('the 24 hours before those of `hours`, and the same hours a week before'),
  top_entities: z.array(
    z.object({
      entity: z.string(),
      entity_name: z.string(),
      risk: z.number(),
      alerts: z.number().int(),
    }),
  ),
  places: z
    .array(
      z.object({
        lat: z.number(),
        long: z.number(),
        city: z.string().optional(),
        country: z.string().optional(),
        events: z.number().int(),
        max_risk: z.number(),
      }),
    )
    .describe('last 24 hours, at most 300'),
  sources: z.array(
    z.object({ format: z.string(), events: z.number().int(), last_event: z.number() }),
  ),
  dead_letters: z.number().int(),
})
export type Overview = z.infer<typeof Overview>

/** Answer of `GET /health`. */
export const Health = z.object({
  status: z.enum(['healthy', 'degraded']),
  version: z.string(),
  uptime_seconds: z.number(),
  database: z.enum(['up', 'down']),
  demo: z.boolean(),
})
export type Health = z.infer<typeof Health>

/** Who is signed in, from `GET /v1/session`. */
export const SessionInfo = z.object({
  user: z.string(),
  role: z.enum(['admin', 'analyst', 'viewer']),
  tenant: z.string(),
  demo: z.boolean(),
})
export type SessionInfo = z.infer<typeof SessionInfo>

/** Messages of the WebSocket `/v1/live`. `dropped` counts verdicts left out because this reader was too slow. */
export const LiveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), time: z.number() }),
  z.object({
    type: z.literal('verdicts'),
    events: z.array(EventSummary),
    dropped: z.number().int(),
  }),
  z.object({ type: z.literal('alert'), alert: AlertSummary, is_new: z.boolean() }),
])
export type LiveMessage = z.infer<typeof LiveMessage>
