import { failsOnCredentials } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** One nat: wrong passwords alone harm nobody, and forgetful people make them. */
export const bruteForce: Rule = {
  code: 'brute_force',
  title: 'Many wrong passwords for one account',
  kinds: ['authentication'],
  techniques: ['T1110.001'],
  severity: 'low',
  points: 1,
  why: 'Somebody or something tries one password after the other on this account.',
  falsePositives:
    'A phone or script that still holds the old password, a forgotten password after a holiday.',
  runbook:
    'See where the attempts come from: the own device with an old password, or a stranger? Block the address if it is a stranger, and check that the account has a second factor.',
  sentence: (facts) => `${facts.failures} wrong passwords in ten minutes`,
  when({ input, signals }) {
    if (!(signals.failures10m >= 10) || !failsOnCredentials(input)) return null
    // an old password on a known device of the own network is a nuisance, not an attack
    if (signals.newDevice === false && signals.newPrefix === false) return null
    return found(bruteForce, { failures: Math.round(signals.failures10m) })
  },
  examples: {
    hit: [
      {
        name: 'the twelfth wrong password within minutes, from a strange network',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        signals: { failures10m: 12, newPrefix: true },
        needs: ['failures10m'],
      },
    ],
    miss: [
      {
        name: 'three typing errors',
        event: { status_id: 2 },
        signals: { failures10m: 3, newPrefix: true },
      },
      {
        name: 'the own mail program with last month’s password',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        signals: { failures10m: 40, newDevice: false, newPrefix: false },
      },
      {
        name: 'an application that retries an expired token',
        event: { status_id: 2, failure_class: 'token_invalid' },
        signals: { failures10m: 300, newPrefix: true },
      },
    ],
  },
}
