import { ALERT_ATTACH_MS } from '../ports/alert-growth.ts'
import { INCIDENT_ATTACH_MS, incidentKeys } from '../ports/incident-growth.ts'
import type { IncidentRow } from './measure-campaigns.ts'

/** What people get to see: alerts and incidents a day and 1,000 people, and how attacks come together in incidents. */
export interface IncidentsResult {
  readonly alertsPerDayPer1000: number
  readonly incidentsPerDayPer1000: number
  /** Attackers' campaigns, of whatever size, with an alert; and those whose alerts all are in one incident. */
  readonly attacks: number
  readonly inOne: number
}

interface Incident {
  readonly number: number
  last: number
}

interface Alert {
  readonly incident: Incident
  last: number
}

/**
 * Gathers alerts as they are stored: events of one group a day apart at most are one alert, and alerts are one incident by the keys of
 * incident-growth.ts. Rows in the order of time.
 */
export function measureIncidents(
  rows: readonly IncidentRow[],
  days: number,
  people: number,
): IncidentsResult {
  const alerts = new Map<string, Alert>()
  const leading = new Map<string, Incident>()
  const attacks = new Map<string, Set<number>>()
  let alertsMade = 0
  let incidentsMade = 0
  const standing = (key: string, time: number, within: number) => {
    const found = leading.get(key)
    return found !== undefined && time - found.last <= within ? found : undefined
  }
  for (const { time, entity, group, isSuccess, belonging, truth } of rows) {
    if (group === null) continue
    const gotInAs = isSuccess ? [entity] : []
    const { followed, further } = incidentKeys({ ...belonging, group, entity, gotInAs })
    const before = alerts.get(group)
    const goesOn = before !== undefined && time - before.last <= ALERT_ATTACH_MS
    if (!goesOn) alertsMade += 1
    const found = followed.map(({ key, within }) => standing(key, time, within))
    const incident = (goesOn ? before.incident : found.find((one) => one !== undefined)) ?? {
      number: incidentsMade++,
      last: time,
    }
    for (const [n, { key, leads }] of followed.entries()) {
      if (leads && found[n] === undefined) leading.set(key, incident)
    }
    for (const key of further) {
      if (standing(key, time, INCIDENT_ATTACH_MS) === undefined) leading.set(key, incident)
    }
    incident.last = time
    alerts.set(group, { incident, last: time })
    if (truth.label === 'benign') continue
    const met = attacks.get(truth.campaign)
    if (met === undefined) attacks.set(truth.campaign, new Set([incident.number]))
    else met.add(incident.number)
  }
  const each = days * (people / 1000)
  return {
    alertsPerDayPer1000: alertsMade / each,
    incidentsPerDayPer1000: incidentsMade / each,
    attacks: attacks.size,
    inOne: [...attacks.values()].filter(({ size }) => size === 1).length,
  }
}
