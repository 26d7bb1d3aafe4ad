import { found, type Rule } from './rule.ts'

/** Half a nat: a weakness to mend rather than an attack, and for some accounts a daily one. */
export const consoleWithoutMfa: Rule = {
  code: 'console_without_mfa',
  title: 'Console sign-in without a second factor',
  kinds: ['authentication'],
  techniques: ['T1078.004'],
  severity: 'low',
  points: 0.5,
  why: 'A password alone opened the cloud console. Whoever learns it has the account.',
  falsePositives:
    'Accounts that are known to have no second factor yet. Federated sign-ins are left out: their factor is not in the log.',
  runbook: 'Require a second factor for this user, or move the person to federated sign-in.',
  sentence: () => 'signed in to the console with a password alone',
  when({ input }) {
    const { event } = input
    if (event.activity !== 'ConsoleLogin' || event.status_id !== 1) return null
    const kind = event.actor.type
    if (kind !== 'user' && kind !== 'admin' && kind !== 'root') return null
    return event.auth?.is_mfa === false ? found(consoleWithoutMfa, {}) : null
  },
  examples: {
    hit: [
      {
        name: 'an IAM user with a password alone',
        event: { activity: 'ConsoleLogin', auth: { is_mfa: false } },
      },
    ],
    miss: [
      { name: 'with a second factor', event: { activity: 'ConsoleLogin', auth: { is_mfa: true } } },
      {
        name: 'federated: the log cannot know',
        event: { activity: 'ConsoleLogin', auth: { is_mfa: null } },
      },
      {
        name: 'a sign-in somewhere else',
        event: { activity: 'user.session.start', auth: { is_mfa: false } },
      },
    ],
  },
}
