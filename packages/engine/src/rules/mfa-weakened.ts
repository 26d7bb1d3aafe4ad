import { found, type Rule } from './rule.ts'
import { hasEffect } from './sensitive-operations.ts'

/** One nat: people lose phones. Together with a strange sign-in it is the attacker moving in. */
export const mfaWeakened: Rule = {
  code: 'mfa_weakened',
  title: 'Second factor removed or weakened',
  kinds: ['api_activity', 'account_change'],
  techniques: ['T1556.006'],
  severity: 'medium',
  points: 1,
  why: 'Without its second factor an account is open to whoever has the password.',
  falsePositives: 'A lost or replaced phone, a help desk that helps.',
  runbook:
    'Ask the owner whether they wanted it. See who did it and from where, and whether a new factor came instead.',
  sentence: (facts) => `${facts.activity} weakens a second factor`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1 || !hasEffect(event, 'mfa_weaken', 'weakens_mfa')) return null
    return found(mfaWeakened, { activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'a device is deactivated',
        event: { class_uid: 6003, activity: 'DeactivateMFADevice' },
      },
      {
        name: 'all factors are reset',
        event: { class_uid: 3001, activity: 'user.mfa.factor.reset_all' },
      },
    ],
    miss: [
      {
        name: 'a factor is added',
        event: { class_uid: 3001, activity: 'user.mfa.factor.activate' },
      },
    ],
  },
}
