import { isCampaignKey } from '@gatewatch/engine'
import {
  type AlertSummary,
  type FeedbackVerdict,
  type Incident,
  type IncidentNote,
  type Network,
  SEVERITIES,
} from '@gatewatch/schema'
import { groupOf } from './alert-growth.ts'
import type { JudgedEvent, RaisedAlert } from './store.ts'

/** How far (ms) an alert may lie from an incident that it joins. */
export const INCIDENT_ATTACH_MS = 86_400_000
/** How far where it comes out of the same network: an attacker returns. */
const RETURN_MS = 7 * INCIDENT_ATTACH_MS

/** Who is named where something happened by itself. */
const BY_ITSELF = 'gatewatch'

/** A key that leads to an incident, for alerts at most `within` (ms) away from it. `leads` false: it is followed, and leads nowhere anew. */
export interface IncidentKey {
  readonly key: string
  readonly within: number
  readonly leads: boolean
}

/** What of an alert says which others it belongs to. */
export interface Belonging {
  readonly group: string | undefined
  readonly entity: string
  /** Network that its event came from, where known. */
  readonly from: string | undefined
  readonly isSignIn: boolean
  /** Address range of its event, and whether that is new to the identity. */
  readonly range: string | undefined
  readonly isNewRange: boolean
  readonly wave: string | undefined
  /** Identities that a campaign got in as. */
  readonly gotInAs: readonly string[]
}

/** The keys that lead to an alert's incident, in the order in which they are followed, and those that lead there from then on. */
export interface IncidentKeys {
  readonly followed: readonly [IncidentKey, ...IncidentKey[]]
  readonly further: readonly string[]
}

/**
 * What leads to the incident of an alert. A campaign's is its own, or that of a campaign out of the same network within a week, and what
 * those do next that it got in as belongs to it. Any other's is that of its identity within a day, or within a week out of the same
 * network; of whoever acted from the same address range, where that is new to one of them; or of the campaign under way.
 */
export function incidentKeys(alert: Belonging): IncidentKeys {
  const { group, entity, from, isSignIn, range, isNewRange, wave, gotInAs } = alert
  const day = (key: string): IncidentKey => ({ key, within: INCIDENT_ATTACH_MS, leads: true })
  const week = (key: string): IncidentKey => ({ key, within: RETURN_MS, leads: true })
  if (group !== undefined && isCampaignKey(group)) {
    const others = from === undefined ? [] : [week(`campaigns from ${from}`)]
    return { followed: [day(group), ...others], further: gotInAs.map(identityKey) }
  }
  const own = identityKey(entity)
  // a credential that an intruder has used before knows where he comes from: it leads to him, and nobody else through it
  const isFollowed = range !== undefined && (isNewRange || !isSignIn)
  return {
    followed: [
      day(own),
      ...(from === undefined ? [] : [week(`${own} from ${from}`)]),
      ...(isFollowed ? [{ ...day(`range ${range}`), leads: isNewRange }] : []),
      ...(wave === undefined ? [] : [{ ...day(wave), leads: false }]),
    ],
    further: [],
  }
}

/** The same of a stored alert of this group, with the events of a transaction that were raised. */
export function keysOfAlert(
  group: string | undefined,
  entity: string,
  drafts: readonly JudgedEvent[],
): IncidentKeys {
  const own = drafts.filter(({ alert }) => alert !== null && groupOf(alert) === group)
  const taken = own.filter(({ verdict }) => verdict.outcome === 'success')
  const [first] = own
  const { event, context } = first?.arriving ?? {}
  return incidentKeys({
    group,
    entity,
    from: networkOf(context?.network),
    isSignIn: event?.class_uid === 3002,
    range: context?.network?.prefix,
    isNewRange: first?.alert?.origin !== undefined,
    wave: first?.alert?.wave,
    gotInAs: [...new Set(taken.map(({ arriving }) => arriving.entity.key))],
  })
}

/** By what a network is known again: its number, else its address range. */
export function networkOf(network: Network | undefined): string | undefined {
  return network?.asn === undefined ? network?.prefix : `AS${network.asn}`
}

/** What leads to the incident of an identity; keys that begin with it and a space lead there too. */
export function identityKey(entity: string): string {
  return `identity:${entity}`
}

/** May an alert that lies at most `within` (ms) away join this incident? */
export function mayJoin(incident: Incident, alert: AlertSummary, within: number): boolean {
  return (
    incident.status !== 'closed' &&
    alert.first_seen <= incident.last_seen + within &&
    alert.last_seen >= incident.first_seen - within
  )
}

/** The incident that an alert begins, before it is counted in. It is named like the alert. */
export function newIncident(alert: AlertSummary, key: string): Incident {
  const { id, title, severity, entity, entity_name, risk, first_seen, last_seen, demo } = alert
  return {
    id,
    kind: isCampaignKey(key) ? 'campaign' : 'identity',
    title,
    severity,
    status: 'open',
    entity,
    entity_name,
    risk,
    first_seen,
    last_seen,
    alerts: 0,
    events: 0,
    techniques: [],
    reasons: [],
    assignee: null,
    verdict: null,
    withdrawn: false,
    hidden: true,
    demo,
  }
}

