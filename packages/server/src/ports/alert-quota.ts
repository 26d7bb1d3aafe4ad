import { type AlertSummary, SEVERITIES } from '@gatewatch/schema'

/** Most alerts about one identity that are told within a day; critical ones are told beyond it. */
export const ALERTS_PER_IDENTITY = 3

/** Most alerts that are told within a day where nothing else is configured. */
export const ALERTS_PER_DAY = 100

/** The day (ms) that quotas are for: the one before an alert's first event. */
export const QUOTA_MS = 86_400_000

const NO_GROUPS: ReadonlyMap<string, number> = new Map()

/** What came of an alert that wants to be told. */
export interface Rationed {
  readonly alert: AlertSummary
  /** Is it told now, and was not before? */
  readonly isNews: boolean
}

/**
 * Which of `wanting` alerts (new ones, and kept back ones that grew) are told, by rank: severity, then risk. `told` are the
 * others that are not kept back. Of an identity three a day are told, of a group with a budget of its own as many as `ofGroups` says, of everybody `perDay`; where there is no room, the
 * weakest that nobody has judged is kept back. Critical ones are always told. `displaced` were told, and are kept back now.
 */
export function ration(
  wanting: readonly AlertSummary[],
  told: readonly AlertSummary[],
  perDay: number,
  ofGroups: ReadonlyMap<string, number> = NO_GROUPS,
): { readonly rationed: readonly Rationed[]; readonly displaced: readonly AlertSummary[] } {
  const standing = new Map(told.map((alert) => [alert.id, alert]))
  const displaced = new Map<string, AlertSummary>()
  const inOrder = wanting.toSorted((a, b) => a.first_seen - b.first_seen || (a.id < b.id ? -1 : 1))
  for (const alert of inOrder) {
    const weakest = weakestInTheWay(alert, [...standing.values()], perDay, ofGroups)
    if (weakest !== null) {
      standing.delete(weakest.id)
      displaced.set(weakest.id, { ...weakest, status: 'kept_back' })
    }
    if (weakest?.id !== alert.id) standing.set(alert.id, { ...alert, status: 'open' })
  }
  const rationed = wanting.map((alert): Rationed => {
    const isTold = standing.has(alert.id)
    return { alert: { ...alert, status: isTold ? 'open' : 'kept_back' }, isNews: isTold }
  })
  for (const { id } of wanting) displaced.delete(id)
  return { rationed, displaced: [...displaced.values()] }
}

/** Who must be kept back for this alert to be told: another one, itself, or nobody. */
function weakestInTheWay(
  alert: AlertSummary,
  standing: readonly AlertSummary[],
  perDay: number,
  ofGroups: ReadonlyMap<string, number>,
): AlertSummary | null {
  if (alert.severity === 'critical') return null
  const { first_seen: time, entity, group = '' } = alert
  const day = standing.filter(
    ({ first_seen }) => first_seen > time - QUOTA_MS && first_seen <= time,
  )
  const own = day.filter((one) => one.entity === entity)
  const shared = day.filter((one) => one.group === group)
  const full =
    own.length >= ALERTS_PER_IDENTITY
      ? own
      : shared.length >= (ofGroups.get(group) ?? Number.POSITIVE_INFINITY)
        ? shared
        : day.length >= perDay
          ? day
          : null
  if (full === null) return null
  return full.filter(mayBeKeptBack).reduce((a, b) => (outranks(a, b) ? b : a), alert)
}

function mayBeKeptBack({ status, severity, feedback }: AlertSummary): boolean {
  return status === 'open' && severity !== 'critical' && feedback === undefined
}

function outranks(a: AlertSummary, b: AlertSummary): boolean {
  const graver = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
  return graver === 0 ? a.risk > b.risk : graver > 0
}
