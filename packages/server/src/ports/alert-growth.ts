import { type AlertSummary, SEVERITIES } from '@gatewatch/schema'
import type { JudgedEvent } from './store.ts'
import { strongest } from './summary.ts'

/** How long (ms) after its last event an open alert takes in further events of its group. */
export const ALERT_ATTACH_MS = 86_400_000

/** May the event join this open alert of its group? */
export function mayAttach(
  alert: Pick<AlertSummary, 'first_seen' | 'last_seen'>,
  time: number,
): boolean {
  return time >= alert.first_seen - ALERT_ATTACH_MS && time <= alert.last_seen + ALERT_ATTACH_MS
}

/** The alert that this event raises; its id is the event's key, for an event raises at most one. */
export function newAlert(judged: JudgedEvent, demo: boolean): AlertSummary {
  const { arriving, verdict, alert } = judged
  if (alert === null) throw new Error('an event without a draft raises no alert')
  return {
    id: arriving.key,
    title: alert.title,
    severity: alert.severity,
    status: 'open',
    entity: arriving.entity.key,
    entity_name: arriving.entity.name,
    risk: verdict.risk,
    decision: verdict.decision,
    first_seen: arriving.event.time,
    last_seen: arriving.event.time,
    count: 1,
    techniques: [...alert.techniques],
    reasons: strongest(verdict.reasons, 3),
    demo,
  }
}

/**
 * The alert with one more event: counts and times grow; title, severity and techniques are those of the gravest so
 * far; risk, decision and reasons those of the strangest.
 */
export function grownAlert(alert: AlertSummary, judged: JudgedEvent): AlertSummary {
  const next = newAlert(judged, alert.demo)
  const graver = SEVERITIES.indexOf(next.severity) > SEVERITIES.indexOf(alert.severity)
  const stranger = next.risk > alert.risk
  const top = stranger ? next : alert
  return {
    ...alert,
    title: graver ? next.title : alert.title,
    severity: graver ? next.severity : alert.severity,
    techniques: [...new Set([...alert.techniques, ...next.techniques])].sort(),
    risk: top.risk,
    decision: top.decision,
    reasons: top.reasons,
    first_seen: Math.min(alert.first_seen, next.first_seen),
    last_seen: Math.max(alert.last_seen, next.last_seen),
    count: alert.count + 1,
  }
}
