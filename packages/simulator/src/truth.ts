import type { AccessEvent } from '@gatewatch/schema'

/** Kinds of attack that a world contains. */
export const ATTACK_TYPES = [
  'naive',
  'vpn',
  'targeted',
  'cookie_theft',
  'credential_stuffing',
  'password_spray',
  'mfa_fatigue',
  'dormant_takeover',
  'leaked_key',
  'insider',
  'mass_deletion',
  'slow_exfiltration',
  'consent_abuse',
  'privilege_escalation',
  'role_chain',
  'poisoning',
  'poisoned_strike',
] as const
export type AttackType = (typeof ATTACK_TYPES)[number]

/** What really happened: kept beside the event, never in it. `victim` is an identity's key; `campaign` joins what one attacker did. */
export interface Truth {
  readonly label: 'benign' | AttackType
  readonly victim?: string
  readonly campaign?: string
}

/** An event and, apart from it, its truth. */
export interface SimulatedEvent {
  readonly event: AccessEvent
  readonly truth: Truth
}

/** The truth of everything that is no attack. */
export const BENIGN: Truth = Object.freeze({ label: 'benign' })
