import type {
  Alert,
  AlertPage,
  AlertQuery,
  AlertSummary,
  AuditNote,
  EnrichedEvent,
  Entity,
  EventDetail,
  EventFacets,
  EventPage,
  EventQuery,
  FacetQuery,
  Overview,
  RiskContribution,
  Verdict,
} from '@gatewatch/schema'
import type { EventKey, TenantId } from './store.ts'

/** How many hours the overview looks back; the last is the one that runs. `events_24h` and its like count these. */
export const OVERVIEW_HOURS = 24

/** What is known of one identity: its profile bytes, and its newest stored events (for the names of learned values). */
export interface StoredEntity {
  readonly entity: Entity
  readonly profile: Uint8Array
  readonly recent: readonly EnrichedEvent[]
  readonly openAlerts: number
}

/** How often something was the strongest reason for an event that raised its identity's risk. */
export interface FindingCount {
  readonly code: string
  readonly events: number
  readonly entities: number
}

/** When an incident was raised and when a person first did something about it, ms; null where nobody has. */
export interface IncidentAnswer {
  readonly raised: number
  readonly answered: number | null
}

/** Most alerts that are read to count them. */
export const COUNTED_ALERTS = 10_000

/** A stored event with how it was judged. */
export interface PastEvent {
  readonly key: EventKey
  readonly input: EnrichedEvent
  readonly verdict: Verdict
}

/** Which stored events are read, newest first: `from` <= time < `to` (ms); `before` goes on after the last one of a page. */
export interface PastQuery {
  readonly from: number
  readonly to: number
  /** `strange`: with risk 50 or more, or of an alert. `sign_ins`: authentications. */
  readonly which: 'all' | 'strange' | 'sign_ins'
  readonly before?: Pick<PastEvent, 'key'> & { readonly time: number }
  readonly limit: number
}

/** Read side of the store. Every call is scoped to one tenant and sees committed data only. */
export interface Reader {
  alerts(tenant: TenantId, query: AlertQuery): Promise<AlertPage>
  /** `habits` is left to the caller, who has the engine; `profileBefore` and `caseFile` are what the shown event was judged with. */
  alert(
    tenant: TenantId,
    id: string,
  ): Promise<{
    alert: Alert
    profileBefore: Uint8Array | null
    caseFile: Uint8Array | null
  } | null>
  events(tenant: TenantId, query: EventQuery): Promise<EventPage>
  /** Counts the newest events that fit, at most FACETED, by their values and over time. */
  facets(tenant: TenantId, query: FacetQuery & { from: number; to: number }): Promise<EventFacets>
  /** By the event's own uid; the newest where several sources use the same. */
  event(tenant: TenantId, uid: string): Promise<EventDetail | null>
  entity(tenant: TenantId, key: string): Promise<StoredEntity | null>
  entities(
    tenant: TenantId,
    query: { search?: string; limit: number },
  ): Promise<readonly { entity: Entity; lastSeen: number; openAlerts: number }[]>
  /** Findings of the last 30 days that raise the identity's risk, newest first, without decay (`now` equals `points`). */
  riskContributions(tenant: TenantId, entity: string): Promise<readonly RiskContribution[]>
  past(tenant: TenantId, query: PastQuery): Promise<readonly PastEvent[]>
  /** Alerts seen since a time (ms) that people found compromised, with the keys of their events. */
  compromised(
    tenant: TenantId,
    since: number,
  ): Promise<readonly { readonly alert: AlertSummary; readonly events: readonly EventKey[] }[]>
  /** What administrators did, newest first. */
  audit(tenant: TenantId, limit: number): Promise<readonly AuditNote[]>
  /** Alerts that began at or after `since`, newest first, at most COUNTED_ALERTS. */
  alertsSince(tenant: TenantId, since: number): Promise<readonly AlertSummary[]>
  /** Findings since then by code, and how many events there were in its hours. */
  findings(
    tenant: TenantId,
    since: number,
  ): Promise<{ readonly events: number; readonly codes: readonly FindingCount[] }>
  /** Of incidents that were raised since then and are shown. */
  answers(tenant: TenantId, since: number): Promise<readonly IncidentAnswer[]>
  overview(tenant: TenantId, now: number): Promise<Omit<Overview, 'demo'>>
}
