import type { SignInRow } from './trial.ts'

/**
 * Attackers who are judged by what they do: many of them are the owner, or hold a right key, so that a sign-in of theirs has
 * nothing to show. Their sign-ins are neither benign nor attack sign-ins.
 */
const ACTIVITY = [
  'slow_exfiltration',
  'consent_abuse',
  'privilege_escalation',
  'role_chain',
  'leaked_key',
  'insider',
  'mass_deletion',
]

/**
 * What a sign-in with a label counts as: `attack` where somebody else signs in (any label that is not one of the activity
 * campaigns), `activity` for a sign-in of an attacker who is judged by actions.
 */
export function kindOf(label: string): 'benign' | 'attack' | 'activity' {
  if (label === 'benign') return 'benign'
  return ACTIVITY.includes(label) ? 'activity' : 'attack'
}

/** Was this sign-in, of those that are benign or attacks, an attack? */
export function isHostile({ truth }: Pick<SignInRow, 'truth'>): boolean {
  return truth.label !== 'benign'
}

/** How many rows have each name. */
export function countBy<T>(rows: readonly T[], name: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[name(row)] = (counts[name(row)] ?? 0) + 1
  return counts
}

/** A small integer for each name, the same for the same. */
export function numbered(names: readonly string[]): Uint32Array {
  const known = new Map<string, number>()
  return Uint32Array.from(names, (name) => {
    const index = known.get(name) ?? known.size
    known.set(name, index)
    return index
  })
}
