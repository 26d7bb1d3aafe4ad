/** What all unjudged ordinary sign-ins together count beside one verdict of a person each. */
export const BACKGROUND = 100

/** Verdicts at which they count half. */
const HALF = 80

/** How much models fitted on so many people's verdicts are trusted: 0 without any, towards 1 with many. */
export function trustIn(verdicts: number): number {
  return verdicts / (verdicts + HALF)
}
