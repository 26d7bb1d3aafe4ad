import { catalogue } from '@gatewatch/engine'
import { type Ranking, thresholdAt } from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { SignInRow } from './trial.ts'

/** A kind of evidence that an attack brings along. */
export type Cause = 'network' | 'device' | 'guessing' | 'prompts' | 'dormancy'

/** Which evidence each type of attack puts into its sign-ins, by the way it is made. Types not listed are not told. */
export const INJECTED: Readonly<Record<string, readonly Cause[]>> = {
  naive: ['network', 'device'],
  vpn: ['network', 'device'],
  targeted: ['network', 'device'],
  cookie_theft: ['network'],
  credential_stuffing: ['guessing', 'network', 'device'],
  password_spray: ['guessing', 'network', 'device'],
  mfa_fatigue: ['prompts', 'network', 'device'],
  dormant_takeover: ['dormancy', 'network', 'device'],
}

/** Reasons that name a kind of evidence without being a term of its group: joint patterns, rules and counters. */
const NAMED: Readonly<Record<string, readonly Cause[]>> = {
  together: ['network', 'device'],
  late_together: ['network', 'device'],
  new_country_and_device: ['network', 'device'],
  impossible_travel: ['network'],
  concurrent_country: ['network'],
  brute_force: ['guessing'],
  brute_force_success: ['guessing'],
  password_spray: ['guessing'],
  spray_success: ['guessing'],
  prefix_failures: ['guessing'],
  asn_failures: ['guessing'],
  device_rate: ['guessing'],
  place_rate: ['guessing'],
  mfa_fatigue: ['prompts'],
  mfa_prompt_burst: ['prompts'],
  mfa_fraud_reported: ['prompts'],
  dormant_account: ['dormancy'],
}

/** Of the detected attacks of one type, how many name what the attack brought along among their two loudest reasons. */
export interface CausesRow {
  readonly type: string
  readonly detected: number
  readonly named: number
}

/** Explanation against truth, at the threshold of 0.3 % false positives. */
export interface CausesSection {
  readonly byType: readonly CausesRow[]
  readonly detected: number
  readonly named: number
  /** Share of benign sign-ins above the threshold that name network or device: what chance would reach. */
  readonly chance: number
}

/** How often the injected evidence is among the two loudest reasons of what the ensemble (column 0) detects. */
export function measureCauses(signIns: readonly SignInRow[], ranking: Ranking): CausesSection {
  const scores = signIns.map((row) => row.scores[0] ?? Number.NaN)
  const threshold = thresholdAt(ranking, scores, 0.003)
  const flagged = signIns.filter((_, i) => (scores[i] ?? 0) >= threshold)
  const names = ({ reasons }: SignInRow, wanted: readonly Cause[]) =>
    reasons.some((code) => causesOf(code).some((cause) => wanted.includes(cause)))
  const byType = Object.entries(INJECTED).map(([type, wanted]) => {
    const those = flagged.filter(({ truth }) => truth.label === type)
    return {
      type,
      detected: those.length,
      named: those.filter((row) => names(row, wanted)).length,
    }
  })
  const benign = flagged.filter((row) => !isHostile(row))
  return {
    byType: byType.filter(({ detected }) => detected > 0),
    detected: byType.reduce((sum, { detected }) => sum + detected, 0),
    named: byType.reduce((sum, { named }) => sum + named, 0),
    chance: benign.filter((row) => names(row, ['network', 'device'])).length / benign.length,
  }
}

function causesOf(code: string): readonly Cause[] {
  const named = NAMED[code]
  if (named !== undefined) return named
  const group = catalogue.find(({ name }) => name === code)?.group
  return group === 'network' || group === 'device' ? [group] : []
}
