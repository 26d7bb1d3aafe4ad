import {
  areWrong,
  defaultModels,
  flaggedSince,
  isToBlame,
  judgedSince,
  type Models,
  newlyFlagged,
  outOfBounds,
  type Population,
} from '@gatewatch/engine'
import type { Comparison, ModelVersion } from '@gatewatch/schema'
import type { ModelChange } from '../ports/model-log.ts'
import { inSteps } from './in-steps.ts'

/** What was not the version's fault is looked at again when so many times as much is known. */
const LOOK_AGAIN = 1.2

/** How much was known of the active version when it was last found not to be to blame: sign-ins, and verdicts on them. */
export interface Cleared {
  readonly judged: number
  readonly verdicts: number
}

/** Nothing was looked at yet. */
export const NOTHING_CLEARED: Cleared = { judged: 0, verdicts: 0 }

/** What a look at the active version is made of. */
export interface WatchParts {
  readonly population: Population
  readonly active: Models
  /** The models of another version; those that ship where it is not kept. */
  readonly modelsOf: (version: number) => Promise<Models>
  readonly cleared: Cleared
  /** Hears that the active version was found not to be to blame. */
  readonly onCleared: (cleared: Cleared) => void
}

/** A share of sign-ins since a promotion that left the bounds of what was promised. */
interface Share {
  readonly what: string
  readonly line: Comparison['line']
  readonly side: 'high' | 'low'
  readonly found: number
  readonly promised: number
}

/** An active version that may not hold what it promised when it was promoted. */
export interface Suspicion {
  readonly version: ModelVersion
  readonly comparison: Comparison
  readonly shares: readonly Share[]
  /** Verdicts since the promotion, where there are new ones to look at. */
  readonly verdicts: number
}

/**
 * Is there a reason to look at the active version: more or fewer challenges than promised, more alerts, or new verdicts of people? Cheap.
 * What the shadow showed counts as promised where that is more.
 */
export function suspicionOf(
  { population, active, cleared }: WatchParts,
  current: readonly ModelVersion[],
): Suspicion | null {
  const version = current.find(({ state }) => state === 'active')
  if (version === undefined || version.version !== active.version) return null
  const { comparison, outcomes } = version
  if (comparison === null) return null
  const { judged, challenged, alerted } = outcomes
  const shares: Share[] = []
  const suspect = (found: Omit<Share, 'side'>) => {
    const side = outOfBounds(found.found, judged, found.promised)
    if (side !== null) shares.push({ ...found, side })
  }
  if (judged >= LOOK_AGAIN * cleared.judged) {
    const { promised, line, alerts } = comparison
    suspect({ what: 'were challenged', line, found: challenged, promised })
    // too few alerts are what everybody hopes for, and too few challenges are noticed above
    if (alerts !== undefined && alerted > 0) {
      const most = Math.max(alerts.promised, alerts.candidate)
      suspect({ what: 'raised an alert', line: alerts.line, found: alerted, promised: most })
    }
  }
  const told = judgedSince(population, comparison.until / 1000).length
  const verdicts = told > 0 && told >= LOOK_AGAIN * cleared.verdicts ? told : 0
  const high = shares.filter(({ what, side }) => side === 'high' || what === 'were challenged')
  return high.length === 0 && verdicts === 0
    ? null
    : { version, comparison, shares: high, verdicts }
}

/** Takes the promotion back where the version before would have done better on the same sign-ins; null where it would not. */
export async function rollbackOf(
  parts: WatchParts,
  { version: { version, replaced, outcomes }, comparison, shares, verdicts }: Suspicion,
): Promise<ModelChange | null> {
  const { population, active, cleared } = parts
  const before = await parts.modelsOf(replaced ?? defaultModels.version)
  const since = comparison.until / 1000
  const change = { kind: 'roll_back', version, by: 'gatewatch' } as const
  for (const { what, line, side, found, promised } of shares) {
    const flagged = await inSteps(flaggedSince(population, before, active, line, since))
    if (!isToBlame(side, flagged)) continue
    const share = percent(found / outcomes.judged)
    const reason = `${found} of ${outcomes.judged} sign-ins since the promotion ${what} (${share}, promised ${percent(promised)}), too ${side === 'high' ? 'many' : 'few'}; of those kept it puts about ${Math.round(flagged.now)} at that line as it was, version ${before.version} ${Math.round(flagged.before)}`
    return { ...change, reason }
  }
  if (verdicts > 0) {
    const found = newlyFlagged(population, before, active, comparison.line, since)
    if (areWrong(found)) {
      const all = found.safe + found.compromised
      const reason = `people found ${found.safe} of ${all} sign-ins safe that it challenges and version ${before.version} does not`
      return { ...change, reason }
    }
  }
  parts.onCleared({
    judged: shares.length > 0 ? outcomes.judged : cleared.judged,
    verdicts: verdicts > 0 ? verdicts : cleared.verdicts,
  })
  return null
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
