import { type Ranking, thresholdAt } from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { SignInRow } from './trial.ts'

const PLACE = ['country', 'city', 'asn', 'prefix', 'network_class', 'travel']
const JUMP = ['impossible_travel', 'concurrent_country']
const MACHINE = ['device', 'os', 'os_version', 'browser', 'browser_version']
const BOTH = ['together', 'late_together', 'new_country_and_device']
const GUESSING = [
  'brute_force',
  'brute_force_success',
  'password_spray',
  'spray_success',
  'prefix_failures',
  'asn_failures',
  'device_rate',
  'place_rate',
]
const PROMPTS = ['mfa_fatigue', 'mfa_prompt_burst', 'mfa_fraud_reported']

/**
 * Which reasons name what each type of attack brings along, by the way it is made. A kind of evidence that the attacker took
 * care to copy (the victim's country, provider, client) is none of it. Types not listed are not told.
 */
export const INJECTED: Readonly<Record<string, readonly string[]>> = {
  naive: [...PLACE, ...JUMP, ...MACHINE, ...BOTH],
  vpn: ['city', 'asn', 'prefix', 'network_class', 'travel', ...MACHINE, ...BOTH],
  targeted: ['prefix', 'device', 'together', 'late_together'],
  cookie_theft: [...PLACE, ...JUMP, 'unvouched'],
  credential_stuffing: [...GUESSING, ...PLACE, ...MACHINE, ...BOTH],
  password_spray: [...GUESSING, ...PLACE, ...MACHINE, ...BOTH],
  mfa_fatigue: [...PROMPTS, ...PLACE, ...MACHINE, ...BOTH],
  dormant_takeover: ['dormant_account', ...PLACE, ...MACHINE, ...BOTH],
}

/** Of the detected attacks of one type, how many name what the attack brought along among their two loudest reasons. */
export interface CausesRow {
  readonly type: string
  readonly detected: number
  readonly named: number
  /** Share of the benign sign-ins above the same threshold that name the same evidence: what chance would reach. */
  readonly chance: number
}

/** Explanation against truth, at the threshold of 0.3 % false positives. */
export interface CausesSection {
  readonly byType: readonly CausesRow[]
  readonly detected: number
  readonly named: number
}

/** How often the injected evidence is among the two loudest reasons of what the ensemble (column 0) detects. */
export function measureCauses(signIns: readonly SignInRow[], ranking: Ranking): CausesSection {
  const scores = signIns.map((row) => row.scores[0] ?? Number.NaN)
  const threshold = thresholdAt(ranking, scores, 0.003)
  const flagged = signIns.filter((_, i) => (scores[i] ?? 0) >= threshold)
  const benign = flagged.filter((row) => !isHostile(row))
  const names = ({ reasons }: SignInRow, wanted: readonly string[]) =>
    reasons.some((code) => wanted.includes(code))
  const byType = Object.entries(INJECTED).map(([type, wanted]) => {
    const those = flagged.filter(({ truth }) => truth.label === type)
    return {
      type,
      detected: those.length,
      named: those.filter((row) => names(row, wanted)).length,
      chance: benign.filter((row) => names(row, wanted)).length / benign.length,
    }
  })
  return {
    byType: byType.filter(({ detected }) => detected > 0),
    detected: byType.reduce((sum, { detected }) => sum + detected, 0),
    named: byType.reduce((sum, { named }) => sum + named, 0),
  }
}
