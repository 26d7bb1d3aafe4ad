import type { AlertSummary, Incident, IncidentNote } from '@gatewatch/schema'
import {
  gatherIn,
  INCIDENT_ATTACH_MS,
  type IncidentKeys,
  keysOfAlert,
  mayJoin,
  newIncident,
} from '../../ports/incident-growth.ts'
import { INCIDENT_EVENTS, type Incidents } from '../../ports/incidents.ts'
import { holdsText, queuePlace } from '../../ports/queue-order.ts'
import type { JudgedEvent, RaisedAlert } from '../../ports/store.ts'
import { summarise } from '../../ports/summary.ts'
import type { AlertRow, IncidentRow, Ledger } from './ledger.ts'
import { newestFirst, page } from './reader.ts'
import type { Overlay } from './store.ts'

/** Incidents in memory. */
export function memoryIncidents(ledger: Ledger): Incidents {
  const alertsOf = (tenant: number, id: string): readonly AlertRow[] =>
    [...ledger.of(tenant).alerts.values()]
      .filter(({ alert }) => alert.incident === id)
      .sort((a, b) => a.alert.first_seen - b.alert.first_seen)

  return {
    async list(tenant, query) {
      const { limit, cursor, status, severity, entity, assignee } = query
      const { search, sort = 'newest' } = query
      const rows = [...ledger.of(tenant).incidents.values()].map(({ incident }) => incident)
      const all = rows.filter(({ hidden }) => !hidden)
      const fitting = all
        .filter((one) => status === undefined || one.status === status)
        .filter((one) => severity === undefined || one.severity === severity)
        .filter((one) => entity === undefined || one.entity === entity)
        .filter((one) => assignee === undefined || one.assignee === assignee)
        .filter((one) => search === undefined || holdsText(one, search))
        .sort((a, b) => newestFirst(queuePlace(a, sort), a.id, queuePlace(b, sort), b.id))
      const place = (one: Incident) => ({ time: queuePlace(one, sort), id: one.id })
      const { rows: incidents, next } = page(fitting, place, limit, cursor)
      const total_open = all.filter((one) => one.status !== 'closed').length
      return { incidents, total_open, ...next }
    },
    async get(tenant, id) {
      const own = ledger.of(tenant)
      const row = own.incidents.get(id)
      if (row === undefined) return null
      const alerts = alertsOf(tenant, id)
      const events = alerts
        .flatMap(({ alert, events: keys }) =>
          keys.flatMap((key) => {
            const event = own.events.get(key)
            return event === undefined
              ? []
              : { ...summarise(event.input, event.verdict), alert: alert.id }
          }),
        )
        .sort((a, b) => a.time - b.time)
        .slice(0, INCIDENT_EVENTS)
      const notes = own.incidentNotes
        .filter(({ incident }) => incident === id)
        .map(({ incident: _, ...note }) => note)
        .sort((a, b) => a.time - b.time)
      return { incident: row.incident, alerts: alerts.map(({ alert }) => alert), notes, events }
    },
    async edit(tenant, id, edit, notes, notices) {
      const own = ledger.of(tenant)
      const row = own.incidents.get(id)
      if (row === undefined) return null
      const incident = { ...row.incident, ...edit }
      own.incidents.set(id, { ...row, incident })
      own.incidentNotes.push(...notes.map((note) => ({ ...note, incident: id })))
      const alerts = alertsOf(tenant, id).map(({ alert }) => alert)
      for (const notice of notices(incident, alerts)) own.outbox.notices.set(notice.key, notice)
      return incident
    },
  }
}

/** Rows of a transaction that gathering changes. */
interface Rows {
  readonly alerts: Overlay<AlertRow>
  readonly incidents: Overlay<IncidentRow>
  readonly notes: (IncidentNote & { readonly incident: string })[]
}

/** Puts changed alerts into their incidents. */
export function gather(
  rows: Rows,
  raised: readonly RaisedAlert[],
  drafts: readonly JudgedEvent[],
): readonly RaisedAlert[] {
  const added = new Set<string>()
  const placed = raised
    .toSorted((a, b) => a.alert.first_seen - b.alert.first_seen)
    .map((one) => {
      const keys = keysOfAlert(rows.alerts.get(one.alert.id)?.group, one.alert.entity, drafts)
      if (one.alert.incident === undefined) added.add(one.alert.id)
      return { ...one, alert: place(rows, one.alert, keys) }
    })
  const told = new Map<string, RaisedAlert>()
  for (const id of new Set(placed.flatMap(({ alert }) => alert.incident ?? []))) {
    const row = rows.incidents.get(id)
    if (row === undefined) continue
    const own = rows.alerts.values().flatMap(({ alert }) => (alert.incident === id ? alert : []))
    const changed = placed.filter(({ alert }) => alert.incident === id)
    const { incident, notes, raised: after } = gatherIn(row.incident, own, changed, added)
    rows.incidents.set(id, { ...row, incident })
    rows.notes.push(...notes.map((note) => ({ ...note, incident: id })))
    for (const one of after) told.set(one.alert.id, one)
  }
  return raised.map((one) => told.get(one.alert.id) ?? one)
}

/** The alert with its incident, which is made where there is none; keys that lead to no other lead there from then on. */
function place(rows: Rows, alert: AlertSummary, { followed, further }: IncidentKeys): AlertSummary {
  const leadingFrom = (key: string, within: number) =>
    rows.incidents
      .values()
      .filter((row) => row.keys.includes(key) && mayJoin(row.incident, alert, within))
      .sort((a, b) => a.incident.first_seen - b.incident.first_seen)[0]
  const found = followed.map(({ key, within }) => leadingFrom(key, within))
  const known = rows.incidents.get(alert.incident ?? '') ?? found.find((row) => row !== undefined)
  const row = known ?? { incident: newIncident(alert, followed[0].key), keys: [] }
  const free = [
    ...followed.flatMap(({ key, leads }, n) => (leads && found[n] === undefined ? key : [])),
    ...further.filter((key) => leadingFrom(key, INCIDENT_ATTACH_MS) === undefined),
  ]
  const keys = [...new Set([...row.keys, ...free])]
  rows.incidents.set(row.incident.id, { ...row, keys })
  const placed = { ...alert, incident: row.incident.id }
  const held = rows.alerts.get(alert.id)
  if (held !== undefined) rows.alerts.set(alert.id, { ...held, alert: placed })
  return placed
}
