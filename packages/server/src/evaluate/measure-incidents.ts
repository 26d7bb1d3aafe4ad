import { ALERT_ATTACH_MS } from '../ports/alert-growth.ts'
import { INCIDENT_ATTACH_MS, identityKey } from '../ports/incident-growth.ts'
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
 * Gathers alerts as they are stored: events of one group a day apart at most are one alert; alerts of one campaign, or of one identity,
 * a day apart at most are one incident, and whom a campaign got in as belongs to it from then on. Rows in the order of time.
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
  const standing = (key: string, time: number) => {
    const found = leading.get(key)
    return found !== undefined && time - found.last <= INCIDENT_ATTACH_MS ? found : undefined
  }
  for (const { time, entity, group, isCampaign, isSuccess, truth } of rows) {
    if (group === null) continue
    const own = identityKey(entity)
    const primary = isCampaign ? group : own
    const before = alerts.get(group)
    const goesOn = before !== undefined && time - before.last <= ALERT_ATTACH_MS
    if (!goesOn) alertsMade += 1
    const incident = (goesOn ? before.incident : standing(primary, time)) ?? {
      number: incidentsMade++,
      last: time,
    }
    incident.last = time
    alerts.set(group, { incident, last: time })
    leading.set(primary, incident)
    if (isCampaign && isSuccess && standing(own, time) === undefined) leading.set(own, incident)
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
