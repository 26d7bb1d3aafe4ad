import type { AccessEvent, FailureClass } from '@gatewatch/schema'
import { entryOf } from '../values/fields.ts'

/** NTSTATUS, as Status and SubStatus have it. */
const statuses: Readonly<Record<string, FailureClass>> = {
  '0xc0000064': 'unknown_user',
  '0xc000006a': 'bad_credentials',
  '0xc000006d': 'bad_credentials',
  '0xc000006e': 'policy_blocked',
  '0xc000006f': 'policy_blocked',
  '0xc0000070': 'policy_blocked',
  '0xc0000071': 'expired',
  '0xc0000072': 'disabled',
  '0xc0000133': 'protocol',
  '0xc000015b': 'unauthorized',
  '0xc0000193': 'expired',
  '0xc0000224': 'expired',
  '0xc0000234': 'locked',
  '0xc0000413': 'policy_blocked',
}

/** Kerberos' own (RFC 4120), as 4768, 4769 and 4771 have them. */
const kerberos: Readonly<Record<string, FailureClass>> = {
  '0x6': 'unknown_user',
  '0xc': 'policy_blocked',
  // Disabled, expired, locked or outside its hours: Windows does not say which.
  '0x12': 'disabled',
  '0x17': 'expired',
  '0x18': 'bad_credentials',
  '0x25': 'protocol',
}

/** Needs a password first: every sign-in begins with it. */
const interrupts = new Set(['0x19'])

/** How it went, from the codes in order of what they say: sub-status, status; a kind that says it by itself is believed. */
export function outcomeOf(
  own: AccessEvent['status_id'] | undefined,
  codes: readonly (string | undefined)[],
): { status_id: AccessEvent['status_id']; code?: string; failure_class?: FailureClass } {
  const said = codes.map((code) => code?.toLowerCase()).filter((code) => code !== undefined)
  const bad = said.filter((code) => !/^0x0*$/.test(code) && code.startsWith('0x'))
  const code = bad[0]
  if (own === 1 || own === 99) return { status_id: own }
  if (code === undefined && own === undefined) return { status_id: said.length === 0 ? 0 : 1 }
  if (code !== undefined && interrupts.has(code)) return { status_id: 99, code }
  const known = bad.map((one) => entryOf(statuses, one) ?? entryOf(kerberos, one))
  const failure_class = known.find((one) => one !== undefined) ?? 'other'
  return { status_id: 2, failure_class, ...(code === undefined ? {} : { code }) }
}
