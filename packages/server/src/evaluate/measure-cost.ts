import type { CampaignsResult } from './measure-campaigns.ts'
import type { FoundSection } from './measure-found.ts'

/** What mistakes weigh: a false alert, an attacker who never raised an alert, an hour until the first alert on one who did. */
export const COSTS = { falseAlert: 1, missed: 200, hourLate: 20 } as const

/** The weighted cost of alerts as shipped, a day and 1,000 people. */
export interface CostSection {
  readonly falseAlerts: number
  readonly missed: number
  readonly hoursLate: number
  readonly total: number
  /** What it would cost never to alert. */
  readonly ofSilence: number
}

/** Weighs false alerts, attackers missed and hours lost over the counted `days` of `people`; attackers of the warm-up left out. */
export function measureCost(
  { all }: Pick<FoundSection, 'all'>,
  { falseAlertsPerDayPer1000 }: Pick<CampaignsResult, 'falseAlertsPerDayPer1000'>,
  days: number,
  people: number,
): CostSection {
  const dayOf1000 = (value: number) => (value / days / people) * 1_000
  const found = Number.isNaN(all.found) ? 0 : all.found
  const falseAlerts = COSTS.falseAlert * falseAlertsPerDayPer1000
  const missed = dayOf1000(COSTS.missed * all.campaigns * (1 - found))
  const hoursLate = dayOf1000(COSTS.hourLate * all.hoursLate)
  return {
    falseAlerts,
    missed,
    hoursLate,
    total: falseAlerts + missed + hoursLate,
    ofSilence: dayOf1000(COSTS.missed * all.campaigns),
  }
}
