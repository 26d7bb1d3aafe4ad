import { type EventKind, eventKind } from '@gatewatch/schema'
import type { DetectorInput, Finding } from '../types.ts'
import { chainRules } from './attack-chains.ts'
import { bruteForce } from './brute-force.ts'
import { bruteForceSuccess } from './brute-force-success.ts'
import { concurrentCountry } from './concurrent-country.ts'
import { consoleWithoutMfa } from './console-without-mfa.ts'
import { credentialForAnother } from './credential-for-another.ts'
import { dataVolume } from './data-volume.ts'
import { dormantAccount } from './dormant-account.ts'
import { impossibleTravel } from './impossible-travel.ts'
import { loggingOff } from './logging-off.ts'
import { machineCredentialsOutside } from './machine-credentials-outside.ts'
import { massDeletion } from './mass-deletion.ts'
import { mfaFatigue } from './mfa-fatigue.ts'
import { mfaFraudReported } from './mfa-fraud-reported.ts'
import { mfaPromptBurst } from './mfa-prompt-burst.ts'
import { mfaWeakened } from './mfa-weakened.ts'
import { networkOpened } from './network-opened.ts'
import { newCountryAndDevice } from './new-country-and-device.ts'
import { passwordSpray } from './password-spray.ts'
import { privilegeEscalation } from './privilege-escalation.ts'
import { protectionOff } from './protection-off.ts'
import { reconnaissance } from './reconnaissance.ts'
import { resetBurst } from './reset-burst.ts'
import { resetThenNewDevice } from './reset-then-new-device.ts'
import { resourceSpike } from './resource-spike.ts'
import { rootUse } from './root-use.ts'
import type { Rule } from './rule.ts'
import { secretsHarvest } from './secrets-harvest.ts'
import { sharedOutside } from './shared-outside.ts'
import { spraySuccess } from './spray-success.ts'
import { takeoverSession } from './takeover-session.ts'
import { trustChanged } from './trust-changed.ts'

export { found, type Rule } from './rule.ts'

/** Every rule, in the order in which their findings are listed. */
export const rules: readonly Rule[] = [
  impossibleTravel,
  concurrentCountry,
  newCountryAndDevice,
  bruteForce,
  bruteForceSuccess,
  passwordSpray,
  spraySuccess,
  resetBurst,
  resetThenNewDevice,
  mfaFatigue,
  mfaPromptBurst,
  mfaFraudReported,
  mfaWeakened,
  rootUse,
  consoleWithoutMfa,
  dormantAccount,
  loggingOff,
  protectionOff,
  privilegeEscalation,
  credentialForAnother,
  trustChanged,
  networkOpened,
  sharedOutside,
  massDeletion,
  resourceSpike,
  dataVolume,
  reconnaissance,
  secretsHarvest,
  machineCredentialsOutside,
  ...chainRules,
  takeoverSession,
]

const byCode: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.code, rule]))

const about = (kind: EventKind): readonly Rule['when'][] =>
  rules.filter((rule) => rule.kinds.includes(kind)).map((rule) => rule.when)

const byKind: Readonly<Record<EventKind, readonly Rule['when'][]>> = {
  authentication: about('authentication'),
  api_activity: about('api_activity'),
  account_change: about('account_change'),
  other: about('other'),
}

/** The rule that makes findings with this code; undefined for a code of another detector. */
export function ruleOf(code: string): Rule | undefined {
  return byCode.get(code)
}

/**
 * Asks every rule that looks at this kind of event, and appends what they find to `into`, which is returned.
 * Allocates nothing when no rule has anything to say and the caller brings `into`.
 */
export function evaluateRules(input: DetectorInput, into: Finding[] = []): Finding[] {
  for (const when of byKind[eventKind(input.input.event)]) {
    const finding = when(input)
    if (finding !== null) into.push(finding)
  }
  return into
}