/** The incident as its alerts make it: told by the gravest that stands. Without any open one it is closed; with one it is not. */
export function incidentOf(before: Incident, alerts: readonly AlertSummary[]): Incident {
  const told = alerts.filter(({ status }) => status !== 'kept_back' && status !== 'suppressed')
  const standing = told.filter(({ withdrawn }) => withdrawn === undefined)
  const shown = [standing, told, alerts].find((some) => some.length > 0)
  const [first, ...others] = shown ?? []
  if (first === undefined) return before
  const top = others.reduce((a, b) => (isAbove(b, a) ? b : a), first)
  const isOpen = alerts.some(({ status }) => status === 'open')
  const isOver = told.length > 0 && !isOpen
  const reopened = before.status === 'closed' && isOpen ? 'open' : before.status
  return {
    ...before,
    title: top.title,
    severity: top.severity,
    entity: top.entity,
    entity_name: top.entity_name,
    risk: top.risk,
    reasons: top.reasons,
    first_seen: Math.min(...alerts.map((one) => one.first_seen)),
    last_seen: Math.max(...alerts.map((one) => one.last_seen)),
    alerts: alerts.length,
    events: alerts.reduce((sum, { count }) => sum + count, 0),
    techniques: [...new Set(alerts.flatMap(({ techniques }) => techniques))].sort(),
    status: isOver ? 'closed' : reopened,
    verdict: isOver ? verdictOf(told) : null,
    withdrawn: isOver && standing.length === 0,
    hidden: told.length === 0,
  }
}

function isAbove(a: AlertSummary, b: AlertSummary): boolean {
  const graver = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
  return graver === 0 ? a.risk > b.risk : graver > 0
}

function verdictOf(alerts: readonly AlertSummary[]): FeedbackVerdict | null {
  const said = alerts.flatMap(({ feedback }) => feedback?.verdict ?? [])
  const order: readonly FeedbackVerdict[] = ['compromised', 'dismissed', 'safe']
  return order.find((verdict) => said.includes(verdict)) ?? null
}

/** What a transaction did to an incident: how it is now, what its history has more, and its alerts with what is to be told of them. */
export interface Gathered {
  readonly incident: Incident
  readonly notes: readonly IncidentNote[]
  readonly raised: readonly RaisedAlert[]
}

/** Counts changed alerts into their incident, of which `alerts` are all; `added`: ids of those that are new in it. */
export function gatherIn(
  before: Incident,
  alerts: readonly AlertSummary[],
  changed: readonly RaisedAlert[],
  added: ReadonlySet<string>,
): Gathered {
  const incident = incidentOf(before, alerts)
  const notes: IncidentNote[] = changed
    .filter(({ alert }) => added.has(alert.id))
    .map(({ alert }) => noteOf('alert', alert, `${alert.title} (${alert.entity_name})`))
  const [last] = changed.map(({ alert }) => alert).sort((a, b) => b.last_seen - a.last_seen)
  const isGraver =
    !before.hidden &&
    incident.status !== 'closed' &&
    SEVERITIES.indexOf(incident.severity) > SEVERITIES.indexOf(before.severity)
  const ends = before.status !== 'closed' && incident.status === 'closed'
  if (last !== undefined && isGraver) {
    notes.push(noteOf('graver', last, `from ${before.severity} to ${incident.severity}`))
  }
  if (last !== undefined && incident.withdrawn && !before.withdrawn) {
    notes.push(noteOf('withdrawn', last, last.withdrawn?.why ?? ''))
  } else if (last !== undefined && ends) {
    notes.push(noteOf('status', last, `closed: ${incident.verdict ?? 'without a verdict'}`))
  }
  if (last !== undefined && before.status === 'closed' && incident.status === 'open') {
    notes.push(noteOf('status', last, 'open again'))
  }
  let isFirst = before.hidden
  const raised = changed.map((one): RaisedAlert => {
    const isTold = one.isNew && one.alert.status === 'open'
    const news = isTold && !isFirst ? 'joined' : isTold ? 'raised' : undefined
    if (isTold) isFirst = false
    const top = isGraver && one.alert.severity === incident.severity
    const end = ends && one.alert.id === last?.id ? endOf(incident) : undefined
    const tell = end ?? (top && news !== 'raised' ? 'graver' : news)
    return tell === undefined ? one : { ...one, tell }
  })
  return { incident, notes, raised }
}

function endOf({ withdrawn }: Incident): 'withdrawn' | 'closed' {
  return withdrawn ? 'withdrawn' : 'closed'
}

function noteOf(change: IncidentNote['change'], alert: AlertSummary, text: string): IncidentNote {
  const { feedback, last_seen } = alert
  const isPersons = change === 'status' && feedback !== undefined
  return {
    time: isPersons ? feedback.time : last_seen,
    by: isPersons ? feedback.by : BY_ITSELF,
    change,
    text: text.slice(0, 500),
  }
}
