import type {
  AlertSummary,
  EventSummary,
  FeedbackVerdict,
  Incident,
  IncidentNote,
  IncidentPage,
  IncidentQuery,
  IncidentStatus,
  Notice,
} from '@gatewatch/schema'
import type { TenantId } from './store.ts'

/** An incident with what belongs to it; `events` are those of its alerts, oldest first, at most 200. */
export interface StoredIncident {
  readonly incident: Incident
  readonly alerts: readonly AlertSummary[]
  readonly notes: readonly IncidentNote[]
  readonly events: readonly (EventSummary & { readonly alert: string })[]
}

/** What a person changes about an incident. */
export interface IncidentEdit {
  readonly status?: IncidentStatus
  readonly verdict?: FeedbackVerdict | null
  readonly assignee?: string | null
}

/** What people do with incidents; the store makes them, with the alerts. */
export interface Incidents {
  list(tenant: TenantId, query: IncidentQuery): Promise<IncidentPage>
  get(tenant: TenantId, id: string): Promise<StoredIncident | null>
  /** Changes one, with these lines in its history, and what people are to be told; null where there is none. */
  edit(
    tenant: TenantId,
    id: string,
    edit: IncidentEdit,
    notes: readonly IncidentNote[],
    notices: (incident: Incident, alerts: readonly AlertSummary[]) => readonly Notice[],
  ): Promise<Incident | null>
}

/** Most events of alerts that an incident is given with. */
export const INCIDENT_EVENTS = 200
