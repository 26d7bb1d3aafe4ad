import type { AlertDraft } from '@gatewatch/engine'
import { type AlertSummary, SEVERITIES, type Verdict } from '@gatewatch/schema'
import type { EventKey, JudgedEvent } from './store.ts'
import { strongest } from './summary.ts'

/** How long (ms) after its last event an open alert takes in further events of its group. */
export const ALERT_ATTACH_MS = 86_400_000

/** Longest group (characters) that an index on it can hold. */
const GROUP_LENGTH = 600

/** The group of a draft as it is stored. */
export function groupOf({ group }: Pick<AlertDraft, 'group'>): string {
  return group.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, GROUP_LENGTH)
}

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

/**
 * The alert after some of its events were judged anew: `left` are those that it still has. Counts and times are theirs, and
 * risk, decision and reasons those of the strangest; without any it is withdrawn. Title and severity stay.
 */
export function shrunkAlert(
  alert: AlertSummary,
  left: readonly Pick<Verdict, 'time' | 'risk' | 'decision' | 'reasons'>[],
): AlertSummary {
  const [first] = left
  if (first === undefined) return { ...alert, status: 'closed', withdrawn: { why: WITHDRAWN } }
  const top = left.reduce((a, b) => (b.risk > a.risk ? b : a), first)
  return {
    ...alert,
    risk: top.risk,
    decision: top.decision,
    reasons: strongest(top.reasons, 3),
    first_seen: Math.min(...left.map(({ time }) => time)),
    last_seen: Math.max(...left.map(({ time }) => time)),
    count: left.length,
  }
}

const WITHDRAWN =
  'What it was raised for was judged again, after an earlier event came late, and is not strange enough any more.'

/**
 * The alert after some of its events were erased, and which event it shows now: the one it showed, where that is still its
 * strangest. It tells of the identity of that event. Null where none is left.
 */
export function withoutEvents<Left extends Verdict & { readonly key: EventKey }>(
  alert: AlertSummary,
  left: readonly Left[],
  shown: EventKey,
): { readonly alert: AlertSummary; readonly shown: Left } | null {
  const [first] = left
  if (first === undefined) return null
  const rest = shrunkAlert(alert, left)
  const strangest = left.filter(({ risk }) => risk === rest.risk)
  const top = strangest.find(({ key }) => key === shown) ?? strangest[0] ?? first
  const { entity, entity_name } = top
  return { alert: { ...rest, entity, entity_name }, shown: top }
}
