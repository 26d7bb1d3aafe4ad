import { SEVERITIES } from '@gatewatch/schema'
import type { Finding } from '../types.ts'

/**
 * Findings with the points that they may add: those of one campaign 3 nats together; of all findings the strongest
 * counts whole, each further one 60 % of the one before's share, so that many names for one thing do not flood a score.
 */
export function restrained(findings: readonly Finding[]): Finding[] {
  if (findings.length === 0) return []
  const order = findings.toSorted(
    (a, b) =>
      b.points - a.points ||
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      (a.code < b.code ? -1 : 1),
  )
  let campaign = 3
  let share = 1
  return order.map((finding) => {
    let points = finding.points * share
    if (finding.campaign !== undefined) {
      points = Math.min(points, campaign)
      campaign -= points
    }
    share *= 0.6
    return { ...finding, points }
  })
}
