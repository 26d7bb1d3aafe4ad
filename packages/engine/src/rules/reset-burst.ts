import { found, type Rule } from './rule.ts'
import { isPasswordReset } from './sensitive-operations.ts'

/** One and a half nats: a help desk resets passwords for a living, so the number only supports other evidence. */
export const resetBurst: Rule = {
  code: 'reset_burst',
  title: 'Many password resets by one person',
  kinds: ['account_change', 'api_activity'],
  techniques: ['T1098', 'T1531'],
  severity: 'medium',
  points: 1.5,
  why: 'Whoever can reset the passwords of others can become each of them, or lock them all out.',
  falsePositives:
    'A help desk after a holiday or a leak, a school at the start of term, a scripted roll-over.',
  runbook:
    'Ask whoever did it for the ticket. Look at their own sign-in before the first reset, and whether the changed accounts were used from strange places since.',
  sentence: (facts) => `${facts.resets} password resets of others within the hour`,
  when({ input, signals }) {
    if (!(signals.resets60m >= 8) || input.event.status_id !== 1 || !isPasswordReset(input.event))
      return null
    return found(resetBurst, { resets: Math.round(signals.resets60m) })
  },
  examples: {
    hit: [
      {
        name: 'the tenth reset within the hour',
        event: { class_uid: 3001, activity_id: 4, activity: 'Reset user password' },
        signals: { resets60m: 10 },
        needs: ['resets60m'],
      },
    ],
    miss: [
      {
        name: 'a help desk on a normal day',
        event: { class_uid: 3001, activity_id: 4, activity: 'Reset user password' },
        signals: { resets60m: 3 },
      },
      {
        name: 'another change by the same person',
        event: { class_uid: 3001, activity_id: 1, activity: 'Add user' },
        signals: { resets60m: 10 },
      },
    ],
  },
}
