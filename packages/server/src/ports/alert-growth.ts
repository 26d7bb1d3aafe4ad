import type { AlertDraft } from '@gatewatch/engine'
import { type AlertSummary, type Feedback, SEVERITIES, type Verdict } from '@gatewatch/schema'
import type { EventKey, JudgedEvent, RaisedAlert } from './store.ts'
import { strongest } from './summary.ts'

/** How long (ms) after its last event an open alert takes in further events of its group. */
export const ALERT_ATTACH_MS = 86_400_000

/** Longest group (characters) that an index on it can hold. */
const GROUP_LENGTH = 600

/** The group of a draft as it is stored. */
export function groupOf({ group }: Pick<AlertDraft, 'group'>): string {
  return group.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, GROUP_LENGTH)
}

/** Which of the open alerts of its group an event joins: the earliest that is at most a day away; undefined without one. */
export function joinedBy<Held>(
  open: readonly Held[],
  summaryOf: (held: Held) => AlertSummary,
  time: number,
): Held | undefined {
  return open
    .filter((held) => mayAttach(summaryOf(held), time))
    .sort((a, b) => summaryOf(a).first_seen - summaryOf(b).first_seen)[0]
}

function mayAttach({ first_seen, last_seen }: AlertSummary, time: number): boolean {
  return time >= first_seen - ALERT_ATTACH_MS && time <= last_seen + ALERT_ATTACH_MS
}

/**
 * May this event be the one that its alert shows, asked in the order of time? Not where one of its group was as strange less than a
 * day before, in this batch, for both join the same alert: a session that is found raises one with each of its events, and only the
 * strangest one's case is kept.
 */
export function strangestSoFar(): (draft: AlertDraft, risk: number, time: number) => boolean {
  const strangest = new Map<string, { readonly risk: number; readonly time: number }>()
  return (draft, risk, time) => {
    const group = groupOf(draft)
    const before = strangest.get(group)
    if (before !== undefined && time - before.time < ALERT_ATTACH_MS && risk <= before.risk) {
      return false
    }
    strangest.set(group, { risk, time })
    return true
  }
}

/** The alert that this event raises; its id is the event's key, for an event raises at most one. */
export function newAlert(judged: JudgedEvent, demo: boolean): AlertSummary {
  const { arriving, verdict, alert } = judged
  if (alert === null) throw new Error('an event without a draft raises no alert')
  return {
    id: arriving.key,
    title: alert.title,
    severity: alert.severity,
    status: judged.suppressed === undefined ? 'open' : 'suppressed',
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
    ...(judged.policyGroup === undefined ? {} : { group: judged.policyGroup }),
    ...(judged.suppressed === undefined ? {} : { suppressed: judged.suppressed }),
  }
}

/**
 * The alert with one more event: counts and times grow; title, severity and techniques are those of the gravest so
 * far; risk, decision and reasons those of the strangest. One that was hidden waits to be told once an event of it is not suppressed.
 */
export function grownAlert(alert: AlertSummary, judged: JudgedEvent): AlertSummary {
  const next = newAlert(judged, alert.demo)
  const graver = SEVERITIES.indexOf(next.severity) > SEVERITIES.indexOf(alert.severity)
  const stranger = next.risk > alert.risk
  const top = stranger ? next : alert
  return {
    ...(judged.suppressed === undefined ? shownAgain(alert) : alert),
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

/** An alert that nothing hides any more: it waits to be told, as one that was kept back. */
export function shownAgain(alert: AlertSummary): AlertSummary {
  if (alert.status !== 'suppressed') return alert
  const { suppressed: _, ...rest } = alert
  return { ...rest, status: 'kept_back' }
}

/** Does an alert that was raised, or grew, ask to be told? */
export function wantsToBeTold({ alert, isNew }: Pick<RaisedAlert, 'alert' | 'isNew'>): boolean {
  return alert.status !== 'suppressed' && (isNew || alert.status === 'kept_back')
}

/** How many events each suppression hides, and the time (ms) of the last. */
export function hiddenBy(
  judged: readonly JudgedEvent[],
): ReadonlyMap<string, { readonly hits: number; readonly last_hit: number }> {
  const hidden = new Map<string, { hits: number; last_hit: number }>()
  for (const { suppressed, arriving } of judged) {
    if (suppressed === undefined) continue
    const { hits, last_hit } = hidden.get(suppressed.id) ?? { hits: 0, last_hit: 0 }
    const latest = Math.max(last_hit, arriving.event.time)
    hidden.set(suppressed.id, { hits: hits + 1, last_hit: latest })
  }
  return hidden
}

/** The alert with what a person says of it, closed; with null as if nothing had been said, open. What withdrew it stays. */
export function settledAlert(alert: AlertSummary, feedback: Feedback | null): AlertSummary {
  if (feedback !== null) return { ...alert, status: 'closed', feedback }
  const { feedback: _, ...rest } = alert
  const open = alert.suppressed === undefined ? 'open' : 'suppressed'
  return { ...rest, status: alert.withdrawn === undefined ? open : 'closed' }
}

/** The alert closed by itself; with null as it was before, where that had closed it. Null where there is nothing to change. */
export function withdrawnAlert(
  alert: AlertSummary,
  withdrawn: AlertSummary['withdrawn'] | null,
): AlertSummary | null {
  if (withdrawn === null || withdrawn === undefined) {
    const { withdrawn: before, ...rest } = alert
    if (before?.because === undefined || alert.feedback !== undefined) return null
    return { ...rest, status: 'open' }
  }
  const isOver = alert.status === 'closed' || alert.feedback !== undefined
  return isOver ? null : { ...alert, status: 'closed', withdrawn }
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

/** Which event an alert shows after that: of its strangest the one it showed, else one that has a case. Undefined without any. */
export function shownAfter<Left extends Pick<Verdict, 'risk'> & { readonly key: EventKey }>(
  left: readonly Left[],
  risk: number,
  shown: EventKey,
  hasCase: (key: EventKey) => boolean,
): Left | undefined {
  const strangest = left.filter((one) => one.risk === risk)
  return (
    strangest.find(({ key }) => key === shown) ??
    strangest.find(({ key }) => hasCase(key)) ??
    strangest[0]
  )
}

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
  const top = shownAfter(left, rest.risk, shown, () => false) ?? first
  const { entity, entity_name } = top
  return { alert: { ...rest, entity, entity_name }, shown: top }
}
