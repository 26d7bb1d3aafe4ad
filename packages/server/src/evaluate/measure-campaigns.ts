import { draftAlert, isCampaignKey } from '@gatewatch/engine'
import { ALERT_ATTACH_MS } from '../ports/alert-growth.ts'
import { type Belonging, networkOf } from '../ports/incident-growth.ts'
import { type IncidentsResult, measureIncidents } from './measure-incidents.ts'
import type { JudgedTruth, Observer } from './trial.ts'

/** Identities from which an attacker's doings are a campaign rather than one takeover. */
export const MANY = 5

/** An event of an attacker, or one that raised an alert. `group` null: no alert; `campaign`: is the group a campaign's? */
export interface IncidentRow {
  readonly time: number
  readonly entity: string
  readonly group: string | null
  readonly isCampaign: boolean
  /** Did it succeed? */
  readonly isSuccess: boolean
  /** What else says which alerts it belongs to (incident-growth.ts). */
  readonly belonging: Omit<Belonging, 'group' | 'entity' | 'gotInAs'>
  readonly truth: JudgedTruth
}

/** How the campaigns of one type were met. */
export interface CampaignsOfType {
  readonly campaigns: number
  /** Campaigns with an incident, and incidents that they were spread over. */
  readonly found: number
  readonly incidents: number
  /** Median over the found of the share of its events that had passed before the first alert. */
  readonly passedBefore: number
}

/** What became of campaigns against many, and which alerts of campaigns were false. */
export interface CampaignsResult {
  readonly byType: Readonly<Record<string, CampaignsOfType>>
  /** Incidents without an attacker's event, and all incidents. */
  readonly falseIncidents: number
  readonly incidents: number
  /** Incidents that hold more than one attacker's campaign. */
  readonly joined: number
  /** Alerts of every kind without an attacker's event, a day and 1,000 people; and of all alerts the share that is false. */
  readonly falseAlertsPerDayPer1000: number
  readonly falseShare: number
  /** What people get to see, attackers' doings and others'. */
  readonly gathered: IncidentsResult
}

/** Collects what raised an alert or was an attacker's, after the warm-up. */
export function watchCampaigns(days: number, people: number): Observer<CampaignsResult> {
  const rows: IncidentRow[] = []
  return {
    see({ input, assessment, truth, counts }) {
      if (!counts || (truth.label === 'benign' && !assessment.alerted)) return
      const draft = draftAlert(input, assessment)
      const group = draft?.group ?? null
      rows.push({
        time: input.event.time,
        entity: input.entity.key,
        group,
        isCampaign: group !== null && isCampaignKey(group),
        isSuccess: input.event.status_id === 1,
        belonging: {
          from: networkOf(input.context.network),
          isSignIn: input.event.class_uid === 3002,
          range: input.context.network?.prefix,
          isNewRange: draft?.origin !== undefined,
          wave: draft?.wave,
        },
        truth,
      })
    },
    finish: () => measureCampaigns(rows, days, people),
  }
}

/**
 * One incident is what one alert would hold: events of one group no more than a day apart. A campaign is found when an
 * incident of a campaign holds an event of it.
 */
export function measureCampaigns(
  rows: readonly IncidentRow[],
  days: number,
  people: number,
): CampaignsResult {
  const incidents = new Map<IncidentRow, number>()
  const ofCampaigns = new Set<number>()
  const open = new Map<string, { id: number; last: number }>()
  const hostile = new Set<number>()
  let made = 0
  for (const row of rows) {
    if (row.group === null) continue
    const known = open.get(row.group)
    const id = known !== undefined && row.time - known.last <= ALERT_ATTACH_MS ? known.id : made++
    open.set(row.group, { id, last: row.time })
    incidents.set(row, id)
    if (row.isCampaign) ofCampaigns.add(id)
    if (row.truth.label !== 'benign') hostile.add(id)
  }
  const campaigns = Map.groupBy(
    rows.filter(({ truth }) => truth.label !== 'benign'),
    ({ truth }) => truth.campaign,
  )
  const many = [...campaigns.values()].filter(
    (events) => new Set(events.map(({ entity }) => entity)).size >= MANY,
  )
  const byType = Object.fromEntries(
    [...Map.groupBy(many, ([first]) => first?.truth.label ?? 'benign')].map(([label, those]) => [
      label,
      ofType(those, incidents, ofCampaigns),
    ]),
  )
  return {
    byType,
    falseIncidents: [...ofCampaigns].filter((id) => !hostile.has(id)).length,
    incidents: ofCampaigns.size,
    joined: [...Map.groupBy(incidents, ([, id]) => id)].filter(
      ([id, held]) =>
        ofCampaigns.has(id) &&
        new Set(held.flatMap(([{ truth }]) => (truth.label === 'benign' ? [] : [truth.campaign])))
          .size > 1,
    ).length,
    falseAlertsPerDayPer1000: (made - hostile.size) / days / (people / 1000),
    falseShare: (made - hostile.size) / made,
    gathered: measureIncidents(rows, days, people),
  }
}

function ofType(
  campaigns: readonly (readonly IncidentRow[])[],
  incidents: ReadonlyMap<IncidentRow, number>,
  ofCampaigns: ReadonlySet<number>,
): CampaignsOfType {
  const joins = (event: IncidentRow) => ofCampaigns.has(incidents.get(event) ?? -1)
  const held = campaigns.map(
    (events) => new Set(events.filter(joins).map((event) => incidents.get(event))).size,
  )
  const before = campaigns
    .map((events) => events.findIndex(joins) / events.length)
    .filter((share) => share >= 0)
    .sort((a, b) => a - b)
  return {
    campaigns: campaigns.length,
    found: before.length,
    incidents: held.reduce((sum, one) => sum + one, 0),
    passedBefore: before[before.length >> 1] ?? Number.NaN,
  }
}
