import { type Confusion, confusionAt } from '@gatewatch/engine/lab'

/** A way of flagging, and what it would be at several shares of attacks. */
export interface PrevalenceRow {
  readonly flagging: string
  readonly recall: number
  readonly falsePositives: number
  /** At each share of `PREVALENCES`. */
  readonly at: readonly Confusion[]
}

/** Shares of sign-ins that are attacks: as in sets that claims are made on, one in 1,000, one in 10,000. */
const PREVALENCES = [0.068, 1e-3, 1e-4] as const

/** The confusion matrices of one way of flagging. */
export function acrossPrevalences(
  flagging: string,
  recall: number,
  falsePositives: number,
): PrevalenceRow {
  return {
    flagging,
    recall,
    falsePositives,
    at: PREVALENCES.map((prevalence) => confusionAt(recall, falsePositives, prevalence)),
  }
}
