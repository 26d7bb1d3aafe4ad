import type { AlertSummary, EventSummary, RiskContribution } from '@gatewatch/schema'

/** From which risk (0-100) on an event that is allowed raises its identity's risk: 1 benign event in 100 is as strange. */
const CONTRIBUTES_AT = 50

/** For how long (ms) it does. */
export const CONTRIBUTES_MS = 30 * 86_400_000

/** Is the event too ordinary to raise its identity's risk? */
export function isOrdinary({ risk, decision }: Pick<EventSummary, 'risk' | 'decision'>): boolean {
  return risk < CONTRIBUTES_AT && decision === 'allow'
}

/** What an event adds to its identity's risk: its strongest reason, in nats; null where it is too ordinary. */
export function contributionOf(summary: EventSummary): RiskContribution | null {
  const [reason] = summary.reasons
  if (isOrdinary(summary) || reason === undefined) return null
  const { code, text, points } = reason
  return { time: summary.time, code, text, points, now: points, uid: summary.uid }
}

/** What a person's word adds (nats) that an account was taken over: a risk of 78 by itself. */
const CONFIRMED = 12

/** What an alert adds to its identity's risk once somebody called it compromised; null before. `uid`: of the event it shows. */
export function confirmedContribution(
  { feedback }: Pick<AlertSummary, 'feedback'>,
  uid: string,
): RiskContribution | null {
  if (feedback?.verdict !== 'compromised') return null
  const text = 'Somebody said that this account was taken over.'
  return { time: feedback.time, code: 'compromised', text, points: CONFIRMED, now: CONFIRMED, uid }
}
