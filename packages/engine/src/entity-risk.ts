/** One thing that raised an identity's risk: when (ms), its reason, its points (nats), and the event's uid. */
export interface RiskFinding {
  readonly time: number
  readonly code: string
  readonly text: string
  readonly points: number
  readonly uid: string
}

/** Hours after which a finding counts half. */
export const HALF_LIFE_HOURS = 48
/** Decayed nats at which the risk is 63 of 100. */
const SCALE = 8

/**
 * Risk of an identity, 0-100, at a time (ms): 100 (1 - e^(-S / 8)) with S the sum of its findings' positive points, each
 * halved every 48 hours. `now` is what is left of each. A finding of the future counts whole.
 */
export function entityRisk(
  contributions: readonly RiskFinding[],
  now: number,
): { risk: number; half_life_hours: number; contributions: (RiskFinding & { now: number })[] } {
  let sum = 0
  const left = contributions.map((finding) => {
    const hours = Math.max(0, now - finding.time) / 3_600_000
    const rest = Math.max(0, finding.points) * 2 ** (-hours / HALF_LIFE_HOURS)
    sum += rest
    return { ...finding, now: rest }
  })
  left.sort((a, b) => b.now - a.now || b.time - a.time)
  return {
    risk: 100 * -Math.expm1(-sum / SCALE),
    half_life_hours: HALF_LIFE_HOURS,
    contributions: left,
  }
}
