import type { EnrichedEvent, Verdict } from '@gatewatch/schema'
import { assess, createAssessment } from '../assess.ts'
import { binOf, histogramOf, SHORT } from '../combine/calibrate.ts'
import { isAccused, usualEntry } from '../combine/entry.ts'
import { REMEMBERED } from '../features/catalogue.ts'
import { defaultModels } from '../models/shipped.ts'
import { ADD, add } from '../population/delta.ts'
import { BINS, type Population, type PopulationDelta } from '../population/population.ts'
import { dayOf } from '../profile/decay.ts'
import type { Profile } from '../profile/profile.ts'
import { FIFTHS, findSlot, setDoubted, setStrong } from '../profile/slots.ts'
import { ruleOf } from '../rules/index.ts'

/** What is known of a judged event afterwards, by a person or by the challenge it was answered with: nothing, or whose it was. */
export type Settled = 'safe' | 'compromised' | null

/** What of a verdict says how its score was counted. */
type Scored = Pick<Verdict, 'score' | 'risk' | 'not_assessed'> & {
  readonly reasons: readonly { readonly code: string }[]
}

/**
 * Corrects the organisation's histogram for what is said of an event now, `after`, in place of what was said `before`: a
 * safe one counts as if nothing had accused it, a compromised one not at all, any other as it entered. The same said twice
 * changes nothing, and taking it back undoes it exactly.
 */
export function settleScore(
  input: EnrichedEvent,
  { score, risk, reasons, not_assessed }: Scored,
  before: Settled,
  after: Settled,
  delta: PopulationDelta,
): void {
  if (before === after || not_assessed.includes('future_time')) return
  const findings = reasons.filter(({ code }) => ruleOf(code) !== undefined)
  const accused = isAccused({ findings, risk })
  const weight = (said: Settled) => {
    if (said === null) return usualEntry(findings, risk)
    return said === 'safe' ? usualEntry([], risk) : 0
  }
  const fifths = Math.round(weight(after) * FIFTHS) - Math.round(weight(before) * FIFTHS)
  const known = not_assessed.includes('no_history') ? 0 : SHORT
  const activeDays = not_assessed.includes('short_history') ? 0 : SHORT
  const histogram = histogramOf(input, { history: known, activeDays })
  const day = dayOf(input.event.time)
  if (fifths !== 0) {
    add(delta, ADD.score, histogram * BINS + binOf(score), 0, day, fifths)
  }
  // whom findings accused wrongly says nothing of attackers without a name
  const cleared = Number(before === 'safe') - Number(after === 'safe')
  if (accused && cleared !== 0) add(delta, ADD.accused, histogram, 0, day, cleared)
}

/** Factors that cannot be passed on to somebody else, as codes and prompts can. */
const PROOFS = ['webauthn', 'passkey', 'cert']

/** Did the identity prove afterwards that the event was its own, by a factor that cannot be passed on? */
export function isProven({ challenge }: Pick<Verdict, 'challenge'>): boolean {
  return challenge?.outcome === 'passed' && PROOFS.includes(challenge.factor ?? '')
}

const scratch = createAssessment()

/**
 * The identity proved by a factor that cannot be passed on that an event was its own: the values of the event that the
 * profile holds are trusted from now on, and no longer in doubt. Counts stay.
 */
export function vouch(input: EnrichedEvent, profile: Profile, population: Population): void {
  assess(input, profile, population, defaultModels, scratch)
  for (let i = 0; i < REMEMBERED; i++) {
    const hash = scratch.values[i] ?? 0
    const at = hash === 0 ? -1 : findSlot(profile, i, hash)
    if (at < 0) continue
    setDoubted(profile, at, 0)
    setStrong(profile, at)
  }
}
