import { signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** Two and a half nats: the attempts led somewhere; only on an unknown device or network, so typing errors stay quiet. */
export const bruteForceSuccess: Rule = {
  code: 'brute_force_success',
  title: 'Sign-in after a burst of wrong passwords',
  kinds: ['authentication'],
  techniques: ['T1110.001', 'T1078'],
  severity: 'high',
  points: 2.5,
  why: 'A row of wrong passwords ends with a right one, from a device or network that this person never used: the password was guessed.',
  falsePositives: 'Somebody who set up a new phone in a new place and mistyped often.',
  runbook:
    'Check that attempts and success come from the same address. Ask the person. Otherwise end the session, reset the password, and look for other accounts that the same address tried.',
  sentence: (facts) =>
    `signed in after ${facts.failures} failures within the hour, from somewhere new`,
  when({ input, signals }) {
    if (!(signals.failures60m >= 5) || !signsIn(input)) return null
    if (signals.newDevice !== true && signals.newPrefix !== true) return null
    return found(bruteForceSuccess, { failures: Math.round(signals.failures60m) })
  },
  examples: {
    hit: [
      {
        name: 'the ninth attempt fits, from a network never used',
        signals: { failures60m: 8, newPrefix: true },
        needs: ['failures60m', 'newPrefix'],
      },
    ],
    miss: [
      {
        name: 'two typing errors on a new phone',
        signals: { failures60m: 2, newDevice: true, newPrefix: true },
      },
      {
        name: 'six tries after a password change, at the own desk',
        signals: { failures60m: 6, newDevice: false, newPrefix: false },
      },
    ],
  },
}
