import { type AlertOutline, decideAgain, rules } from '@gatewatch/engine'
import type { AlertSummary, Decision } from '@gatewatch/schema'
import { grownAlert, joinedBy, newAlert, wantsToBeTold } from '../../ports/alert-growth.ts'
import { ration } from '../../ports/alert-quota.ts'
import type { PastEvent } from '../../ports/reader.ts'
import type { EventKey, JudgedEvent } from '../../ports/store.ts'
import { asTuned } from '../batch.ts'
import type { Tuned } from './compile.ts'

/** An alert as it would have become, with its events. */
export interface PlayedAlert {
  readonly alert: AlertSummary
  readonly events: readonly EventKey[]
}

/** What would have come of past events. */
export interface Played {
  /** Of every event whose verdict says what it rests on. */
  readonly decisions: ReadonlyMap<EventKey, Decision>
  readonly alerts: readonly PlayedAlert[]
}

/** Decides stored verdicts by what is tuned, and raises, hides and keeps back alerts, one event after the other; oldest first. */
export function playAlerts(events: readonly PastEvent[], tuned: Tuned): Played {
  const decisions = new Map<EventKey, Decision>()
  const alerts = new Map<string, PlayedAlert>()
  const groups = new Map<string, string[]>()
  const told = new Map<string, AlertSummary>()

  function put(alert: AlertSummary, keys: readonly EventKey[]): void {
    alerts.set(alert.id, { alert, events: keys })
    if (alert.status === 'open') told.set(alert.id, alert)
    else told.delete(alert.id)
  }

  for (const past of events) {
    const again = decideAgain(past.verdict, tuned.policyOf(past.input))
    if (again === null) continue
    decisions.set(past.key, again.decision)
    if (again.alert === null) continue
    const [judged] = asTuned(
      judgedOf(past, again.decision, again.alert),
      tuned,
      past.input.event.time,
    )
    if (judged === undefined) continue
    const own = groups.get(again.alert.group) ?? []
    groups.set(again.alert.group, own)
    const held = joinedBy(
      own.flatMap((id) => alerts.get(id) ?? []),
      ({ alert }) => alert,
      past.input.event.time,
    )
    const alert = held === undefined ? newAlert(judged, false) : grownAlert(held.alert, judged)
    if (held === undefined) own.push(alert.id)
    put(alert, [...(held?.events ?? []), past.key])
    if (!wantsToBeTold({ alert, isNew: held === undefined })) continue
    told.delete(alert.id)
    const { perDay, ofGroups } = tuned
    const { rationed, displaced } = ration([alert], [...told.values()], perDay, ofGroups)
    for (const one of [...rationed.map((each) => each.alert), ...displaced]) {
      put(one, alerts.get(one.id)?.events ?? [])
    }
  }
  return { decisions, alerts: [...alerts.values()] }
}

function judgedOf(
  { key, input, verdict }: PastEvent,
  decision: Decision,
  { group, rule, severity }: AlertOutline,
): JudgedEvent {
  const named = rules.find(({ code }) => code === rule)?.title
  const title = `${named ?? (verdict.kind === 'authentication' ? 'Unusual sign-in' : 'Unusual activity')}: ${input.entity.name}`
  return {
    arriving: { ...input, key, content: '', backfill: false },
    verdict: { ...verdict, decision },
    learned: 0,
    alert: { group, rule, severity, title, techniques: [], runbook: '' },
    profileBefore: null,
    caseFile: null,
  }
}
