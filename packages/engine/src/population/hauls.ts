import { CAMPAIGN, successesAt, usualFastAt } from './campaign.ts'
import type { Population } from './population.ts'

/** Key, among the counters of the whole organisation, of people's sessions that take unusually much. */
export const HAULS = 2

/** Others at once who are expected anywhere, and how many times the usual number is nothing out of the way. */
const FEW = 1
const USUAL_TIMES = 2

/**
 * How many times more people than usual take unusually much in these hours, at least 1: a month's end, an inventory, an audit.
 * `own`: is one of them the identity that is judged? Counted are sessions, half of them forgotten after six hours; usual is what
 * the hours of the last weeks showed, intruders among them. An organisation younger than a day has no usual.
 */
export function haulsAtOnce(population: Population, period: number, own: boolean): number {
  const entry = population.campaigns[CAMPAIGN.tenant]?.get(HAULS)
  if (entry === undefined) return 1
  const others = successesAt(entry, period) - (own ? 1 : 0)
  const usual = usualFastAt(entry, period)
  return Math.max(1, others / Math.max(FEW, USUAL_TIMES * (Number.isNaN(usual) ? 0 : usual)))
}
