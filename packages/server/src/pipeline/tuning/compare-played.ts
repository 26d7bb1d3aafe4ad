import { type AlertSummary, DECISIONS, type Preview, SEVERITIES } from '@gatewatch/schema'
import type { EventKey } from '../../ports/store.ts'
import type { Played, PlayedAlert } from './play-alerts.ts'

/** Most alerts that a preview names of each kind. */
const NAMED = 20

/** What differs between two ways that past events would have gone; `compromised`: stored alerts that people found to be so. */
export function comparePlayed(
  before: Played,
  after: Played,
  compromised: readonly { readonly alert: AlertSummary; readonly events: readonly EventKey[] }[],
): Pick<
  Preview,
  | 'alerts_before'
  | 'alerts_after'
  | 'added'
  | 'removed'
  | 'hidden'
  | 'kept_back'
  | 'known_lost'
  | 'decisions'
> {
  const [told, willBe] = [toldIn(before), toldIn(after)]
  const [were, are] = [keysOf(told), keysOf(willBe)]
  const removed = told.filter(({ events }) => !events.some((key) => are.has(key)))
  const added = willBe.filter(({ events }) => !events.some((key) => were.has(key)))
  const status = new Map(
    after.alerts.flatMap(({ alert, events }) => events.map((key) => [key, alert.status] as const)),
  )
  const gone = (as: AlertSummary['status']) =>
    removed.filter(({ events }) => events.some((key) => status.get(key) === as)).length
  const lost = compromised.filter(
    ({ events }) => events.some((key) => were.has(key)) && !events.some((key) => are.has(key)),
  )
  return {
    alerts_before: told.length,
    alerts_after: willBe.length,
    added: named(added),
    removed: named(removed),
    hidden: gone('suppressed'),
    kept_back: gone('kept_back'),
    known_lost: named(lost),
    decisions: changes(before, after),
  }
}

function toldIn({ alerts }: Played): readonly PlayedAlert[] {
  return alerts.filter(({ alert }) => alert.status === 'open')
}

function keysOf(alerts: readonly PlayedAlert[]): ReadonlySet<EventKey> {
  return new Set(alerts.flatMap(({ events }) => events))
}

function named(alerts: readonly PlayedAlert[]): Preview['added'] {
  const gravest = alerts
    .map(({ alert }) => alert)
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        b.risk - a.risk ||
        (a.id < b.id ? -1 : 1),
    )
  return { count: alerts.length, alerts: gravest.slice(0, NAMED) }
}

function changes(before: Played, after: Played): Preview['decisions'] {
  const counts = new Map<string, number>()
  for (const [key, from] of before.decisions) {
    const to = after.decisions.get(key)
    if (to === undefined || to === from) continue
    counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1)
  }
  return DECISIONS.flatMap((from) =>
    DECISIONS.flatMap((to) => {
      const events = counts.get(`${from} ${to}`)
      return events === undefined ? [] : [{ from, to, events }]
    }),
  )
}
