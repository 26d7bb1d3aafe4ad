import type { Severity } from '@gatewatch/schema'

/** Four bands of risk, from ordinary (0) to extreme (3); symbols, colours and words follow them. */
export type Band = 0 | 1 | 2 | 3

/** The band of a calibrated risk 0-100: from 50 (1 benign event in 100), 75 (1 in 1,000) and 90 (1 in 4,000). */
export function riskBand(risk: number): Band {
  if (risk >= 90) return 3
  if (risk >= 75) return 2
  return risk >= 50 ? 1 : 0
}

/** A risk as a whole number that never reads higher than its band: 49.7 is 49, not an unusual-looking 50. */
export function wholeRisk(risk: number): number {
  return Math.floor(risk)
}

/** An alert's severity on the same four steps. */
export function severityBand(severity: Severity): Band {
  const bands = { low: 0, medium: 1, high: 2, critical: 3 } as const
  return bands[severity]
}

/**
 * How many benign events hold one as strange: 10^(risk / 25), the inverse of risk = 25 log10(N); two significant digits.
 * Risk ends at 100, so 10,000 stands for "10,000 or more".
 */
export function oneInHowMany(risk: number): number {
  return Number((10 ** (Math.min(100, Math.max(0, risk)) / 25)).toPrecision(2))
}
