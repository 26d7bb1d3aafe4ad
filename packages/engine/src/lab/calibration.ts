/** A group of events with like stated probabilities: what was said on average, and what share were attacks. */
export interface ReliabilityBin {
  readonly events: number
  readonly said: number
  readonly was: number
}

/** How the groups are made; attacks weigh `attackWeight` where the data has more of them than is assumed. */
export interface ReliabilityOptions {
  readonly bins?: number
  readonly attackWeight?: number
}

/** Events in groups of equal number by stated probability, lowest first. */
export function reliability(
  probabilities: ArrayLike<number>,
  isAttack: ArrayLike<number>,
  options: ReliabilityOptions = {},
): ReliabilityBin[] {
  const { bins = 20, attackWeight = 1 } = options
  const size = probabilities.length
  const order = Uint32Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  )
  const groups: ReliabilityBin[] = []
  for (let bin = 0; bin < bins; bin++) {
    const rows = order.subarray(
      Math.floor((bin * size) / bins),
      Math.floor(((bin + 1) * size) / bins),
    )
    let said = 0
    let was = 0
    let events = 0
    for (const i of rows) {
      const weight = isAttack[i] ? attackWeight : 1
      events += weight
      said += weight * (probabilities[i] as number)
      was += isAttack[i] ? weight : 0
    }
    if (events > 0) groups.push({ events, said: said / events, was: was / events })
  }
  return groups
}

/**
 * How far stated probabilities are from what happened: mean over groups of equal size of |mean probability - share of
 * attacks|, 0-1 (expected calibration error; Naeini et al., AAAI 2015, with groups of equal number). NaN for no events.
 */
export function calibrationError(
  probabilities: ArrayLike<number>,
  isAttack: ArrayLike<number>,
  options: ReliabilityOptions = {},
): number {
  const groups = reliability(probabilities, isAttack, options)
  const total = groups.reduce((sum, { events }) => sum + events, 0)
  return (
    groups.reduce((sum, { events, said, was }) => sum + events * Math.abs(said - was), 0) / total
  )
}
